"""The whole screening: the detector at once, two readers of sentences where there is time for them.

A message's way to the others in the room has the detector's verdict, after a millisecond; the
readers take some twenty, and are asked before the person is answered. They only raise, and only
to moderate.
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
    from apps.safety.transformer import Transformer

logger = logging.getLogger(__name__)
THRESHOLD = -0.1  # calmer by a little than as grave as calm
# What a unit of odds counts beside the gravity; beyond the bound more of them say no more.
_DETECTOR_SHARE, _MOST_OF_DETECTOR = 0.2, 4.0
_TRANSFORMER_SHARE, _MOST_OF_TRANSFORMER = 0.2, 8.0
_CALM, _SURE = -0.2, 4.0


@cache
def _reader() -> SentenceReader:
    """Read, with the packages it needs, when it is needed: most commands screen nothing."""
    found: SentenceReader = import_module("apps.safety.sentence_reader").SentenceReader()
    return found


@cache
def _transformer() -> Transformer:
    found: Transformer = import_module("apps.safety.transformer").Transformer()
    return found


def load() -> None:
    """What answers people calls this at its start, or somebody would wait three seconds for it."""
    _reader().load()
    _transformer().load()


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
    said = [text[slice(*part.span)] for part in parts]
    readings = zip(parts, _reader().gravity(said), _transformer().odds(said), strict=True)
    told = [_vote(part.odds, gravity, odds) for part, gravity, odds in readings]
    worst = max(told)
    if worst <= THRESHOLD:
        return None
    part = parts[told.index(worst)]
    reason = f"{language_in(text)}_sentence, gravity {worst:.1f}"
    return Finding("moderate", part.category(), part.span, reason)


def _vote(detector: float, gravity: float, transformer: float) -> float:
    """Where likeness of meaning speaks for calm, the transformer has to be sure."""
    if gravity < _CALM and transformer < _SURE:
        return THRESHOLD
    return (
        gravity
        + _DETECTOR_SHARE * _within(detector, _MOST_OF_DETECTOR)
        + _TRANSFORMER_SHARE * _within(transformer, _MOST_OF_TRANSFORMER)
    )


def _within(odds: float, most: float) -> float:
    return max(-most, min(most, odds))
