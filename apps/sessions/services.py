"""What a caller may do with sessions; each rule stands here once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from apps.accounts import tokens
from apps.accounts.actors import Actor
from apps.accounts.scopes import MESSAGES_WRITE, NOTES_WRITE, SESSIONS_WRITE
from apps.clients import services as clients
from apps.clients.models import Client
from apps.jobs import registry
from apps.jobs.models import State
from apps.measures import services as measures
from apps.measures.models import Measure
from apps.personas import services as personas
from apps.safety.detector import Finding
from apps.safety.services import NOTED_LEVELS
from apps.sessions import danger, events, tasks, transcript
from apps.sessions.models import (
    TRANSITIONS,
    Message,
    Note,
    SenderType,
    Session,
    Status,
    Summing,
)
from apps.sessions.preface import Preface
from smartsteps.lib import clock
from smartsteps.lib.errors import conflict, denied, invalid, not_found

PATCHABLE = ("persona_id", "goals", "duration_minutes", "scheduled_at", "metadata")
JOIN_MARGIN = timedelta(minutes=60)  # past the planned end, for a late start or a long talk


def get_session(session_id: str, *, by: Actor) -> Session:
    """Raises DomainError 404, the same for an unknown session and another's."""
    session = Session.objects.visible_to(by).with_id(session_id)
    if session is None:
        raise not_found(code="resource_not_found")
    return session


def visible_pairs(pairs: set[tuple[Actor, str]]) -> set[tuple[Actor, str]]:
    """Those (actor, session id) pairs that still hold, in one query per person at most."""
    wanted: dict[Actor, list[str]] = {}
    for actor, session_id in pairs:
        wanted.setdefault(actor, []).append(session_id)
    return {
        (actor, pk)
        for actor, ids in wanted.items()
        for pk in Session.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True)
    }


def _lock_session(session_id: str, *, by: Actor) -> Session:
    """The row lock is what makes one of two starts win; inserts of messages wait for it too."""
    rows = Session.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    session = rows.with_id(session_id)
    if session is None:
        raise not_found()
    return session


def _known_persona(persona_id: str, client: Client) -> str:
    if not personas.is_available(persona_id, owner_id=client.user_id):
        raise invalid("persona_id", "No such persona")
    return persona_id


@transaction.atomic
def create_session(
    *,
    client_id: str,
    persona_id: str,
    goals: list[str] | None = None,
    duration_minutes: int,
    scheduled_at: datetime | None = None,
    metadata: dict[str, Any] | None = None,
    by: Actor,
) -> Session:
    """Without `scheduled_at` the session is for now."""
    by.require(SESSIONS_WRITE)
    moment = clock.now()
    client = clients.get_client(client_id, by=by)
    session = Session(
        client=client,
        persona_id=_known_persona(persona_id, client),
        goals=goals or [],
        duration_minutes=duration_minutes,
        scheduled_at=scheduled_at or moment,
        metadata=metadata or {},
        created_at=moment,
        created_by=by.label,
        updated_at=moment,
    )
    session.save(force_insert=True)
    events.session_created(session)
    return session


@transaction.atomic
def update_session(session_id: str, *, changes: dict[str, Any], by: Actor) -> Session:
    """`changes` holds any of PATCHABLE. A running session keeps its persona and its time."""
    by.require(SESSIONS_WRITE)
    session = _lock_session(session_id, by=by)
    if session.status in (Status.COMPLETED, Status.CANCELLED):
        raise conflict(f"A {session.status} session can't be changed", status=session.status)
    fields = [name for name in PATCHABLE if name in changes]
    if session.status == Status.ACTIVE and {"persona_id", "scheduled_at"} & set(fields):
        raise conflict("A running session keeps its persona and its time", status=session.status)
    if "persona_id" in changes:
        _known_persona(changes["persona_id"], session.client)
    for name in fields:
        setattr(session, name, changes[name])
    session.updated_at = clock.now()
    session.save(update_fields=[*fields, "updated_at"])
    events.session_changed(session)
    return session


def _move(session: Session, target: Status, **times: datetime) -> None:
    if target not in TRANSITIONS[session.status]:
        raise conflict(f"The session is {session.status}", status=session.status)
    session.status = target
    for name, moment in times.items():
        setattr(session, name, moment)
    session.updated_at = clock.now()
    session.save(update_fields=["status", *times, "updated_at"])


@transaction.atomic
def start_session(session_id: str, *, by: Actor) -> Session:
    """Raises DomainError 409 if it was started, ended or cancelled before."""
    by.require(SESSIONS_WRITE)
    session = _lock_session(session_id, by=by)
    _move(session, Status.ACTIVE, started_at=clock.now())
    events.session_started(session)
    return session


@transaction.atomic
def end_session(session_id: str, *, by: Actor) -> Session:
    """Raises DomainError 409 unless the session is active. Open answers are not begun any more."""
    by.require(SESSIONS_WRITE)
    session = _lock_session(session_id, by=by)
    _move(session, Status.COMPLETED, ended_at=clock.now())
    _order_summary(session)
    events.session_ended(session)
    return session


def _order_summary(session: Session) -> None:
    """Anew if one was made or is being made of the running session: then it saw less."""
    fresh = {
        "state": State.PENDING,
        "attempts": 0,
        "next_attempt_at": Now(),
        "claim_token": None,
        "lease_until": None,
        "finished_at": None,
        "error_code": "",
    }
    Summing.objects.update_or_create(session=session, defaults=fresh)
    registry.ring_for(Summing)


@transaction.atomic
def cancel_session(session_id: str, *, by: Actor) -> Session:
    """Raises DomainError 409 unless the session is still to come."""
    by.require(SESSIONS_WRITE)
    session = _lock_session(session_id, by=by)
    _move(session, Status.CANCELLED)
    events.session_cancelled(session)
    return session


def sender_id(session: Session, sender_type: str, *, by: Actor) -> str:
    """Who the message is from. Raises DomainError 403 if the actor may not speak as that."""
    if by.is_client and sender_type != SenderType.CLIENT:
        raise denied("A client may only speak as the client")
    ids = {SenderType.PERSONA: session.persona_id, SenderType.CLIENT: session.client_id}
    return ids.get(SenderType(sender_type), by.label)


@transaction.atomic
def send_message(
    session_id: str,
    *,
    content: str,
    sender_type: str,
    metadata: dict[str, Any] | None = None,
    client_message_id: str | None = None,
    wants_answer: bool = True,
    by: Actor,
) -> tuple[Message, bool]:
    """The message, and whether it is new: the same client_message_id is the same message.

    A client's message makes the persona answer, unless a transcript is brought in that has its
    answers already. Raises DomainError 409 if the session is not active, the id was used for
    other words, or the client's consent to AI is withdrawn, unless the words tell of danger.
    """
    by.require(MESSAGES_WRITE)
    preface = Preface(session_id, by=by)
    session = preface.session
    sender = sender_id(session, sender_type, by=by)
    known = _sent_before(session, client_message_id)
    if known is not None:
        if (known.content, known.sender_type) != (content, sender_type):
            raise conflict("This client_message_id was used for another message")
        return known, False
    if session.status != Status.ACTIVE:
        raise conflict(f"The session is {session.status}", status=session.status)
    by_client = sender_type == SenderType.CLIENT
    finding = _screened(preface, content) if by_client else None
    wants_answer = wants_answer and by_client
    message = transcript.append(
        session,
        wants_answer=wants_answer,
        topic=preface.topic,
        content=content,
        sender_type=sender_type,
        sender_id=sender,
        metadata=metadata or {},
        client_message_id=client_message_id,
    )
    if finding is not None:
        danger.look_after(session, message, finding)
    if wants_answer:
        registry.ring(tasks.answer)
    return message, True


def _screened(preface: Preface, content: str) -> Finding:
    """Danger is heard whatever the consent to AI is: our own rules answer it, and people."""
    finding = preface.screen(content)
    if finding.level not in NOTED_LEVELS:
        preface.require_consent()
    return finding


def _sent_before(session: Session, client_message_id: str | None) -> Message | None:
    if client_message_id is None:
        return None
    return session.messages.filter(client_message_id=client_message_id).first()


def list_messages(
    session_id: str, *, after: str | None = None, limit: int, by: Actor
) -> tuple[list[Message], bool]:
    """Oldest first, from the one after message `after`; and whether there are more."""
    session = get_session(session_id, by=by)
    messages = session.messages.order_by("number")
    if after is not None:
        last = session.messages.filter(pk=after).values_list("number", flat=True).first()
        if last is None:
            raise invalid("after", "No such message in this session")
        messages = messages.filter(number__gt=last)
    page = list(messages[: limit + 1])
    return page[:limit], len(page) > limit


@transaction.atomic
def add_note(session_id: str, *, content: str, by: Actor) -> Note:
    """A note may be added to a session in any state."""
    by.require(NOTES_WRITE)
    session = get_session(session_id, by=by)
    note = Note(session=session, content=content, timestamp=clock.now(), author=by.label)
    note.save(force_insert=True)
    events.note_added(note)
    return note


def fill_in_measure(
    session_id: str, *, instrument: str, answers: list[int | None], by: Actor
) -> Measure:
    """A questionnaire in the session's room. Raises DomainError 409 if the session is cancelled."""
    session = get_session(session_id, by=by)
    if session.status == Status.CANCELLED:
        raise conflict("The session is cancelled", status=session.status)
    return measures.record_measure(
        session.client_id, instrument=instrument, answers=answers, session_id=session.pk, by=by
    )


def issue_join_token(session_id: str, *, by: Actor) -> tokens.IssuedToken:
    """For the client of this session, good until an hour past its planned length from now.

    The client's own page may ask for a new one while the session lasts.
    Raises DomainError 409 once the session is over.
    """
    session = get_session(session_id, by=by)
    if not by.is_client:
        by.require(SESSIONS_WRITE)
    if session.status in (Status.COMPLETED, Status.CANCELLED):
        raise conflict(f"The session is {session.status}", status=session.status)
    until = clock.now() + timedelta(minutes=session.duration_minutes) + JOIN_MARGIN
    token = tokens.join_token(session.pk, session.client_id, until)
    return tokens.IssuedToken(str(token), until)
