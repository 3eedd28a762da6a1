"""Summing a session up: what is asked, how the answer is checked, and what is stored of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from apps.analysis import events
from apps.analysis.models import Analysis
from apps.analysis.talk import compose, evidence, excerpt, remarks, shape
from apps.analysis.talk.model import Line, Quote, Sender
from apps.analysis.talk.scores import METRICS
from apps.clients import services as clients
from apps.jobs.drain import JobError
from apps.jobs.models import State
from apps.llm import services as llm
from apps.llm.client import ProviderError
from apps.llm.task import AITask, Result
from apps.sessions import events as tell
from apps.sessions.models import Session, Status, Summing
from smartsteps.lib import clock
from smartsteps.lib.threads import run_sync

SUMMARY = AITask(
    name="session_summary",
    template=Path(__file__).parent / "prompts" / "summary.md",
    offline=compose.answer,
    schema=shape.ANSWER,
    temperature=0.2,
    max_tokens=4000,
)
BY_ITSELF = "after the session"  # who made it, when nobody asked
LEASE = timedelta(minutes=3)  # of a caller who waits; a worker's is short and prolonged
TOPIC_QUOTES = 5
SILENCE = {
    "summary": "The client wrote nothing in this session.",
    "summary_points": [],
    "key_points": [],
    "insights": [],
    "mood_analysis": {"primary": None, "secondary": None, "confidence": None, "evidence": {}},
    "metrics": {name: {"score": None, "evidence": []} for name in METRICS},
    "focus_areas": [],
    "dropped": 0,
}


@dataclass(frozen=True)
class Talk:
    session: Session
    lines: list[Line]
    context: dict[str, Any]

    @property
    def is_silent(self) -> bool:
        return not any(line.sender == "client" for line in self.lines)


@dataclass(frozen=True)
class Finding:
    """What will be stored; made before the transaction that stores it."""

    content: dict[str, Any]
    provider: str = "offline"
    model: str = "offline"
    prompt_hash: str = ""


async def sum_up(job: Summing) -> None:
    """The worker's part. Storing and the job's end are one commit."""
    talk = await run_sync(prepare, job)
    if talk is None:
        return
    finding = await find(talk, by_label=BY_ITSELF)
    await run_sync(store, job, talk, finding, by_label=BY_ITSELF)


def prepare(job: Summing) -> Talk | None:
    """None if the client does not want their words read any more; the job is over then."""
    session = Session.objects.select_related("persona__current_version").get(pk=job.session_id)
    if clients.ai_consent_withdrawn(session.client_id):
        job.cancel()
        return None
    lines = [
        Line(message.number, message.pk, cast(Sender, message.sender_type), message.content)
        for message in session.messages.order_by("number")
    ]
    return Talk(session, lines, _context(session, lines))


def _context(session: Session, lines: list[Line]) -> dict[str, Any]:
    version = session.persona.current_version
    shown = excerpt.of(lines)
    return {
        "whole": lines,
        "lines": shown,
        "left_out": len(lines) - len(shown),
        "goals": session.goals,
        "persona": version.name if version else session.persona_id,
        "techniques": version.as_dict()["techniques"] if version else [],
    }


async def find(talk: Talk, *, by_label: str) -> Finding:
    """Raises JobError, whose code is the provider's."""
    if talk.is_silent:
        return silence()
    try:
        result = await llm.run(SUMMARY, talk.context, subject=talk.session.pk, by_label=by_label)
    except ProviderError as error:
        raise JobError(
            error.code, retryable=error.retryable, retry_after_s=error.retry_after_s
        ) from error
    return _checked(result, talk)


def silence() -> Finding:
    """Of a talk in which the client wrote nothing; there is nothing to ask anybody."""
    return Finding({**SILENCE, "topics": {}})


def _checked(result: Result, talk: Talk) -> Finding:
    content = evidence.checked(result.value, talk.lines)
    if not content["summary"]:
        # Nothing of what it claims stands in the transcript: that is no summary.
        raise JobError("provider_bad_answer", retryable=True)
    content["topics"] = _topics(talk.lines)
    return Finding(content, result.provider, result.model, result.prompt_hash)


def _topics(lines: list[Line]) -> dict[str, list[dict[str, str]]]:
    """What was spoken about in more than one remark, the same way for every provider."""
    ids = {line.number: line.id for line in lines}
    quotes: dict[str, list[Quote]] = {
        name: [each.sentence.quote for each in found]
        for name, found in remarks.by_topic(remarks.read(lines)).items()
        if len(found) > 1
    }
    return {
        name: [{"message_id": ids[q.number], "quote": q.words} for q in found[:TOPIC_QUOTES]]
        for name, found in quotes.items()
    }


@transaction.atomic
def store(job: Summing, talk: Talk, finding: Finding, *, by_label: str) -> Analysis:
    """Raises LeaseLost, with nothing written, if the job is another's by now."""
    session = Session.objects.select_for_update(no_key=True).get(pk=job.session_id)
    job.finish()
    analysis = Analysis(
        session=session,
        version=session.analyses.count() + 1,
        content=finding.content,
        message_count=len(talk.lines),
        provider=finding.provider,
        model=finding.model,
        prompt_hash=finding.prompt_hash,
        made_at=clock.now(),
        made_by=by_label,
    )
    analysis.save(force_insert=True)
    if session.status == Status.COMPLETED:  # of a running one the summary is still to come
        _put_on(session, finding.content)
        tell.session_summarized(session, analysis.made_at)
    events.session_summarized(analysis)
    return analysis


def _put_on(session: Session, content: dict[str, Any]) -> None:
    """In the shape of spec 1; the evidence stays with the analysis."""
    session.summary = content["summary"]
    session.insights = [
        {name: insight[name] for name in ("type", "text", "confidence")}
        for insight in content["insights"]
    ]
    session.save(update_fields=["summary", "insights"])


def take(session: Session) -> Summing | None:
    """The session's job for a caller who waits, or None while another has it."""
    Summing.objects.get_or_create(session=session)
    busy = Q(state=State.RUNNING, lease_until__gte=Now())
    token = uuid4()
    taken = Summing.objects.filter(~busy, session=session).update(
        state=State.RUNNING, claim_token=token, lease_until=Now() + LEASE, attempts=1
    )
    return Summing.objects.get(session=session) if taken else None
