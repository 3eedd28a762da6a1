"""Sentences, and what the words around a hit make of it: denied, another's, long ago."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.analysis.talk import lexicon
from apps.analysis.talk.model import Line, Sentence

READ_CHARS = 4_000  # of one message; what stands behind is not read
UNIT_CHARS = 160
SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*[”\"’')]*")
CLAUSE_END = re.compile(r"[,;:]|\b(?:but|because|although|though|and then|while|so)\b", re.I)
NEGATION_WORDS = 5
ABBREVIATION = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|St|e\.g|i\.e)\.$")
ENDING = re.compile(r"(?<=\w{3})(?:ings?|ed|es|s)$")
# Straight for typographic, so that "don’t" is read as "don't"; the length stays the same.
STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def sentences(line: Line) -> Iterator[Sentence]:
    text, begun = line.text[:READ_CHARS], 0
    for match in SENTENCE.finditer(text):
        if ABBREVIATION.search(match[0]):
            continue
        whole = text[begun : match.end()]
        begun, start = match.end(), begun
        stripped = whole.strip()
        if any(char.isalnum() for char in stripped):
            yield Sentence(line, stripped, start + len(whole) - len(whole.lstrip()))
    rest = text[begun:].strip()
    if any(char.isalnum() for char in rest):
        yield Sentence(line, rest, text.index(rest, begun))


def units(line: Line) -> Iterator[Sentence]:
    """Neighbouring sentences together, as far as they read well as one quotation."""
    run: list[Sentence] = []
    for sentence in sentences(line):
        if run and sentence.start + len(sentence.text) - run[0].start > UNIT_CHARS:
            yield _joined(run)
            run = []
        run.append(sentence)
    if run:
        yield _joined(run)


def _joined(run: list[Sentence]) -> Sentence:
    first, last = run[0], run[-1]
    end = last.start + len(last.text)
    return Sentence(first.line, first.line.text[first.start : end], first.start)


def straight(text: str) -> str:
    return text.translate(STRAIGHT)


def before(text: str, at: int) -> str:
    """The words of the same clause that stand before `at`."""
    clause = text[:at]
    ends = [match.end() for match in CLAUSE_END.finditer(clause)]
    return clause[ends[-1] :] if ends else clause


def is_denied(text: str, at: int) -> bool:
    near = " ".join(before(text, at).split()[-NEGATION_WORDS:])
    return bool(lexicon.NEGATORS.search(near))


def is_anothers(text: str, at: int) -> bool:
    return bool(lexicon.CUES["others"].search(before(text, at).rstrip()))


def is_past(text: str) -> bool:
    return bool(lexicon.CUES["past"].search(text))


def strength(text: str, at: int) -> float:
    """1, more after "very", less after "a bit"."""
    near = " ".join(before(text, at).split()[-3:])
    if lexicon.WEAK.search(near):
        return 0.5
    return 1.5 if lexicon.STRONG.search(near) else 1.0


def content_words(text: str) -> set[str]:
    """The words that carry meaning, without endings and cut to five letters."""
    words = re.findall(r"[^\W\d_]{4,}", straight(text).lower())
    return {ENDING.sub("", word)[:5] for word in words if word not in lexicon.STOP_WORDS}
