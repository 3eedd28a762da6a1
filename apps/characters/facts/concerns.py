"""Reads what weighs on a person: plain canonical terms, and their own words where none fits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.characters.facts.items import item_spans, without_lead_in
from apps.characters.facts.model import Context, Extracted, Span, fact
from apps.characters.facts.text import about_others, clauses, denied, fold, phrase
from apps.characters.facts.words import is_filler
from apps.characters.script_types import Choice
from apps.characters.stages import FIELDS

MAX_OWN_WORDS_ITEMS = 4
LONGEST_ITEM = 120
_ME = re.compile(r"\b(?:i|i'm|im|i've|ive|my|me|myself)\b")
_PAST = re.compile(r"\b(?:was|were|used to be|used to|as a (?:kid|child|teen)|back then)\b")
_STRUGGLE = re.compile(
    r"\b(?:struggl\w+|suffer\w*|deal(?:ing)? with|battl\w+|trouble|problems? with|issues? "
    r"with|hard time|"
    r"help with|cop(?:e|ing) with|worr(?:y|ied) about|stressed about|anxious about|afraid "
    r"of|scared of|can't|cannot|cant|unable to)\b"
)
_FRAGMENT = re.compile(
    r"^(?:it|that|this|since|for|when|which|every|so|then|at|on|during|by|(?:mostly|mainly) at)\b"
    r"(?!'s hard|'s difficult)"
)
_SYNONYMS = sorted(
    (
        (synonym, choice)
        for choice in FIELDS["primary_concerns"].choices
        for synonym in choice.synonyms
    ),
    key=lambda pair: -len(pair[0]),
)


@dataclass(frozen=True, slots=True)
class Term:
    value: str
    span: Span
    denied: bool
    choice: Choice


def terms(text: str, span: Span) -> list[Term]:
    """The canonical terms in a clause, longest phrase first so that "social anxiety" is one."""
    clause = fold(text)[span[0] : span[1]]
    found: list[Term] = []
    for synonym, choice in _SYNONYMS:
        for match in phrase(synonym).finditer(clause):
            place = (span[0] + match.start(), span[0] + match.end())
            if any(place[0] < term.span[1] and term.span[0] < place[1] for term in found):
                continue
            if choice.others or not about_others(clause[: match.end()]):
                found.append(Term(choice.value, place, denied(clause[: match.start()]), choice))
    return sorted(found, key=lambda term: term.span)


def find_concerns(text: str, context: Context) -> list[Extracted]:
    if context.asked == "primary_concerns":
        return _answered(text)
    return _in_passing(text)


def denied_concerns(text: str) -> list[str]:
    """ "I'm not anxious": the terms a person says do not apply."""
    return [term.value for span in clauses(text) for term in terms(text, span) if term.denied]


def _in_passing(text: str) -> list[Extracted]:
    folded, found = fold(text), []
    for span in clauses(text):
        clause = folded[span[0] : span[1]]
        if not _ME.search(clause) or _PAST.search(clause):
            continue
        struggle = bool(_STRUGGLE.search(clause))
        found += [
            fact("primary_concerns", [term.value], text, span)
            for term in terms(text, span)
            if not term.denied and (term.choice.passing or struggle)
        ]
    return found


def _answered(text: str) -> list[Extracted]:
    found: list[Extracted] = []
    own: list[Extracted] = []
    for span in item_spans(text):
        here = terms(text, span)
        found += [
            fact("primary_concerns", [term.value], text, span) for term in here if not term.denied
        ]
        if not here:
            own += _own_words(text, span)
    return sorted(found + own[:MAX_OWN_WORDS_ITEMS], key=lambda item: item.span)


def _own_words(text: str, span: Span) -> list[Extracted]:
    start, end = without_lead_in(text, span)
    words = text[start:end]
    if is_filler(words) or len(words) < 2 or _FRAGMENT.match(fold(words)):
        return []
    return [fact("primary_concerns", [words[:LONGEST_ITEM]], text, (start, end))]
