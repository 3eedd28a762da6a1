"""A session's scores, 0 to 10, each from words that were said; None where nothing was.

A number that the client gives themselves ("my worry is a 7 out of 10") comes before any counting
of words; without one, fewer than two remarks make no score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.analysis.talk import ratings, words
from apps.analysis.talk.feelings import Named
from apps.analysis.talk.lexicon import COPING, CUES
from apps.analysis.talk.model import Line, Quote, Sentence

ANXIETY, COPING_USE, MOOD = "anxiety_level", "coping_strategy_usage", "mood"
METRICS = (ANXIETY, COPING_USE, MOOD)
LEAST_REMARKS = 2
POINTS = 3  # for each weight of a word: "tense" alone is a 3, "afraid" a 6, "panic" a 9
DOUBT = 2  # as if two remarks more had been neither pleasant nor unpleasant
QUOTES_KEPT = 6


@dataclass(frozen=True, slots=True)
class Score:
    value: int | None
    evidence: tuple[Quote, ...] = ()


NOTHING = Score(None)


def anxiety_level(lines: Sequence[Line], named: Sequence[Named]) -> Score:
    """The client's own number, else how strong the words are, with calm ones counting as 0."""
    return own_number(lines, "asks_anxiety") or _anxiety_by_words(named)


def mood(lines: Sequence[Line], named: Sequence[Named]) -> Score:
    """The client's own number, else pleasant against unpleasant feelings; 5 is the middle."""
    return own_number(lines, "asks_mood") or _mood_by_words(named)


def _anxiety_by_words(named: Sequence[Named]) -> Score:
    told = [one for one in named if one.feeling.anxiety is not None]
    if not _enough(told):
        return NOTHING
    weights = [
        0.0 if one.denied else (one.feeling.anxiety or 0) * one.strength
        for one in told
        if not (one.denied and one.feeling.anxiety == 0)
    ]
    if not weights:
        return NOTHING
    return Score(min(10, round(POINTS * sum(weights) / len(weights))), _quotes(told))


def _mood_by_words(named: Sequence[Named]) -> Score:
    if not _enough(named):
        return NOTHING
    sides = [(one.feeling.valence * (-0.5 if one.denied else 1.0) * one.strength) for one in named]
    pleasant = sum(side for side in sides if side > 0)
    unpleasant = -sum(side for side in sides if side < 0)
    balance = (pleasant - unpleasant) / (pleasant + unpleasant + DOUBT)
    return Score(round(5 + 5 * balance), _quotes(named))


def own_number(lines: Sequence[Line], subject: str) -> Score | None:
    """The number of the last answer to a question for one, or of a remark that names it."""
    found: Score | None = None
    asked = ""
    for line in lines:
        if line.sender != "client":
            asked = words.straight(line.text)
            continue
        numbers = (_number(sentence, asked, subject) for sentence in words.sentences(line))
        found = next(filter(None, numbers), None) or found
    return found


def _number(sentence: Sentence, asked: str, subject: str) -> Score | None:
    text = words.straight(sentence.text)
    value: int | None = None
    if CUES[subject].search(text) and not CUES["others_number"].search(text):
        value = ratings.stated(text)
    if value is None and CUES[subject].search(asked) and CUES["asks_number"].search(asked):
        value = ratings.answer(text, asked)
    return None if value is None else Score(value, (sentence.quote,))


def coping_strategy_usage(sentences: Sequence[Sentence]) -> Score:
    """2 for each strategy that was really used, 1 for each further time it is told of."""
    used, left = used_strategies(sentences), left_strategies(sentences)
    if not used and not left:
        return NOTHING
    told = [sentence for found in used.values() for sentence in found]
    value = min(10, 2 * len(used) + len(told) - len(used))
    shown = told or [sentence for found in left.values() for sentence in found]
    return Score(value, tuple(dict.fromkeys(each.quote for each in shown))[:QUOTES_KEPT])


def used_strategies(sentences: Sequence[Sentence]) -> dict[str, list[Sentence]]:
    return _strategies(sentences, denied=False)


def left_strategies(sentences: Sequence[Sentence]) -> dict[str, list[Sentence]]:
    """What the client says not to have done."""
    return _strategies(sentences, denied=True)


def _strategies(sentences: Sequence[Sentence], *, denied: bool) -> dict[str, list[Sentence]]:
    found: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        text = words.straight(sentence.text)
        if CUES["hypothetical"].search(text) or not CUES["done"].search(text):
            continue
        for name, pattern in COPING.items():
            match = pattern.search(text)
            if match and words.is_denied(text, match.start()) is denied:
                found.setdefault(name, []).append(sentence)
    return found


def _enough(named: Sequence[Named]) -> bool:
    return len({one.sentence.quote for one in named}) >= LEAST_REMARKS


def _quotes(named: Sequence[Named]) -> tuple[Quote, ...]:
    return tuple(dict.fromkeys(one.sentence.quote for one in named))[:QUOTES_KEPT]
