"""`manage.py test_persona`: a talk with a persona on the console, without a session."""

from __future__ import annotations

import asyncio
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.llm import services as llm
from apps.llm.client import ProviderError
from apps.personas.models import PersonaVersion
from apps.sessions.replies import REPLY, TRANSCRIPT_MESSAGES

SUBJECT = "test_persona"


class Command(BaseCommand):
    help = "Talk with a persona: a line in, an answer out. Ends at the end of input (Ctrl-D)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--persona", required=True, help="for example dr_morgan_hayes")
        parser.add_argument("--goal", action="append", default=[], help="may be given repeatedly")

    def handle(self, *args: Any, persona: str, goal: list[str], **options: Any) -> None:
        version = PersonaVersion.objects.on_offer().filter(persona=persona).first()
        if version is None:
            raise CommandError(self._unknown(persona))
        self.stderr.write(f"{version.name}, version {version.version}, by {llm.model_name()}")
        try:
            asyncio.run(self._talk(version.as_dict(), goal))
        except ProviderError as error:
            raise CommandError(f"{error.code}: {error.message}") from error

    def _unknown(self, persona: str) -> str:
        known = ", ".join(PersonaVersion.objects.on_offer().values_list("persona", flat=True))
        return f"No persona {persona!r}; known: {known or 'none, run `manage.py load_personas`'}"

    async def _talk(self, persona: dict[str, Any], goals: list[str]) -> None:
        said: list[dict[str, str]] = []
        try:
            await self._answer(persona, goals, said)
            # Blocking the loop is fine here: nothing else runs on it.
            for line in sys.stdin:
                said.append({"sender_type": "client", "content": line.rstrip("\n")})
                await self._answer(persona, goals, said)
        finally:
            await llm.aclose()

    async def _answer(
        self, persona: dict[str, Any], goals: list[str], said: list[dict[str, str]]
    ) -> None:
        context = {
            "session_id": SUBJECT,
            "turn": len(said),
            "persona": persona,
            "goals": goals,
            "transcript": said[-TRANSCRIPT_MESSAGES:],
        }
        result = await llm.run(REPLY, context, subject=SUBJECT, by_label=SUBJECT)
        said.append({"sender_type": "persona", "content": result.text})
        self.stdout.write(result.text)
