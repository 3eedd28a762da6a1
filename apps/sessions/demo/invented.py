"""Invents clients and sessions in any number, for trying out lists, searches and speed."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml

WORDS = Path(__file__).with_name("words.yaml")
MINUTES = (30, 45, 45, 50, 60)
DAYS_BACK, DAYS_AHEAD = 180, 30
# Of 100 sessions; the rest are still to come.
COMPLETED, CANCELLED = 68, 10


class Inventor:
    def __init__(self, personas: list[str], today: date, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  # invents people, no secrets
        self.words: dict[str, list[str]] = yaml.load(WORDS.read_text(), Loader=yaml.CSafeLoader)
        self.personas = personas
        self.today = today

    def client(self, number: int) -> dict[str, Any]:
        return {
            "first_name": self.random.choice(self.words["first_names"]),
            "last_name": self.random.choice(self.words["last_names"]),
            "email": f"test.client.{number}.{self.random.randrange(10**6)}@mail.example",
            "phone": f"+1 555 01{self.random.randrange(100):02}",
            "date_of_birth": self.today - timedelta(days=self.random.randrange(18 * 366, 80 * 365)),
            "metadata": {"test_data": True},
            "consent": [{"granted": True}],
            "sessions": [],
        }

    def session(self) -> dict[str, Any]:
        story = {
            "persona": self.random.choice(self.personas),
            "duration": self.random.choice(MINUTES),
            "goals": self.random.sample(self.words["goals"], self.random.randrange(3)),
            "at": f"{self.random.randrange(8, 18):02}:{self.random.choice((0, 15, 30, 45)):02}",
        }
        fate = self.random.randrange(100)
        if fate >= COMPLETED + CANCELLED:
            return {**story, "day": self.random.randrange(1, DAYS_AHEAD)}
        story["day"] = -self.random.randrange(1, DAYS_BACK)
        if fate >= COMPLETED:
            return {**story, "state": "cancelled"}
        notes = self.random.sample(self.words["notes"], self.random.randrange(2))
        return {**story, "dialogue": self._dialogue(), "notes": notes}

    def _dialogue(self) -> list[dict[str, str]]:
        turns = self.random.randrange(3, 9)
        pairs = zip(
            self.random.sample(self.words["persona_lines"], turns),
            self.random.sample(self.words["client_lines"], turns),
            strict=True,
        )
        return [{"p": persona, "c": client} for persona, client in pairs]
