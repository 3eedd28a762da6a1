"""What the client's sentences are good for: trouble, progress, a plan, an understanding, …"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.analysis.talk import ratings, words
from apps.analysis.talk.feelings import named_in
from apps.analysis.talk.lexicon import COPING, CUES, TOPICS
from apps.analysis.talk.model import Line, Sentence

# The first that fits decides; the number says how much a clinician would miss the sentence.
KINDS = {
    "rating": 3.0,
    "progress": 3.2,
    "setback": 3.0,
    "plan": 2.8,
    "understanding": 2.6,
    "wish": 2.4,
    "trouble": 2.2,
}
GOOD_LENGTH = range(25, 220)  # characters that read well as a quotation
LEAST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Remark:
    sentence: Sentence
    kind: str
    topics: tuple[str, ...]
    weight: float
    asked: Sentence | None  # the question that it answers, where that is needed to understand it


def read(lines: Sequence[Line]) -> list[Remark]:
    """The client's sentences that say something, in their order."""
    found: list[Remark] = []
    asked: Line | None = None
    for line in lines:
        if line.sender == "client":
            found += _of(line, asked)
        else:
            asked = line
    return found


def _of(line: Line, asked: Line | None) -> list[Remark]:
    remarks = []
    question = words.straight(asked.text) if asked else ""
    for unit in words.units(line):
        text = words.straight(unit.text)
        if len(text.split()) < LEAST_WORDS and not ratings.BARE.search(text):
            continue
        topics = tuple(name for name, pattern in TOPICS.items() if pattern.search(text))
        kind = _kind(text, question)
        if kind == "other" and _is_unpleasant(unit):
            kind = "trouble"
        cue = {"plan": "asks_plan", "rating": "asks_number"}.get(kind)
        answered = _question(asked, cue) if asked and cue else None
        weight = _weight(unit, text, kind, topics)
        remarks.append(Remark(unit, kind, topics, weight, answered))
    return remarks


def _question(asked: Line, cue: str) -> Sentence | None:
    """The last sentence of the question in which the cue stands."""
    found = None
    for sentence in words.sentences(asked):
        if CUES[cue].search(words.straight(sentence.text)):
            found = sentence
    return found


def _kind(text: str, asked: str) -> str:
    if _is_rating(text, asked):
        return "rating"
    for kind in ("setback", "progress"):
        match = CUES[kind].search(text)
        if match and not words.is_denied(text, match.start()) and not _is_wished(text):
            return kind
    if CUES["asks_plan"].search(asked) and not text.endswith("?"):
        return (
            "plan" if CUES["plan"].search(text) or not CUES["trouble"].search(text) else "trouble"
        )
    for kind in ("understanding", "plan", "wish", "trouble"):
        if CUES[kind].search(text):
            return kind
    return "other"


def _is_unpleasant(unit: Sentence) -> bool:
    return any(one.feeling.valence < 0 and not one.denied for one in named_in([unit]))


def _is_rating(text: str, asked: str) -> bool:
    """A number that somebody asked for, or that comes with its scale."""
    if CUES["asks_number"].search(asked):
        return ratings.answer(text, asked) is not None
    return ratings.SCALED.search(text) is not None


def _is_wished(text: str) -> bool:
    return bool(CUES["hypothetical"].search(text) or CUES["hearsay"].search(text))


def _weight(sentence: Sentence, text: str, kind: str, topics: tuple[str, ...]) -> float:
    weight = KINDS.get(kind, 0.6)
    weight += 0.5 * bool(topics) + 0.7 * bool(named_in([sentence]))
    weight += 0.4 * any(pattern.search(text) for pattern in COPING.values())
    return weight * (1.0 if len(text) in GOOD_LENGTH else 0.6)


def by_topic(remarks: Sequence[Remark]) -> dict[str, list[Remark]]:
    """The most spoken of first, by the number of messages it comes up in."""
    found: dict[str, list[Remark]] = {}
    for remark in remarks:
        for topic in remark.topics:
            found.setdefault(topic, []).append(remark)
    return dict(sorted(found.items(), key=lambda item: -_messages(item[1])))


def _messages(remarks: Sequence[Remark]) -> int:
    return len({remark.sentence.line.number for remark in remarks})
