"""What can be shown is kept: each quotation is looked up in the message that it names.

The answer of a model and of the offline rule go the same way through here. Counting is done here
too, so no confidence is ever a model's own opinion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apps.analysis.talk import words
from apps.analysis.talk.model import Line
from apps.analysis.talk.scores import METRICS

LEAST_CHARS = 2
Told = dict[str, Any]
# A summary describes; a diagnosis is a clinician's. Words that the client used may be quoted.
DIAGNOSES = re.compile(
    r"\b(?:depressive|(?:major |clinical |is |has |with )depression|depressed patient|bipolar"
    r"|\w+ disorder|PTSD|OCD|ADHD|ADD|autis\w+|borderline|narciss\w+|psychopath\w*|psychotic"
    r"|psychosis|schizo\w+|manic|mania|hypomani\w+|dysthymi\w+|agoraphobi\w+|social phobia"
    r"|alcoholi\w+|addict\w*|dependen(?:ce|cy) syndrome|anorexi\w+|bulimi\w+|dissociative"
    r"|diagnos\w+|symptoms? of|meets criteria|comorbid\w*|patholog\w+)\b",
    re.IGNORECASE,
)


def checked(answer: Mapping[str, Any], lines: Sequence[Line]) -> Told:
    """The answer with message ids, less everything that its quotations don't show."""
    reader = _Reader(lines)
    summary = reader.points(answer["summary"])
    return {
        "summary": " ".join(point["text"] for point in summary),
        "summary_points": summary,
        "key_points": reader.points(answer["key_points"]),
        "insights": reader.insights(answer["insights"]),
        "mood_analysis": reader.moods(answer["moods"]),
        "metrics": reader.metrics(answer["metrics"]),
        "focus_areas": reader.areas(answer["focus_areas"]),
        "dropped": reader.dropped,
    }


def confidence(supporting: int, contrary: int) -> float:
    """The rule of succession: one remark is 0.67, five are 0.86, three against two 0.57."""
    return round((supporting + 1) / (supporting + contrary + 2), 2)


class _Reader:
    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = {line.number: line for line in lines}
        self.dropped = 0

    def points(self, given: Iterable[Told]) -> list[Told]:
        return [point for each in given if (point := self._point(each))]

    def areas(self, given: Iterable[Told]) -> list[Told]:
        """Advice on what comes next may stand without a quotation, not with a false one."""
        found = []
        for each in given:
            point = self._point(each) if each["evidence"] else self._clean(each["text"], [])
            if point:
                found.append(point)
        return found

    def insights(self, given: Iterable[Told]) -> list[Told]:
        found = []
        for each in given:
            point = self._point(each)
            if point:
                contrary = self._quotes(each["contrary"])
                certainty = confidence(_messages(point["evidence"]), _messages(contrary))
                found.append(
                    {
                        "type": each["type"],
                        "text": point["text"],
                        "confidence": certainty,
                        "evidence": point["evidence"],
                        "contrary": contrary,
                    }
                )
        return found

    def moods(self, given: Iterable[Told]) -> Told:
        shown = {each["mood"]: self._quotes(each["evidence"], "client") for each in given}
        ranked = sorted(
            ((name, quotes) for name, quotes in shown.items() if quotes),
            key=lambda item: -_messages(item[1]),
        )
        if not ranked:
            return {"primary": None, "secondary": None, "confidence": None, "evidence": {}}
        first = _messages(ranked[0][1])
        others = sum(_messages(quotes) for _, quotes in ranked[1:])
        return {
            "primary": ranked[0][0],
            "secondary": ranked[1][0] if len(ranked) > 1 else None,
            "confidence": confidence(first, others),
            "evidence": dict(ranked),
        }

    def metrics(self, given: Mapping[str, Told]) -> Told:
        found = {}
        for name in METRICS:
            told = given.get(name, {"score": None, "evidence": []})
            quotes = self._quotes(told["evidence"], "client")
            shown = told["score"] is not None and quotes
            found[name] = {
                "score": told["score"] if shown else None,
                "evidence": quotes if shown else [],
            }
        return found

    def _point(self, told: Told) -> Told | None:
        quotes = self._quotes(told["evidence"])
        if not quotes:
            self.dropped += 1
            return None
        return self._clean(told["text"], quotes)

    def _clean(self, text: str, quotes: list[Told]) -> Told | None:
        said = " ".join(quote["quote"] for quote in quotes).lower()
        if any(match[0].lower() not in said for match in DIAGNOSES.finditer(text)):
            self.dropped += 1
            return None
        return {"text": " ".join(text.split()), "evidence": quotes}

    def _quotes(self, given: Iterable[Told], sender: str | None = None) -> list[Told]:
        found: dict[tuple[str, str], Told] = {}
        for each in given:
            line = self.lines.get(each["message"])
            shown = _look_up(each["quote"], line) if line else None
            if line and shown and sender in (None, line.sender):
                found[line.id, shown] = {"message_id": line.id, "quote": shown}
            else:
                self.dropped += 1
        return list(found.values())


def _look_up(quote: str, line: Line) -> str | None:
    """The words as they stand in the message; typographic marks may differ, nothing else."""
    wanted = quote.strip()
    at = words.straight(line.text).find(words.straight(wanted))
    if at < 0 or sum(char.isalnum() for char in wanted) < LEAST_CHARS:
        return None
    return line.text[at : at + len(wanted)]


def _messages(quotes: Sequence[Told]) -> int:
    return len({quote["message_id"] for quote in quotes})
