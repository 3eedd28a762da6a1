"""Bring the database up to date: migrations, personas and, unless unwanted, demo data."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrate, load the personas and the demo data; safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="load no demo data")

    def handle(self, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        for name in ("load_personas", *(() if options["no_demo"] else ("load_demo",))):
            if name in get_commands():
                call_command(name, stdout=self.stdout)
