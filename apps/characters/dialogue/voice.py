"""Chooses among the script's wordings, so that no sentence is said twice running."""

from __future__ import annotations

import re
from hashlib import blake2b

from apps.characters.dialogue.state import InterviewState
from apps.characters.script_checks import sentences
from apps.characters.script_types import Lines
from apps.characters.stages import PHRASES

_SLOT = re.compile(r"\{(\w+)\}")
Slots = dict[str, str | None]


class Voice:
    """Collects what will be said in this turn; deterministic by the state's seed and turn."""

    def __init__(self, state: InterviewState, **slots: str | None) -> None:
        self.state = state
        self.slots: Slots = slots
        self.parts: list[str] = []

    def phrase(self, key: str, **slots: str | None) -> None:
        self.say(key, PHRASES[key], **slots)

    def say(self, key: str, options: Lines, **slots: str | None) -> None:
        text = self.choose(key, options, **slots)
        if text:
            self.parts.append(text)

    def choose(self, key: str, options: Lines, **slots: str | None) -> str:
        ready = _filled(options, self.slots | slots)
        first = _number(self.state.seed, self.state.turn, key) % max(1, len(ready))
        ready = ready[first:] + ready[:first]
        return min(ready, key=self._repeats, default="")

    def text(self) -> str:
        content = " ".join(self.parts)
        return re.sub(r" *\n *", "\n", content)

    def _repeats(self, text: str) -> int:
        used = {*self.state.said, *(line for part in self.parts for line in sentences(part))}
        return sum(line in used for line in sentences(text))


def _filled(options: Lines, slots: Slots) -> list[str]:
    """The options whose slots all have a value, with the values in place."""
    known = {name: value for name, value in slots.items() if value is not None}
    ready = (option for option in options if all(name in known for name in _SLOT.findall(option)))
    return [_SLOT.sub(lambda match: known[match[1]], option) for option in ready]


def _number(seed: str, turn: int, key: str) -> int:
    digest = blake2b(f"{seed}|{turn}|{key}".encode(), digest_size=4).digest()
    return int.from_bytes(digest)
