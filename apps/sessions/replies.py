"""The persona's answer to one message of the client: the worker's part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from apps.clients import services as clients
from apps.jobs.drain import JobError
from apps.llm import services as llm
from apps.llm.client import ProviderError
from apps.llm.task import AITask, Result
from apps.personas import services as personas
from apps.personas.companion import dressing
from apps.personas.models import PersonaVersion
from apps.personas.professional import voice
from apps.realtime import services as realtime
from apps.sessions import danger, events, transcript
from apps.sessions.models import Message, Reply, SenderType, Session, Status
from apps.sessions.serializers import typing_body
from smartsteps.lib.threads import run_sync

TRANSCRIPT_MESSAGES = 60  # the newest; older ones are left to the session's summary
REPLY = AITask(
    name="session_reply",
    template=Path(__file__).parent / "prompts" / "reply.md",
    offline=voice.reply,
    temperature=0.7,
    max_tokens=400,
)


@dataclass(frozen=True)
class Turn:
    """`support` is the answer where the client may be in danger: no model writes that one."""

    session: Session
    persona: PersonaVersion
    context: dict[str, Any]
    support: Result | None


async def answer(job: Reply) -> None:
    """Exactly one answer: storing it and finishing the job is one commit."""
    turn = await run_sync(_prepare, job)
    if turn is None:
        return
    await _type(turn.session, is_typing=True)
    try:
        result = turn.support or await llm.run(
            REPLY, turn.context, subject=turn.session.pk, by_label=turn.session.persona_id
        )
        await run_sync(_store, job, turn.persona, result)
    except ProviderError as error:
        raise JobError(
            error.code, retryable=error.retryable, retry_after_s=error.retry_after_s
        ) from error
    finally:
        await _type(turn.session, is_typing=False)


def _wanted(session: Session, *, by_rules: bool) -> bool:
    """What our own rules say to danger needs no consent to an AI."""
    if session.status != Status.ACTIVE:
        return False
    return by_rules or not clients.ai_consent_withdrawn(session.client_id)


def _prepare(job: Reply) -> Turn | None:
    """What the persona needs to know, or None if nobody waits for the answer any more."""
    session = Session.objects.select_related("persona__current_version", "client").get(
        pk=job.session_id
    )
    version = personas.version_of(session.persona)
    message = session.messages.get(pk=job.message_id)
    danger.look_closer(session, message)
    support = danger.support_for(session, message)
    if version is None or not _wanted(session, by_rules=support is not None):
        job.cancel()
        return None
    return Turn(session, version, _context(session, version, message), support)


def _said(session: Session, message: Message) -> list[Message]:
    """What the persona has heard and said by now; the message to answer comes last.

    Of messages sent in a row, the later ones wait for their own answers, but answers given to the
    earlier ones count, or the persona would say the same thing to each.
    """
    waiting = Q(sender_type=SenderType.CLIENT, number__gt=message.number)
    heard = session.messages.exclude(pk=message.pk).exclude(waiting).order_by("-number")
    return [*reversed(heard[: TRANSCRIPT_MESSAGES - 1]), message]


def _context(session: Session, version: PersonaVersion, message: Message) -> dict[str, Any]:
    profile = personas.profile_of(session.persona)
    return {
        "session_id": session.pk,
        "turn": message.number,
        "persona": version.as_dict(),
        "goals": session.goals or dressing.goals(profile),
        "profile": dressing.told(profile),
        "transcript": [
            {"sender_type": item.sender_type, "content": item.content}
            for item in _said(session, message)
        ],
    }


@transaction.atomic
def _store(job: Reply, version: PersonaVersion, result: Result) -> None:
    session = Session.objects.select_for_update(no_key=True).get(pk=job.session_id)
    if not _wanted(session, by_rules=result.model == danger.MODEL):
        job.cancel()
        return
    job.finish()
    transcript.append(
        session,
        sender_type=SenderType.PERSONA,
        sender_id=session.persona_id,
        content=result.text,
        in_reply_to_id=job.message_id,
        persona_version=version,
        model=result.model,
        prompt_hash=result.prompt_hash,
    )


def note_failure(job: Reply, error: JobError, final: bool) -> None:
    """Told once at the first failure and once when it is given up, not at every attempt."""
    if job.attempts == 1 or final:
        message = Message.objects.get(pk=job.message_id)
        events.reply_failed(message, final=final)


async def _type(session: Session, *, is_typing: bool) -> None:
    body = typing_body(session.pk, SenderType.PERSONA, session.persona_id, is_typing)
    await realtime.whisper(session.topic, body)
