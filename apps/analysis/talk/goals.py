"""Which of a session's goals came up, and in which words."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from apps.analysis.talk import words
from apps.analysis.talk.model import Line, Sentence

LEAST_SHARE = 1 / 3  # of a goal's words that carry meaning


def coverage(goals: Sequence[str], lines: Sequence[Line]) -> dict[str, list[Sentence]]:
    """For each goal the client's sentences on it; none if it did not come up.

    A goal's words may be spread over a question and its answer, so what others say counts for
    finding the place, and the client's words are what is quoted.
    """
    return {goal: _place(words.content_words(goal), lines) for goal in goals}


def _place(wanted: set[str], lines: Sequence[Line]) -> list[Sentence]:
    if not wanted:
        return []
    said = [words.content_words(line.text) for line in lines]
    met: set[str] = set().union(*said) & wanted if said else set()
    if len(met) < max(1, LEAST_SHARE * len(wanted)):
        return []
    own = [
        (len(words.content_words(sentence.text) & wanted), sentence)
        for line in lines
        if line.sender == "client"
        for sentence in words.sentences(line)
    ]
    best = sorted((hit for hit in own if hit[0]), key=lambda hit: -hit[0])
    return [sentence for _, sentence in best[:2]] or _answers(wanted, lines)


def _answers(wanted: set[str], lines: Sequence[Line]) -> list[Sentence]:
    """The client's answer to the first question in which the goal came up."""
    for line, following in itertools.pairwise(lines):
        if words.content_words(line.text) & wanted and following.sender == "client":
            return list(words.sentences(following))[:1]
    return []
