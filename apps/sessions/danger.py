"""Signs of danger in a session: staff are told, and the persona answers by the safety rules."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.db.models import Subquery

from apps.clients import services as clients
from apps.llm.task import Result
from apps.safety import denials, messaging, resources, screening
from apps.safety import services as safety
from apps.safety.detector import Finding, screen_safely
from apps.safety.languages import ENGLISH, language_of
from apps.safety.models import Surface
from apps.safety.resources import Resource
from apps.sessions import events
from apps.sessions.models import Message, SenderType, Session

MODEL = "safety-rules"


def look_after(session: Session, message: Message, finding: Finding) -> None:
    """Note what was heard, in the transaction of the message."""
    if finding.level not in safety.NOTED_LEVELS:  # nearly all messages; spares them the client
        return
    place = safety.Place(
        surface=Surface.SESSION,
        subject_id=session.pk,
        client=session.client,
        is_minor=clients.is_minor(session.client),
    )
    event = safety.note_finding(finding, place=place, message_id=message.pk, text=message.content)
    if event is not None:
        events.danger_noticed(message, event, finding.level)
        language = language_of(finding.reason) or ENGLISH
        lines = messaging.lines_for(clients.country_of(session.client), finding.level, language)
        events.help_shown(session, message, lines)


def look_closer(session: Session, message: Message) -> None:
    """What takes too long while others wait for the message, before the client is answered."""
    if safety.was_heard(Surface.SESSION, session.pk, message.pk):
        return
    finding = screening.look_closer(message.content)
    if finding is not None:
        _look_after_late(session, message, finding)


@transaction.atomic
def _look_after_late(session: Session, message: Message, finding: Finding) -> None:
    # First, as whoever sends a message does, or the two could wait for each other.
    Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    look_after(session, message, finding)


def lines_in_danger(session: Session) -> list[Resource] | None:
    """What the client's page shows when it is opened again; None while nothing is open."""
    heard = safety.danger_at(Surface.SESSION, session.pk)
    if heard is None:
        return None
    country = clients.country_of(session.client)
    return messaging.lines_for(country, heard.level, heard.language)


def lines_if_danger(text: str) -> list[Resource] | None:
    """Without a database, for when words of danger could not be kept; else None."""
    found = screen_safely(text)
    if found.level not in safety.NOTED_LEVELS:
        return None
    language = language_of(found.reason) or ENGLISH
    return messaging.lines_for(clients.country_of(None), found.level, language)


def _is_denied(session: Session, message: Message, heard: safety.Danger) -> bool:
    """Asked directly, the client has said no, or to be safe, and given no sign since.

    The persona goes on then, or one false alarm would take the session over. Staff still look.
    """
    last = safety.last_sign(Surface.SESSION, session.pk)
    if heard.level != "moderate" or last in (None, message.pk):
        return False
    since = session.messages.filter(pk=last).values("number")
    said = session.messages.filter(sender_type=SenderType.CLIENT, number__lte=message.number)
    return any(
        denials.says_no(answer.content, heard.language) or denials.wants_to_go_on(answer.content)
        for answer in said.filter(number__gt=Subquery(since))
    )


def support_for(session: Session, message: Message) -> Result | None:
    """The answer while a danger is open or was heard in this very message; else None."""
    heard = safety.danger_at(Surface.SESSION, session.pk, message.pk)
    if heard is None or _is_denied(session, message, heard):
        return None
    country = clients.country_of(session.client)
    text = messaging.support_text(
        heard.level,
        heard.category,
        third_person=heard.third_person,
        resources=messaging.lines_for(country, heard.level, heard.language),
        seed=session.pk,
        turn=message.number,
        minor=clients.is_minor(session.client),
        ask_country=resources.must_ask_country(country),
        language=heard.language,
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Result(text, text, provider="offline", model=MODEL, prompt_hash=digest, usage=None)
