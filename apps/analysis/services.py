"""What a caller may ask of the analysis."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import date, timedelta
from threading import BoundedSemaphore
from typing import Any

from django.db import close_old_connections

from apps.accounts.actors import Actor
from apps.accounts.scopes import CLIENTS_READ, NOTES_READ, SESSIONS_READ, SESSIONS_WRITE
from apps.analysis import history, report, summarizing
from apps.analysis.models import Analysis
from apps.analysis.summarizing import Finding, Talk
from apps.clients import services as clients
from apps.jobs.drain import JobError
from apps.jobs.models import LeaseLost
from apps.llm import services as llm
from apps.sessions import services as sessions
from apps.sessions.models import Session, Status, Summing
from smartsteps.lib.errors import DomainError, conflict, invalid, not_found, unavailable

ANALYSABLE = (Status.ACTIVE, Status.COMPLETED)
WAIT_S = 60.0
POLL_S = 0.1
# Callers who wait hold a thread each; those of other requests must not run out.
PLACES, PLACE_WAIT_S = 3, 2.0
_places = BoundedSemaphore(PLACES)
TRY_AGAIN_IN = timedelta(seconds=30)


def analyze_session(session_id: str, *, by: Actor) -> Analysis:
    """A new version; of two callers at once the second gets the first one's.

    Raises DomainError 409 for a session that has not begun or was cancelled or whose client has
    withdrawn consent, and 503 while the provider gives no usable answer.
    """
    by.require(SESSIONS_WRITE)
    by.require(NOTES_READ)
    session = sessions.get_session(session_id, by=by)
    if session.status not in ANALYSABLE:
        raise conflict(f"The session is {session.status}", status=session.status)
    if not _places.acquire(timeout=PLACE_WAIT_S):
        raise unavailable("Many sessions are being analysed just now; try again")
    try:
        return _make_or_wait(session, by)
    finally:
        _places.release()


def _make_or_wait(session: Session, by: Actor) -> Analysis:
    seen, until = session.analyses.count(), time.monotonic() + WAIT_S
    while time.monotonic() < until:
        clients.require_ai_consent(session.client_id)
        if made := _make(session, seen, by):
            return made
        time.sleep(POLL_S)
    raise unavailable("The session is being analysed just now; try again")


def _make(session: Session, seen: int, by: Actor) -> Analysis | None:
    """None while another makes it, or if the session has moved on meanwhile."""
    job = summarizing.take(session)
    if job is None:
        return None
    # Looked at only now: whoever had the job has stored its result before letting go of it.
    if made := session.analyses.filter(version__gt=seen).order_by("-version").first():
        job.finish()
        return made
    talk = summarizing.prepare(job)
    if talk is None:
        return None
    try:
        finding = _find(talk, by)
        with suppress(LeaseLost):
            return summarizing.store(job, talk, finding, by_label=by.label)
    except JobError as error:
        _give_back(job, error)
        raise _provider_down(error) from error
    return None


def _find(talk: Talk, by: Actor) -> Finding:
    if talk.is_silent:
        return summarizing.silence()
    close_old_connections()  # none is kept from others while a model thinks
    return asyncio.run(_ask(talk, by))


async def _ask(talk: Talk, by: Actor) -> Finding:
    try:
        async with asyncio.timeout(WAIT_S):
            return await summarizing.find(talk, by_label=by.label)
    except TimeoutError as error:
        raise JobError("provider_timeout", retryable=True) from error
    finally:
        await llm.aclose()


def _give_back(job: Summing, error: JobError) -> None:
    """A session that is over and has no summary yet gets one later; nothing was written now."""
    owed = job.session.status == Status.COMPLETED and not job.session.analyses.exists()
    with suppress(LeaseLost):
        if owed and error.retryable:
            job.retry_in(TRY_AGAIN_IN, error.code)
        else:
            job.fail(error.code)


def _provider_down(error: JobError) -> DomainError:
    wait = str(round(error.retry_after_s or TRY_AGAIN_IN.total_seconds()))
    message = "The language model gave no usable answer, and nothing was changed; try again later"
    return DomainError(503, error.code, message, headers={"Retry-After": wait})


def list_analyses(session_id: str, *, by: Actor) -> list[Analysis]:
    """All versions, newest first."""
    by.require(NOTES_READ)
    session = sessions.get_session(session_id, by=by)
    return list(session.analyses.order_by("-version"))


def newest_analysis(session_id: str, *, by: Actor) -> Analysis | None:
    by.require(SESSIONS_READ)
    of_session = Analysis.objects.visible_to(by).filter(session=session_id)
    return of_session.order_by("-version").first()


def analyze_progress(
    client_id: str,
    *,
    start_date: date,
    end_date: date,
    focus_areas: list[str] | None = None,
    by: Actor,
) -> dict[str, Any]:
    """From what is stored, both days included, in the client's own time zone.

    Raises DomainError 422 for days in the wrong order and for an unknown focus area.
    """
    by.require(CLIENTS_READ)
    by.require(NOTES_READ)
    client = clients.get_client(client_id, by=by)
    if by.is_client:
        raise not_found()
    if end_date < start_date:
        raise invalid("end_date", "Must not lie before start_date")
    wanted = focus_areas or list(history.FOCUS)
    if unknown := sorted(set(wanted) - set(history.FOCUS)):
        known = ", ".join(history.FOCUS)
        raise invalid("focus_areas", f"Unknown {', '.join(unknown)}; use {known}")
    period = history.Period(start_date, end_date, clients.zone_of(client))
    return report.progress(client, history.of(client, period), wanted)
