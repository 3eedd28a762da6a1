"""What repeats over sessions, each with how often it was seen and how often not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import mean
from typing import Any

from apps.analysis.models import Analysis
from apps.analysis.talk.evidence import confidence
from apps.analysis.talk.scores import ANXIETY

LEAST_SESSIONS = 2
LEAST_DIFFERENCE = 2.0  # points between sessions with a topic and without
MOST = 6
Pattern = dict[str, Any]


def of(analyses: Sequence[Analysis]) -> list[Pattern]:
    """The surest first."""
    found = [*_topics(analyses), *_strengths(analyses), *_with_anxiety(analyses)]
    return sorted(found, key=lambda each: -each["confidence"])[:MOST]


def _topics(analyses: Sequence[Analysis]) -> list[Pattern]:
    return _recurring(analyses, lambda each: list(each.content["topics"]), "{} came up")


def _strengths(analyses: Sequence[Analysis]) -> list[Pattern]:
    """By what the insights of each session show; one wording is one strength."""
    return _recurring(analyses, _strengths_of, "{}")


def _strengths_of(analysis: Analysis) -> list[str]:
    return [each["text"] for each in analysis.content["insights"] if each["type"] == "strength"]


def _recurring(
    analyses: Sequence[Analysis], names: Callable[[Analysis], list[str]], wording: str
) -> list[Pattern]:
    """In at least two sessions and half of them."""
    seen: dict[str, list[str]] = {}
    for analysis in analyses:
        for name in dict.fromkeys(names(analysis)):
            seen.setdefault(name, []).append(analysis.session_id)
    total = len(analyses)
    return [
        _pattern(f"{_capital(wording.format(name))} in {len(ids)} of {total} sessions", ids, total)
        for name, ids in seen.items()
        if len(ids) >= LEAST_SESSIONS and len(ids) * 2 >= total
    ]


def _pattern(description: str, ids: list[str], total: int) -> Pattern:
    return {
        "description": description,
        "confidence": confidence(len(ids), total - len(ids)),
        "sessions": ids,
    }


def _with_anxiety(analyses: Sequence[Analysis]) -> list[Pattern]:
    """Topics in whose sessions the anxiety score is clearly higher, or lower, than in others.

    The confidence is over pairs of one session with the topic and one without: in how many of
    them the former is the higher.
    """
    scored = [(each, score) for each in analyses if (score := each.score(ANXIETY)) is not None]
    topics = sorted({name for each, _ in scored for name in each.content["topics"]})
    found = []
    for topic in topics:
        inside = [(each, score) for each, score in scored if topic in each.content["topics"]]
        outside = [score for each, score in scored if topic not in each.content["topics"]]
        if min(len(inside), len(outside)) >= LEAST_SESSIONS:
            found += _compared(topic, inside, outside)
    return found


def _compared(topic: str, inside: list[tuple[Analysis, int]], outside: list[int]) -> list[Pattern]:
    scores = [score for _, score in inside]
    difference = mean(scores) - mean(outside)
    if abs(difference) < LEAST_DIFFERENCE:
        return []
    sign = 1 if difference > 0 else -1
    pairs = [(one - other) * sign for one in scores for other in outside]
    word = "higher" if difference > 0 else "lower"
    text = (
        f"Anxiety is scored {word} in sessions about {topic} (mean {mean(scores):.1f} of "
        f"{len(scores)}) than in others (mean {mean(outside):.1f} of {len(outside)})"
    )
    return [
        {
            "description": text,
            "confidence": confidence(sum(p > 0 for p in pairs), sum(p <= 0 for p in pairs)),
            "sessions": [each.session_id for each, _ in inside],
        }
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
