"""`manage.py load_personas`: publishes the catalogue's files that have changed."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts import actors
from apps.personas import services
from apps.personas.professional.content import ContentError


class Command(BaseCommand):
    help = "Publish each persona file that has changed as a new version; safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--directory",
            type=Path,
            help="where the .yaml files are (default: the catalogue that comes with Smart Steps)",
        )

    def handle(self, *args: Any, directory: Path | None, **options: Any) -> None:
        paths = sorted((directory or services.CATALOGUE).glob("*.yaml"))
        if not paths:
            raise CommandError(f"There are no .yaml files in {directory}")
        if directory is None:
            paths.append(services.COMPANION_VOICE)
        try:
            loaded = services.load_catalogue(paths, by=actors.system("load_personas"))
        except ContentError as wrong:
            raise CommandError(str(wrong)) from None
        except ExceptionGroup as group:
            raise CommandError("\n".join(str(wrong) for wrong in group.exceptions)) from None
        for version, outcome in loaded:
            self.stdout.write(f"{version.persona_id}: {outcome}, version {version.version}")
