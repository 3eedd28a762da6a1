"""Takes enumerations apart: values, goals and concerns come as items."""

from __future__ import annotations

import re

from apps.characters.facts.model import Extracted, Span, fact
from apps.characters.facts.text import clauses, fold, trim
from apps.characters.facts.words import is_filler

MAX_ITEMS = 10
LONGEST_ITEM = 160
SHORT_ITEM_WORDS = 3
_AND = re.compile(r"\s(?:and|&|or|plus|as well as)\s|[/+•]")
_ONE_CLAUSE = re.compile(
    r"^(?:my |the )?\w+ and (?:my |the )?\w+ (?:are|were|have|keep|fight|argue|don't|can't|"
    r"hate|always)\b"
)
_SENTENCE = re.compile(r"(?:i|he|she|they|we|it|you|i'm|he's|she's)\b(?! me\b)")
_NUMBERING = re.compile(r"(?:^|\s)\d{1,2}[.)]\s+")
_BULLET = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s*")
_LEAD_IN = re.compile(
    r"^(?:(?:well|um|uh|hmm|idk|dunno|i don't know|"
    r"so|and|but|also|just|maybe|probably|mostly|mainly|honestly|"
    r"like|i guess|i think|"
    r"i suppose|i'd say|i would say|really|definitely|yes|yeah|ok|okay|oh|then|perhaps|"
    r"right now|lately|recently|"
    r"above all|most of all|most importantly|for me|actually|please)[, ]+)*"
    r"(?:(?:i (?:really |deeply |truly |mostly |just |also |strongly |do )*(?:value|"
    r"believe in|care (?:most |deeply )?about|"
    r"stand for|try to|live by|love)|i'm struggling with|i am struggling with|i struggle "
    r"with|i've been struggling with|"
    r"i suffer from|i'm dealing with|i am dealing with|i've been dealing with|i have been "
    r"dealing with|"
    r"i have (?:problems|trouble|issues|a problem) with|i have|i've got|i've been|i'm "
    r"worried about|i worry about|"
    r"i(?:'d| would) (?:really |just )?(?:like|love|want|prefer)(?: to)?|i (?:really |just "
    r"|also )?(?:want|hope|wish|need|aim)(?: to)?(?: be able to)?|"
    r"i'm hoping(?: to)?|my (?:main |biggest |only |first |top )?(?:goals?|aims?|hopes?|"
    r"wish|concerns?|problems?|issues?|values?|dream)(?: right now)? (?:is|are|would "
    r"be)(?: to)?|"
    r"what matters (?:most )?(?:to me )?is|the most important thing (?:to me )?is|it's "
    r"(?:important|mostly|mainly)|it would be|to|being able to|(?:can|could|may) i (?:say|add)) ?)?"
)
_TAIL = re.compile(
    r"\s(?:(?:is|are) (?:really |very |most |the most |so )*important(?: to me)?|"
    r"matters?(?: most| a lot)?(?: to me)?|"
    r"means? (?:a lot|everything|the world)(?: to me)?|(?:i guess|i think|i suppose|mostly|"
    r"mainly|too|as well|please|really|probably|maybe))$"
)
_GOAL = re.compile(
    r"\b(?:i(?:'d| would) (?:really |just )?(?:like|love)(?: to)?|i (?:really |just |also "
    r")?(?:want|hope|wish|need|aim)\b|"
    r"i'm hoping|my (?:\w+ )?(?:goals?|aims?|hopes?|wish|dream)\b)"
)
_NOT_A_GOAL = re.compile(
    r"\b(?:skip|go back|pause|stop|quit|change my|talk to (?:a|someone|you)|answer|tell "
    r"you|say|know (?:what|why|who|if|how)|"
    r"ask|die|dead|kill|disappear|end it|hurt|not exist|never wake|be gone|continue|start|"
    r"see (?:my|what))\b"
)


def without_lead_in(text: str, span: Span) -> Span:
    """The item itself, without "I think", "my goal is to" and the like."""
    folded = fold(text)[span[0] : span[1]]
    bullet = _BULLET.match(folded)
    start = bullet.end() if bullet else 0
    lead = _LEAD_IN.match(folded[start:])
    start += lead.end() if lead else 0
    tail = _TAIL.search(folded)
    end = tail.start() if tail and tail.start() > start else len(folded)
    trimmed = trim(text, (span[0] + start, span[0] + end))
    return trimmed if trimmed[0] < trimmed[1] else span


def item_spans(text: str) -> list[Span]:
    parts = _numbered(text) or clauses(text)
    return [piece for span in parts for piece in _pieces(text, span)][: 2 * MAX_ITEMS]


def _numbered(text: str) -> list[Span]:
    """ "1. exercise 2. eat well"."""
    marks = list(_NUMBERING.finditer(text)) if _NUMBERING.match(text) else []
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    spans = [trim(text, (mark.end(), end)) for mark, end in zip(marks, ends, strict=False)]
    return [span for span in spans if span[0] < span[1]]


def _pieces(text: str, span: Span) -> list[Span]:
    """ "family and honesty" is two items; "my mum and dad are splitting up" is one."""
    folded = fold(text)[span[0] : span[1]]
    cuts = [match.span() for match in _AND.finditer(folded) if not _ONE_CLAUSE.match(folded)]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(folded)]
    pieces = [trim(text, (span[0] + a, span[0] + b)) for a, b in zip(starts, ends, strict=True)]
    short = all(0 < len(_core(text, piece)) <= SHORT_ITEM_WORDS for piece in pieces)
    return pieces if len(pieces) > 1 and short else [span]


def _core(text: str, span: Span) -> list[str]:
    start, end = without_lead_in(text, span)
    return text[start:end].split()


def listed(name: str, text: str, spans: list[Span]) -> list[Extracted]:
    found: list[Extracted] = []
    for span in spans:
        item = without_lead_in(text, span)
        words = text[item[0] : item[1]]
        has_words = any(char.isalpha() for char in words) and not is_filler(words)
        if has_words and len(words) <= LONGEST_ITEM:
            found.append(fact(name, [words], text, item))
    return found[:MAX_ITEMS]


def find_values(text: str) -> list[Extracted]:
    """ "I can't tell anyone" is a sentence about life and no value."""
    found = listed("values", text, item_spans(text))
    return [item for item in found if not _SENTENCE.match(fold(item.quote))]


def find_goals(text: str) -> list[Extracted]:
    """With "I want to …" anywhere only such clauses count, otherwise every item does."""
    spans = item_spans(text)
    framed = [span for span in spans if _GOAL.search(fold(text)[span[0] : span[1]])]
    if framed and any(_starts_over(text, span) for span in spans if span not in framed):
        spans = framed
    elif not framed and len(spans) > 1 and _starts_over(text, spans[0]):
        spans = [trim(text, (spans[0][0], spans[-1][1]))]
    return _harmless(listed("goals", text, spans))


def goals_in_passing(text: str) -> list[Extracted]:
    folded = fold(text)
    spans = [span for span in clauses(text) if _GOAL.match(folded[span[0] : span[1]])]
    spans = [span for span in spans if not _NOT_A_GOAL.search(folded[span[0] : span[1]])]
    return listed("goals", text, [piece for span in spans for piece in _pieces(text, span)])


def _starts_over(text: str, span: Span) -> bool:
    return bool(
        re.match(r"(?:i|i'm|i've|my|it|that|he|she|they|we)\b", fold(text)[span[0] : span[1]])
    )


def _harmless(facts: list[Extracted]) -> list[Extracted]:
    """A wish to die is for the safety desk; it is never written down as a goal."""
    danger = re.compile(
        r"^(?:be |to )?(?:die|dead|kill|disappear|end it|end my|hurt|not exist|never wake|"
        r"be gone|gone)\b"
    )
    return [found for found in facts if not danger.search(fold(found.quote))]
