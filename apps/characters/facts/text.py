"""Folding, clauses and phrase patterns; positions always count in the person's own text."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from apps.characters.facts.model import Span
from apps.characters.stages import WORDS

MAX_CLAUSES = 100  # a real answer of 2,000 characters has fewer; the rest counts as one
_SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "\xa0": " "})
_PEOPLE = sorted(WORDS["people"])
OTHERS = (
    rf"(?:my|his|her|our|their|the|a) (?:{'|'.join(_PEOPLE)})(?:'s)?\b|\b(?:he|she|they|"
    rf"someone|people|"
    r"everyone|everybody)(?:'s|'re)?\b"
)
_OTHER_SUBJECT = re.compile(rf"^\W*(?:(?:and|but|because|so|when|since|that) )?(?:{OTHERS})")
_OWN_SUBJECT = re.compile(r"\b(?:i|i'm|im|i've|i'd|me)\b")
_DENIED = re.compile(
    r"(?:\b(?:not|no|never|without|nor|neither|isn't|aren't|ain't|don't|doesn't|didn't|"
    r"dont|doesnt|didnt|isnt|arent|havent|haven't|"
    r"hasn't|wasn't|no longer)) (?:(?!only|just|sure|idea|but|because|i|when|so)[\w']+ ){0,3}$"
)
_BREAK = re.compile(
    r"[.!?](?=\s|$)|[;\n。！？]|[,،，、](?: (?:and|but)\s)?"
    r"|\s(?:and|but|so|because|then)\s(?=(?:i|i'm|im|i've|i'd|my|you|we|please)\b)"
    r"|\s[-–—]\s|[:)(]"
)


def fold(text: str) -> str:
    """Lower case and plain apostrophes, one character for one, so that spans still fit."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lowered.translate(_SAME)


def trim(text: str, span: Span) -> Span:
    start, end = span
    while start < end and (text[start].isspace() or text[start] in ",.;:!?\"'“”-–— ،，。"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ',.;:!?"“”-–— ،，。'):
        end -= 1
    return start, end


def _split(pattern: re.Pattern[str], text: str) -> list[Span]:
    spans: list[Span] = []
    start = 0
    for match in pattern.finditer(fold(text)):
        if len(spans) == MAX_CLAUSES:
            break
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(text)))
    trimmed = (trim(text, span) for span in spans)
    return [span for span in trimmed if span[0] < span[1]]


def clauses(text: str) -> list[Span]:
    return _split(_BREAK, text)


@cache
def phrase(words: str) -> re.Pattern[str]:
    """A phrase as a pattern on folded text; `*` ends a word openly, apostrophes may be missing."""
    body = re.escape(words).replace(r"\*", r"\w*").replace(r"\ ", r"\s+").replace("'", "'?")
    return re.compile(rf"(?<![\w-]){body}(?!\w)")


def about_others(clause: str) -> bool:
    """Whether the (folded) clause has someone else as its subject."""
    return bool(_OTHER_SUBJECT.match(clause)) and not _OWN_SUBJECT.search(clause)


def denied(before: str) -> bool:
    """Whether the (folded) words before a term say that it does not apply."""
    return bool(_DENIED.search(before[-60:].replace(",", " ,")))


def has_letters(text: str) -> bool:
    return any(unicodedata.category(char)[0] == "L" for char in text)


def is_emoji_only(text: str) -> bool:
    return not any(unicodedata.category(char)[0] in "LN" for char in text) and any(
        unicodedata.category(char) == "So" for char in text
    )
