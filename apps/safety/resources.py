"""Crisis lines for a person: by their own country, never guessed from their language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from apps.safety.detector.finding import Level

_FILE = Path(__file__).with_name("resources.yaml")

Kind = Literal["emergency", "line", "directory"]


@dataclass(frozen=True, slots=True)
class Resource:
    """`country` is None for what holds anywhere; `verified_on` None means never checked."""

    kind: Kind
    name: str
    contact: str
    country: str | None = None
    channels: tuple[str, ...] = ()
    hours: str = ""
    emergency: str = ""
    languages: tuple[str, ...] = ()
    confidence: str = ""
    verified_on: date | None = None
    note: str = ""

    @property
    def always_open(self) -> bool:
        return self.hours.startswith("24/7")


@dataclass(frozen=True, slots=True)
class Directory:
    lines: tuple[Resource, ...]
    fallback: Resource
    max_age: timedelta


EMERGENCY_ANYWHERE = Resource(
    kind="emergency",
    name="Emergency number where you are",
    contact="112 works across the EU; 911 in North America; 999 in the UK; 000 in Australia",
)


@cache
def directory() -> Directory:
    page = yaml.safe_load(_FILE.read_text("utf-8"))
    return Directory(
        lines=tuple(_resource("line", row) for row in page["resources"]),
        fallback=_resource("directory", page["directory"]),
        max_age=timedelta(days=page["max_age_days"]),
    )


def _resource(kind: Kind, row: dict[str, Any]) -> Resource:
    checked = row["verified_on"]
    return Resource(
        kind=kind,
        name=row["name"],
        contact=row["contact"],
        country=row.get("country"),
        channels=tuple(row.get("channels", ())),
        hours=row.get("hours", ""),
        emergency=row.get("emergency", ""),
        languages=tuple(row.get("languages", ())),
        confidence=row["confidence"],
        verified_on=date.fromisoformat(checked) if checked else None,
        note=row.get("note", ""),
    )


def for_person(country: str | None, language: str | None, level: Level) -> list[Resource]:
    """Emergency number first at critical; an unknown country gets the directory: ask for it."""
    lines = _lines(country, language)
    shown = lines or [directory().fallback]
    if level not in ("high", "critical", "unreviewed"):
        return shown
    emergency = _emergency(lines)
    return [emergency, *shown] if level == "critical" else [*shown, emergency]


def must_ask_country(country: str | None) -> bool:
    return not _lines(country, None)


def _lines(country: str | None, language: str | None) -> list[Resource]:
    code = (country or "").strip().upper()
    own = [line for line in directory().lines if line.country == code]
    spoken = (language or "").lower()[:2]
    return sorted(own, key=lambda line: (spoken not in line.languages, not line.always_open))


def _emergency(lines: list[Resource]) -> Resource:
    if not lines:
        return EMERGENCY_ANYWHERE
    return Resource(
        kind="emergency",
        name="Emergency services",
        contact=lines[0].emergency,
        country=lines[0].country,
    )


def stale(today: date, lines: Iterable[Resource] | None = None) -> list[Resource]:
    """Lines checked too long ago; `check --deploy` refuses them."""
    known = directory().lines if lines is None else tuple(lines)
    oldest = today - directory().max_age
    return [line for line in known if line.verified_on is not None and line.verified_on < oldest]


def unverified(lines: Iterable[Resource] | None = None) -> list[Resource]:
    """Lines nobody has checked yet; worth a warning, since they may be right."""
    known = directory().lines if lines is None else tuple(lines)
    return [line for line in known if line.verified_on is None]
