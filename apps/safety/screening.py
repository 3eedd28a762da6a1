"""The whole screening: the detector at once, a reader of sentences where there is time for it.

A message's way to the others in the room has the detector's verdict, after a millisecond; the
reader takes some ten, and is asked before the person is answered. It only raises, and only to
moderate.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from apps.safety.detector import Finding, screen_safely, weigh
from apps.safety.languages import language_in

if TYPE_CHECKING:
    from apps.safety.sentence_reader import SentenceReader

logger = logging.getLogger(__name__)
THRESHOLD = 0.0  # as grave as calm
# What a unit of the detector's odds counts; beyond the bound more of it says no more.
_SHARE = 0.2
_MOST_ODDS = 4.0


@cache
def _reader() -> SentenceReader:
    """Read, with the packages it needs, when it is needed: most commands screen nothing."""
    found: SentenceReader = import_module("apps.safety.sentence_reader").SentenceReader()
    return found


def load() -> None:
    """What answers people calls this at its start, or somebody would wait two seconds for it."""
    _reader().load()


def screen_closely(text: str, *, before: Sequence[str] = ()) -> Finding:
    """Never raises, and never finds less than the detector does by itself."""
    found = screen_safely(text, before=before)
    if found.is_crisis or found.level == "unreviewed":
        return found
    return look_closer(text) or found


def look_closer(text: str) -> Finding | None:
    """What the meaning says of a text in which the detector saw no danger."""
    try:
        return _by_sentences(text)
    except Exception as error:  # noqa: BLE001 a failed screening must reach people, not vanish
        # The text itself stays out of the log.
        logger.error("screening failed: %s", type(error).__name__)
        return Finding(level="unreviewed", reason=f"reader error: {type(error).__name__}")


def _by_sentences(text: str) -> Finding | None:
    parts = weigh(text)
    if not parts:
        return None
    read = _reader().gravity([text[slice(*part.span)] for part in parts])
    both = [
        gravity + _SHARE * max(-_MOST_ODDS, min(_MOST_ODDS, part.odds))
        for part, gravity in zip(parts, read, strict=True)
    ]
    worst = max(both)
    if worst <= THRESHOLD:
        return None
    part = parts[both.index(worst)]
    reason = f"{language_in(text)}_sentence, gravity {worst:.1f}"
    return Finding("moderate", part.category(), part.span, reason)
