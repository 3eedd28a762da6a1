"""`manage.py load_demo`: people to log in as, and clients with sessions in every state."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from apps.accounts import actors
from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.clients import services as clients
from apps.clients.models import Client
from apps.personas.models import Persona
from apps.sessions.demo import stories

STORIES = Path(stories.__file__).with_name("stories.yaml")
BY = actors.system("load_demo")


@dataclass
class Memory:
    """DATA_DIR/demo.json: passwords that stay the same, and what was brought in before.

    What somebody has erased since must not come back at the next start.
    """

    path: Path
    logins: list[dict[str, str]] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Memory:
        return cls(path, **json.loads(path.read_text())) if path.exists() else cls(path)

    def password_of(self, username: str) -> str | None:
        return {login["username"]: login["password"] for login in self.logins}.get(username)

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        self.path.chmod(0o600)
        facts = {"logins": self.logins, "clients": self.clients}
        self.path.write_text(json.dumps(facts, indent=2) + "\n")


class Command(BaseCommand):
    help = "Load demo users, clients and sessions; safe to repeat."

    def handle(self, **options: Any) -> None:
        content = yaml.load(STORIES.read_text(), Loader=yaml.CSafeLoader)
        memory = Memory.read(settings.DATA_DIR / "demo.json")
        if not User.objects.filter(username=content["logins"][0]["username"]).exists():
            memory.clients = []  # another database than the one the file remembers
        for login in content["logins"]:
            self._add_user(login, memory)
        memory.write()
        self._add_clients(content["clients"], memory)

    def _add_clients(self, clients: list[dict[str, Any]], memory: Memory) -> None:
        offered = list(Persona.objects.filter(is_active=True).values_list("pk", flat=True))
        if not offered:
            self.stdout.write("No personas yet: run load_personas, then load_demo again.")
            return
        for story in clients:
            if story["email"] not in memory.clients:
                self._add_client(story, offered)
                memory.clients.append(story["email"])
                memory.write()

    def _add_user(self, login: dict[str, str], memory: Memory) -> None:
        username, known = login["username"], memory.password_of(login["username"])
        user = User.objects.filter(username=username).first()
        password = known or accounts.random_password()
        if user is None:
            fields = {name: login[name] for name in ("username", "email", "role")}
            user = accounts.create_user(**fields, password=password)
            names = {name: login[name] for name in ("first_name", "last_name")}
            accounts.update_user(user.pk, changes=names, by=BY)
        elif known is None:
            accounts.set_password(user=user, password=password)
        if known is None:
            memory.logins.append({"role": user.role, "username": username, "password": password})

    def _add_client(self, story: dict[str, Any], offered: list[str]) -> None:
        carer = User.objects.get(username=story.get("carer", "demo-clinician"))
        with transaction.atomic():
            if not Client.objects.matching(story["email"]).exists():
                story = {**story, "sessions": _with_offered(story["sessions"], offered)}
                client = stories.add_client(story, by=actors.for_user(carer))
                self._give_login(client, story.get("login"))

    def _give_login(self, client: Client, username: str | None) -> None:
        if username is not None:
            user = User.objects.get(username=username)
            clients.give_login(client.pk, user=user, by=BY)


def _with_offered(sessions: list[dict[str, Any]], offered: list[str]) -> list[dict[str, Any]]:
    """With another persona where the story's own is not on offer."""
    return [
        {**session, "persona": session["persona"] if session["persona"] in offered else offered[0]}
        for session in sessions
    ]
