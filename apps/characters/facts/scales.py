"""Reads choices by their synonyms and numbers on a scale."""

from __future__ import annotations

import re

from apps.characters.facts.ages import NUMBER, number_of
from apps.characters.facts.model import Context, Extracted, Span, fact
from apps.characters.facts.text import denied, fold, phrase
from apps.characters.script_types import Field
from apps.characters.stages import FIELDS

_OUT_OF = re.compile(r"(?<![\w.])(?P<n>\d{1,2}(?:[.,]5)?)\s*(?:/|out of|of)\s*(?:10|ten)\b")
_PERCENT = re.compile(r"(?<![\w.])(?P<n>\d{1,3})\s*(?:%|percent)")
_BETWEEN = re.compile(r"(?<![\w.])(?P<a>\d{1,2})\s*(?:or|to|-|–|and|/)\s*(?P<b>\d{1,2})(?![\w/%])")
_PLAIN = re.compile(
    rf"(?<![\w.,/:-])(?P<x>(?P<f>\d{{1,2}}[.,]5)|{NUMBER})(?:-?ish\b)?(?![\w/:%]|[.,]\d)"
)
_FRAME = re.compile(
    r"\bi(?:'d| would)? (?:like|want|prefer|need)\b|\bplease\b|\bwith me\b|\bme\b|"
    r"^\W*(?:be|take|go|don't)\b"
)


def find_choice(text: str, field: Field, *, whole_phrases_only: bool = False) -> list[Extracted]:
    """The longest synonym that is not denied; in passing, only phrases of several words count."""
    folded = fold(text)
    pairs = [(s, c.value) for c in field.choices for s in c.synonyms]
    for synonym, value in sorted(pairs, key=lambda pair: -len(pair[0])):
        if whole_phrases_only and " " not in synonym:
            continue
        match = phrase(synonym).search(folded)
        if match and not denied(folded[: match.start()]):
            return [fact(field.name, value, text, match.span())]
    return []


def find_intensity(text: str, context: Context) -> list[Extracted]:
    field = FIELDS["preferred_intensity"]
    if context.asked == field.name:
        return find_choice(text, field)
    return find_choice(text, field, whole_phrases_only=True) if _FRAME.search(fold(text)) else []


def find_readiness(text: str, context: Context) -> list[Extracted]:
    folded = fold(text)
    if context.asked != "readiness":
        match = _OUT_OF.search(folded)
        near = match and "ready" in folded[max(0, match.start() - 40) : match.end() + 20]
        return _scaled(text, match.span(), _half(match["n"])) if match and near else []
    return _numbered(text, folded) or _worded(text)


def _numbered(text: str, folded: str) -> list[Extracted]:
    """One number; "6 or 7" is their middle, "70 %" is 7."""
    if match := _OUT_OF.search(folded):
        return _scaled(text, match.span(), _half(match["n"]))
    if match := _PERCENT.search(folded):
        return _scaled(text, match.span(), int(match["n"]) / 10)
    if match := _BETWEEN.search(folded):
        return _scaled(text, match.span(), (int(match["a"]) + int(match["b"])) / 2)
    if match := _PLAIN.search(folded):
        number = _half(match["f"]) if match["f"] else number_of(match["n"])
        return _scaled(text, match.span("x"), number)
    return []


def off_scale(text: str) -> bool:
    """A number was given, but none between the ends of the scale."""
    return bool(_PLAIN.search(fold(text))) and not _numbered(text, fold(text))


def _half(digits: str) -> float:
    return float(digits.replace(",", "."))


def _scaled(text: str, span: Span, number: float) -> list[Extracted]:
    field = FIELDS["readiness"]
    if not field.low <= number <= field.high or text[max(0, span[0] - 1) : span[0]] in {"-", "−"}:
        return []
    return [fact("readiness", int(number) if number == int(number) else number, text, span)]


def _worded(text: str) -> list[Extracted]:
    """Words count as the numbers written beside them in script/11_readiness.yaml."""
    found = find_choice(text, FIELDS["readiness"])
    return [fact("readiness", int(str(item.value)), text, item.span) for item in found]
