"""The numbers by which clients rate themselves: "a 7", "six of ten", "from 8 to 5", "65 of 100".

All are brought to 0 to 10. What is said of an earlier time ("last week it was 8") does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apps.analysis.talk.lexicon import CUES

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
VALUE = rf"(?P<value>\d{{1,3}}|{'|'.join(WORDS)})"
SCALE = r"(?P<scale>10|ten|100|(?:a |one )?hundred)"
# "9 out of 10 people", "6 of 10 nights" and "on 7/10" count something else.
COUNTS = r"(?! (?:people|of|in)\b| (?!this\b|was\b|is\b|as\b|always\b|sometimes\b|perhaps\b)\w+s\b)"
SCALED = re.compile(
    rf"(?<![\w.,:/-])(?<!\bon )(?<!\bsince ){VALUE}"
    rf"(?: ?/ ?| out of | of ){SCALE}\b(?![/-]|\.\d){COUNTS}",
    re.IGNORECASE,
)
GIVEN = re.compile(
    rf"(?:\b(?:is|was|am|at|to|around|about|maybe|say|like)|'s) an? {VALUE}\b"
    r"(?=[.,;!?]|$| (?:on|today|now|this|last|yesterday|but|and|or|out|when|instead)\b)",
    re.IGNORECASE,
)
BARE = re.compile(r"(?<![\w.,:])(?P<value>\d{1,3})(?![\w:]|[.,]\d)")
SPELLED = re.compile(
    rf"^(?:(?:an?|about|maybe|around|perhaps|it's|like) )*"
    rf"(?P<value>{'|'.join(WORDS)})(?=[.,;!?]|$)",
    re.IGNORECASE,
)
CLAUSE = re.compile(r"[^,;]+?(?=[,;]|\b(?:but|and|while|now)\b|$)", re.IGNORECASE)
HUNDRED = re.compile(r"\b(?:100|hundred)\b", re.IGNORECASE)
FROM = re.compile(r"\bfrom (?:(?:an?|about|around) )?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    value: float


def stated(text: str) -> int | None:
    """Of one sentence that names its scale or the rating as such: "it's a 6 today"."""
    return _now(text, [*_found(SCALED, text), *_found(GIVEN, text)])


def answer(text: str, asked: str) -> int | None:
    """Of a sentence that answers a question for a number; the question may name the scale."""
    if (value := stated(text)) is not None:
        return value
    scale = 100 if HUNDRED.search(f"{asked} {text}") else 10
    return _now(text, [*_found(SPELLED, text, scale), *_found(BARE, text, scale)])


def _found(pattern: re.Pattern[str], text: str, scale: int = 10) -> Iterator[_Found]:
    for match in pattern.finditer(text):
        named = match.groupdict().get("scale")
        most = scale if named is None else 100 if HUNDRED.search(named) else 10
        if (value := _number(match["value"])) <= most:
            yield _Found(match.start("value"), value * 10 / most)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else WORDS.index(text.lower())


def _now(text: str, found: list[_Found]) -> int | None:
    told = sorted(found, key=lambda one: one.start)
    value = next((one.value for one in told if not _is_earlier(text, one.start)), None)
    return None if value is None else round(value)


def _is_earlier(text: str, at: int) -> bool:
    if FROM.search(text[:at]):
        return True
    clause = next((one[0] for one in CLAUSE.finditer(text) if one.start() <= at < one.end()), text)
    return bool(CUES["earlier"].search(clause) or CUES["past"].search(clause))
