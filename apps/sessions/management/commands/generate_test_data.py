"""`manage.py generate_test_data --clients 50 --sessions 200`."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps.accounts import actors
from apps.accounts import services as accounts
from apps.accounts.actors import Actor
from apps.accounts.models import Role, User
from apps.personas.models import Persona
from apps.sessions.demo import stories
from apps.sessions.demo.invented import Inventor
from smartsteps.lib import clock
from smartsteps.lib.errors import DomainError

SEED_BELOW = 2**32


class Command(BaseCommand):
    help = "Invent clients with sessions, messages and notes, beside what is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clients", type=int, default=50)
        parser.add_argument("--sessions", type=int, default=200)
        parser.add_argument("--clinician", help="Who cares for them; else the first clinician.")
        parser.add_argument("--seed", type=int, help="The same number invents the same again.")

    def handle(self, *, clients: int, sessions: int, **options: Any) -> None:
        if clients < 1 or sessions < 0:
            raise CommandError("Give at least one client, and no fewer than 0 sessions.")
        by = self._clinician(options["clinician"])
        seed = secrets.randbelow(SEED_BELOW) if options["seed"] is None else options["seed"]
        inventor = Inventor(self._personas(), clock.now().date(), seed)
        for number, story in enumerate(_stories(inventor, clients, sessions), start=1):
            with transaction.atomic():
                stories.add_client(story, by=by)
            self._progress(number, clients)
        self.stdout.write(f"Added {clients} clients and {sessions} sessions (seed {seed}).")

    def _clinician(self, name: str | None) -> Actor:
        try:
            user = accounts.user_named(name) if name else _first_clinician()
        except DomainError as error:
            raise CommandError(error.message) from error
        if user is None or user.role != Role.CLINICIAN:
            raise CommandError("Name a clinician with --clinician, or create one first.")
        return actors.for_user(user)

    def _personas(self) -> list[str]:
        offered = list(Persona.objects.filter(is_active=True).values_list("pk", flat=True))
        if not offered:
            raise CommandError("There are no personas: run load_personas first.")
        return offered

    def _progress(self, number: int, total: int) -> None:
        if number % 10 == 0 or number == total:
            self.stdout.write(f"{number}/{total} clients")
            self.stdout.flush()


def _first_clinician() -> User | None:
    clinicians = User.objects.filter(role=Role.CLINICIAN, is_active=True)
    return clinicians.order_by("date_joined").first()


def _stories(inventor: Inventor, clients: int, sessions: int) -> list[dict[str, Any]]:
    invented = [inventor.client(number) for number in range(1, clients + 1)]
    for _ in range(sessions):
        inventor.random.choice(invented)["sessions"].append(inventor.session())
    return invented
