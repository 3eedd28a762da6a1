"""Where an interview stands: plain data that survives JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from apps.characters.facts.model import Value

STATE_VERSION = 1


@dataclass(slots=True)
class Source:
    """The turn and the words a value came from."""

    turn: int
    quote: str


@dataclass(slots=True)
class Known:
    """A value and where it came from; a list has one source per item, in the same order."""

    value: Value
    sources: list[Source]


@dataclass(slots=True)
class Pending:
    """What we asked in between: "value" (for a field), "part" (which field) or "abandon"."""

    kind: str
    field: str | None = None


@dataclass(slots=True)
class InterviewState:
    seed: str
    stage: str
    prompt: str  # the prompt_id of the open question
    values: dict[str, Known] = field(default_factory=dict)
    completed_stages: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)  # fields the person left out
    unknown: list[str] = field(default_factory=list)  # fields asked for twice in vain
    unclear_counts: dict[str, int] = field(default_factory=dict)  # by prompt_id
    detours: int = 0  # digressions and the like since the open question was asked
    trail: list[str] = field(default_factory=list)  # prompt_ids asked, the open one last
    revisiting: bool = False  # the open question was reached by "go back"
    extending: bool = False  # the open question builds on something mentioned before
    pending: Pending | None = None
    minor: bool = False
    turn: int = 0
    said: list[str] = field(default_factory=list)  # the sentences of our last message
    recent: list[str] = field(default_factory=list)  # fields set most recently
    confirmed: bool = False  # the person agreed with the summary
    completed: bool = False
    version: int = STATE_VERSION

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> InterviewState:
        if raw["version"] != STATE_VERSION:
            raise ValueError(f"interview state of version {raw['version']}, not {STATE_VERSION}")
        values = {name: _known(known) for name, known in raw["values"].items()}
        pending = Pending(**raw["pending"]) if raw["pending"] else None
        return cls(**{**raw, "values": values, "pending": pending})


def _known(raw: dict[str, Any]) -> Known:
    return Known(raw["value"], [Source(**source) for source in raw["sources"]])
