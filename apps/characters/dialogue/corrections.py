"""Reads wishes to change, add or remove what is already noted."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from enum import StrEnum

from apps.characters.dialogue import memory
from apps.characters.dialogue.intents import field_named
from apps.characters.dialogue.state import InterviewState
from apps.characters.extraction import offline_extract
from apps.characters.facts.concerns import denied_concerns, terms
from apps.characters.facts.model import Context, Extracted, Span, fact
from apps.characters.facts.text import clauses, fold, trim
from apps.characters.facts.words import is_filler
from apps.characters.script_types import FieldType
from apps.characters.stages import FIELDS


class Kind(StrEnum):
    SET = "set"
    ADD = "add"
    EMPTY = "empty"  # a whole field
    MENTION = "mention"  # every part that mentions some words
    DENY = "deny"  # "I'm not anxious", perhaps with something else instead
    ASK_VALUE = "ask_value"
    ASK_PART = "ask_part"


@dataclass(frozen=True, slots=True)
class Change:
    kind: Kind
    field: str | None = None
    facts: list[Extracted] = dataclasses.field(default_factory=list)
    words: str = ""


_LEAD = (
    r"^\W*(?:(?:no|sorry|oops|oh|wait|actually|please|yes|ok|okay|but|and|hmm|um|well|also|"
    r"can you|could you|"
    r"i want to|i'd like to|i would like to|i need to|can i|could i|let's|that's (?:not "
    r"right|wrong|incorrect))\b[,.:; ]*)*"
)
_CHANGE = re.compile(
    _LEAD + r"(?:change|update|set|make|edit|correct|fix|replace|switch|rename)"
    r"(?: (?:my|the|your|that|what i said about(?: my)?))? "
    r"(?P<f>[\w' ]+?)(?: from .+?)?(?:(?: (?:to|into|as|with)|\s*[:=])(?: be)? (?P<v>.+))?$",
    re.DOTALL,
)
_SHOULD = re.compile(
    _LEAD + r"(?:my|the) (?P<f>[\w' ]+?) (?:(?:should|must|needs? to) (?:be|say)|"
    r"(?:is|are) (?:actually|really|now|in fact)|"
    r"(?:is|are)(?: not|n't)? (?P<bad>wrong|right|correct|incorrect|off))[:,]? ?(?P<v>.*)$",
    re.DOTALL,
)
_REMOVE = re.compile(
    _LEAD + r"(?:remove|delete|take out|erase|drop|scratch|forget(?: about)?|leave out|"
    r"don't (?:include|mention|keep|write))\s+"
    r"(?:(?:the|that|this|my|all(?: the)?|any) )*(?:(?:part|bit|thing|stuff|sentence|line|"
    r"mention|words?)s? (?:about|with|of|on|where i (?:mention|talk about)) )?"
    r"(?:(?:the|my|that|our|about) )*(?P<v>.+?)(?: (?:part|bit|thing|please|from (?:the|"
    r"my) .+))*\W*$",
    re.DOTALL,
)
_ADD = re.compile(
    _LEAD + r"(?:add|include|put(?: in)?|note|write down)(?: that)? (?P<v>.+?)"
    r"(?: (?:to|in|under|into|as)(?: my| the| a)? (?P<f>[\w' ]+?))?\W*$",
    re.DOTALL,
)
_MEANT = re.compile(
    r"^\W*(?:(?:(?:no|sorry|oops|oh|wait|actually|um|nope)\b[,.:;! ]*)+(?:i mean|make "
    r"(?:that|it)|it's|it is|it should be|should be|that should be)|"
    r"(?:(?:no|sorry|oops|oh|wait|actually|um)\b[,.:;! ]*)*(?:i meant(?: to (?:say|write|"
    r"type))?|correction|make that|it should be|that should be))"
    r"[,:]? (?P<v>.+)$",
    re.DOTALL,
)
_WRONG = re.compile(
    r"^\W*(?:no[,. ]+)?(?:that(?:'s| is)|it(?:'s| is)|this is|something(?:'s| is)|"
    r"there(?:'s| is)) (?:not (?:right|correct|true|quite right|what i said|what i meant)|"
    r"wrong|incorrect|a mistake|an error|not me)\W*|^\W*(?:i (?:want|need|would like) to|"
    r"i'd like to|can i|let me) (?:change|correct|fix) (?:something|that|it|a thing|one "
    r"thing)\W*$"
)
_AFTER_ALL = re.compile(
    r"^\W*(?:(?:no|sorry|oops|oh|wait|um|well)\b[,.:;! ]*)*(?:actually|i mean|in fact|scratch that)"
    r"\b[,.:;! ]*"
)
_NOT_BUT = re.compile(
    r"\bnot (?P<old>[\w'-]+)[,;.]? (?:but |it's |i'm |i am |just )?(?P<new>[\w'-]+)\W*$"
)


def change_in(text: str, state: InterviewState, base: Context) -> Change | None:
    """The whole text as a wish for change, or else the first clause that is one."""
    whole = _read(text, state, base)
    if whole:
        return whole
    for start, end in clauses(text):
        change = _read(text[start:end], state, base)
        if change and change.kind is not Kind.ASK_PART:
            facts = [_shifted(item, start) for item in change.facts]
            return dataclasses.replace(change, facts=facts)
    return None


def _read(text: str, state: InterviewState, base: Context) -> Change | None:
    for read in (_named, _removed, _added, _meant, _denied, _retold, _wrong):
        change = read(text, state, base)
        if change:
            return change
    return None


def facts_for(name: str, text: str, span: Span, base: Context) -> list[Extracted]:
    """What the words in `span` say about one field, with positions in the whole text."""
    start, end = trim(text, span)
    words = text[start:end]
    found = offline_extract(words, Context(name, base.today, base.known))
    related = {name, "age", "under_18"} if name == "age_range" else {name, "pronouns"}
    kept = [_shifted(item, start) for item in found if item.field in related]
    if kept or FIELDS[name].type is not FieldType.TEXT or is_filler(words):
        return kept
    return [fact(name, words, text, (start, end))]


def _shifted(item: Extracted, by: int) -> Extracted:
    return Extracted(item.field, item.value, item.quote, (item.span[0] + by, item.span[1] + by))


def _named(text: str, state: InterviewState, base: Context) -> Change | None:
    match = _CHANGE.match(fold(text)) or _SHOULD.match(fold(text))
    if match is None:
        return None
    name = field_named(match["f"].strip())
    if name is None or FIELDS[name].type is FieldType.NUMBER:
        return None
    facts = facts_for(name, text, match.span("v"), base) if match["v"] else []
    return Change(Kind.SET, name, facts) if facts else Change(Kind.ASK_VALUE, name)


def _removed(text: str, state: InterviewState, base: Context) -> Change | None:
    match = _REMOVE.match(fold(text))
    if match is None:
        return None
    start, end = trim(text, match.span("v"))
    words = text[start:end]
    name = field_named(fold(words))
    return Change(Kind.EMPTY, name) if name else Change(Kind.MENTION, words=words)


def _added(text: str, state: InterviewState, base: Context) -> Change | None:
    match = _ADD.match(fold(text))
    if match is None:
        return None
    name = field_named(match["f"].strip()) if match["f"] else None
    span = match.span("v") if name else (match.start("v"), len(text))
    if name is None and any(not term.denied for term in terms(text, span)):
        name = "primary_concerns"
    facts = facts_for(name, text, span, base) if name else []
    return Change(Kind.ADD, name, facts) if facts else None


def _meant(text: str, state: InterviewState, base: Context) -> Change | None:
    match = _MEANT.match(fold(text))
    if match is None:
        return None
    for name in (name for name in state.recent if not FIELDS[name].volunteered):
        facts = facts_for(name, text, match.span("v"), base)
        if facts:
            return Change(Kind.SET, name, facts)
    return None


def _denied(text: str, state: InterviewState, base: Context) -> Change | None:
    """ "I'm not anxious, I'm sad" takes out what was noted; "not Ana, Anna" replaces the name."""
    noted = memory.value_of(state, "primary_concerns")
    gone = [term for term in denied_concerns(text) if isinstance(noted, list) and term in noted]
    if gone:
        return Change(Kind.DENY, "primary_concerns", words="\n".join(gone))
    match = _NOT_BUT.search(fold(text))
    if match and match["old"] == fold(str(memory.value_of(state, "name"))):
        return Change(Kind.SET, "name", facts_for("name", text, match.span("new"), base))
    return None


def _retold(text: str, state: InterviewState, base: Context) -> Change | None:
    """ "Actually I'm short", when the question is already another one."""
    lead = _AFTER_ALL.match(fold(text))
    if lead is None or base.asked in state.recent:
        return None
    start = lead.end()
    found = offline_extract(text[start:], Context(None, base.today, base.known))
    for name in (name for name in state.recent if FIELDS[name].type is FieldType.TEXT):
        facts = [_shifted(item, start) for item in found if item.field == name]
        if facts:
            return Change(Kind.SET, name, facts)
    return None


def _wrong(text: str, state: InterviewState, base: Context) -> Change | None:
    match = _WRONG.match(fold(text))
    return Change(Kind.ASK_PART) if match and match.end() == len(text) else None


def says_wrong(text: str) -> bool:
    """ "That's not right, I didn't say that": something is wrong, but not what."""
    return any(_WRONG.match(fold(text)[start:end]) for start, end in clauses(text))
