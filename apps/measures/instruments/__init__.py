"""The questionnaires as data: items, answer scale, bands with their sources, and the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Answers = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Band:
    least: int
    name: str


@dataclass(frozen=True, slots=True)
class Alert:
    """`levels[answer]` is the safety level of each answer to item number `item`."""

    item: int
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instrument:
    """`real_change`: points from which a change is more than chance, by the source named."""

    id: str
    name: str
    title: str
    about: str
    instruction: str
    source: str
    scale: tuple[str, ...]
    items: tuple[str, ...]
    bands: tuple[Band, ...]
    real_change: int
    real_change_source: str
    alert: Alert | None

    @property
    def highest(self) -> int:
        return len(self.items) * (len(self.scale) - 1)

    def total(self, answers: Answers) -> int | None:
        """The sum, only if every item is answered: nothing is filled in for what is missing."""
        known = [answer for answer in answers if answer is not None]
        return sum(known) if len(known) == len(self.items) else None

    def band(self, total: int | None) -> str | None:
        if total is None:
            return None
        return next(band.name for band in reversed(self.bands) if band.least <= total)

    def alert_level(self, answers: Answers) -> str:
        """`none` without an alert item, and while it is not answered."""
        answer = answers[self.alert.item - 1] if self.alert else None
        return self.alert.levels[answer] if self.alert and answer is not None else "none"


def _read(path: Path) -> Instrument:
    content: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    alert = content.pop("alert", None)
    lists: dict[str, Any] = {name: tuple(content.pop(name)) for name in ("scale", "items")}
    bands = tuple(Band(**band) for band in content.pop("bands"))
    known = Alert(alert["item"], tuple(alert["levels"])) if alert else None
    return Instrument(**content, **lists, bands=bands, alert=known)


INSTRUMENTS = {each.id: each for each in map(_read, sorted(Path(__file__).parent.glob("*.yaml")))}
