"""Measures the screening on labelled lines: recall and precision per level, and false alarms."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, TextIO

from apps.safety.detector import LEVELS, RANK, Finding, Level
from apps.safety.screening import screen_closely

_CRISIS_RANK = RANK["moderate"]


class BadLine(ValueError):
    """A line that is not `{"text": …, "label": …}` with a known label."""


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    label: Level
    id: str = ""
    category: str = "none"
    tags: tuple[str, ...] = ()
    lang: str = ""
    hard_negative: bool = False
    before: tuple[str, ...] = ()

    @property
    def is_crisis(self) -> bool:
        return RANK[self.label] >= _CRISIS_RANK


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line and what was found in it; an unreviewed line counts as found, never as safe."""

    example: Example
    finding: Finding

    @property
    def detected(self) -> bool:
        return self.finding.is_crisis or self.finding.level == "unreviewed"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole; `value` is null where there is no whole."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Report:
    lines: int
    recall_high_critical: Share
    recall_crisis: Share
    false_alarms: Share
    recall: dict[str, Share] = field(default_factory=dict)
    precision: dict[str, Share] = field(default_factory=dict)


def read_examples(stream: TextIO) -> Iterator[Example]:
    for number, line in enumerate(stream, start=1):
        if line.strip():
            yield _example(line, number)


def _example(line: str, number: int) -> Example:
    try:
        data = json.loads(line)
        text, label = data["text"], data["label"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise BadLine(f"line {number}: needs a JSON object with text and label") from error
    if not isinstance(text, str) or label not in LEVELS:
        raise BadLine(f"line {number}: label must be one of {', '.join(LEVELS)}")
    return Example(
        text=text,
        label=label,
        id=str(data.get("id", number)),
        category=data.get("category", "none"),
        tags=tuple(data.get("tags", ())),
        lang=data.get("lang", ""),
        hard_negative=bool(data.get("hard_negative")),
        before=tuple(data.get("before", ())),
    )


def evaluate(
    examples: Iterable[Example], screen: Callable[..., Finding] = screen_closely
) -> tuple[Report, list[Outcome]]:
    outcomes = [Outcome(e, screen(e.text, before=e.before)) for e in examples]
    return summarise(outcomes), outcomes


def summarise(outcomes: list[Outcome]) -> Report:
    grave = [o for o in outcomes if o.example.label in ("high", "critical")]
    crisis = [o for o in outcomes if o.example.is_crisis]
    calm = [o for o in outcomes if o.example.hard_negative and not o.example.is_crisis]
    return Report(
        lines=len(outcomes),
        recall_high_critical=_detected(grave),
        recall_crisis=_detected(crisis),
        false_alarms=_detected(calm),
        recall={level: _recall(outcomes, level) for level in LEVELS},
        precision={level: _precision(outcomes, level) for level in LEVELS},
    )


def _detected(outcomes: list[Outcome]) -> Share:
    return Share(sum(o.detected for o in outcomes), len(outcomes))


def _recall(outcomes: list[Outcome], level: Level) -> Share:
    meant = [o for o in outcomes if o.example.label == level]
    return Share(sum(o.finding.level == level for o in meant), len(meant))


def _precision(outcomes: list[Outcome], level: Level) -> Share:
    found = [o for o in outcomes if o.finding.level == level]
    return Share(sum(o.example.label == level for o in found), len(found))


def as_json(report: Report, outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "lines": report.lines,
        "recall_high_critical": _share(report.recall_high_critical),
        "recall_crisis": _share(report.recall_crisis),
        "false_alarms": _share(report.false_alarms),
        "recall": {level: _share(share) for level, share in report.recall.items()},
        "precision": {level: _share(share) for level, share in report.precision.items()},
        "results": [_result(outcome) for outcome in outcomes],
    }


def _share(share: Share) -> dict[str, float | int | None]:
    return {"value": share.value, "hits": share.hits, "of": share.of}


def _result(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.example.id,
        "text": outcome.example.text,
        "label": outcome.example.label,
        "detected": outcome.detected,
        "finding": asdict(outcome.finding),
    }
