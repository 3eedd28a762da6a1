"""Times as the wire wants them: aware, UTC, ISO 8601 with `Z`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_stopped: ContextVar[datetime | None] = ContextVar("stopped", default=None)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """For bringing in what happened at another time, through the same services as ever."""
    token = _stopped.set(moment)
    try:
        yield
    finally:
        _stopped.reset(token)


def now() -> datetime:
    """The present in UTC, cut to milliseconds so that it reads back as it was written."""
    moment = _stopped.get() or datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def iso(moment: datetime) -> str:
    """`2025-05-11T10:30:00Z`; milliseconds only when there are some."""
    utc = moment.astimezone(UTC)
    spec = "milliseconds" if utc.microsecond >= 1000 else "seconds"
    return utc.replace(tzinfo=None).isoformat(timespec=spec) + "Z"


def iso_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
