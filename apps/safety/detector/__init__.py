"""Screens text for signs of danger, without network, models or database."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from apps.safety.detector.finding import LEVELS, RANK, Category, Finding, Level
from apps.safety.detector.screening import WINDOW, Detector, Stretch

__all__ = [
    "LEVELS",
    "RANK",
    "WINDOW",
    "Category",
    "Detector",
    "Finding",
    "Level",
    "Stretch",
    "load",
    "screen",
    "screen_safely",
    "signs",
    "weigh",
]

logger = logging.getLogger(__name__)
_detector = Detector()


def load() -> None:
    """What answers people calls this at its start; whoever screens nothing is spared it."""
    _detector.load()


def screen(
    text: str, *, before: Sequence[str] = (), known: frozenset[str] = frozenset()
) -> Finding:
    """`before` holds the client's own earlier messages, oldest first; context only raises.

    `known` are the `signs` of others, which need not be in it then: all but the last one.
    """
    return _detector.screen(text, before, known)


def weigh(text: str) -> list[Stretch]:
    """Stretch by stretch, how likely danger is by its words alone."""
    return _detector.weigh(text)


def signs(text: str) -> frozenset[str] | None:
    """What an earlier message adds to a later one; None if the detector fails on it."""
    try:
        return _detector.signs(text)
    except Exception:  # noqa: BLE001 `screen_safely` has to meet it, and to say so
        return None


def screen_safely(
    text: str, *, before: Sequence[str] = (), known: frozenset[str] = frozenset()
) -> Finding:
    """Never raises: a message the detector fails on is unreviewed, which is not safe."""
    try:
        return screen(text, before=before, known=known)
    except Exception as error:  # noqa: BLE001 a failed screening must reach people, not vanish
        # The text itself stays out of the log.
        logger.error("screening failed: %s", type(error).__name__)
        return Finding(level="unreviewed", reason=f"detector error: {type(error).__name__}")
