"""Parts an answer from a question to us: the question is answered, never stored."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.characters.facts.model import Span
from apps.characters.facts.text import clauses, fold
from apps.characters.script_types import Topic
from apps.characters.stages import TOPICS

_PATTERNS = [
    (topic, [re.compile(line.replace("'", "'?")) for line in topic.patterns]) for topic in TOPICS
]
_ASKS = re.compile(
    r"^(?:and |but |so |ok(?:ay)? |hey |well |um )?(?:what|why|who|whose|when|where|which|"
    r"how|are|is|do|does|did|"
    r"can|could|will|would|should|may|have|has|am)\b"
)
_TO_US = re.compile(r"\b(?:you|your|yours|u|ur|this|that|it)\b")
_SELF = re.compile(r"\b(?:i|me|my|myself|i'm)\b")


@dataclass(frozen=True, slots=True)
class Split:
    """`rest` is the text with the question blanked out, so that positions still fit."""

    topic: Topic | None
    is_question: bool
    rest: str


def split(text: str, *, open_question: bool) -> Split:
    topic, asked, rest = None, False, text
    for span in clauses(text):
        found = _topic_of(text, span)
        if found is None and not _is_unknown_question(text, span, open_question=open_question):
            continue
        topic, asked = _weightier(topic, found), True
        rest = rest[: span[0]] + " " * (span[1] - span[0]) + rest[span[1] :]
    return Split(topic, asked, rest)


def _weightier(one: Topic | None, other: Topic | None) -> Topic | None:
    """ "Hi, are you a bot?" is a question and not small talk, which stands last in the script."""
    topics = [topic for topic in (one, other) if topic]
    return min(topics, key=TOPICS.index, default=None)


def _topic_of(text: str, span: Span) -> Topic | None:
    clause = fold(text)[span[0] : span[1]] + ("?" if _has_mark(text, span) else "")
    for topic, patterns in _PATTERNS:
        if any(pattern.search(clause) for pattern in patterns):
            return topic
    return None


def _has_mark(text: str, span: Span) -> bool:
    return text[span[1] :].lstrip()[:1] in {"?", "？", "؟"}


def _is_unknown_question(text: str, span: Span, *, open_question: bool) -> bool:
    """ "Why does everyone leave me?" is an answer to an open question, "who won?" is not."""
    clause = fold(text)[span[0] : span[1]]
    if not _has_mark(text, span) or (not _ASKS.match(clause) and not _TO_US.search(clause)):
        return False
    return not (open_question and _SELF.search(clause))
