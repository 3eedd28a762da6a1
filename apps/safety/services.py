"""The safety desk: an event is opened in the transaction of the message that gave rise to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import transaction

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients.models import Client
from apps.safety import alerts, events
from apps.safety.detector import Category, Finding
from apps.safety.detector import Level as DetectedLevel
from apps.safety.languages import ENGLISH, language_of
from apps.safety.models import (
    ANSWER_WITHIN,
    RANK,
    TRANSITIONS,
    Level,
    Outcome,
    SafetyEvent,
    Signal,
    State,
)
from smartsteps.lib import clock
from smartsteps.lib.errors import conflict, denied, invalid, not_found

DESK_SHOWS = 100  # the most urgent ones
NOTED_LEVELS = frozenset(Level.values)  # below moderate nothing is opened


@dataclass(frozen=True)
class Place:
    """Where something was heard, and from whom."""

    surface: str
    subject_id: str
    client: Client | None = None
    person: User | None = None
    is_minor: bool = False


def note_finding(
    finding: Finding, *, place: Place, message_id: str, text: str
) -> SafetyEvent | None:
    """Open an event or add to the open one; None below moderate. Needs a transaction.

    A level only rises until staff close the event. Staff are alerted when it opens and again
    when its level rises, not at every message.
    """
    if finding.level not in NOTED_LEVELS:
        return None
    event, opened = _open_or_get(finding, place)
    raised = RANK[Level(finding.level)] > RANK[Level(event.level)]
    if raised:
        _raise(event, finding)
    if event.about_other and not finding.third_person:
        event.about_other = False
        event.save(update_fields=["about_other"])
    start, end = finding.span or (0, 0)
    Signal.objects.create(
        event=event,
        message_id=message_id,
        level=finding.level,
        category=finding.category,
        reason=finding.reason[:200],
        quote=text[start:end],
        at=clock.now(),
    )
    if opened or raised:
        (events.safety_event_opened if opened else events.safety_event_changed)(event)
        alerts.order(event, alerts.on_call(event))
    return event


@dataclass(frozen=True)
class Danger:
    level: DetectedLevel
    category: Category
    third_person: bool = False
    language: str = ENGLISH


def was_heard(surface: str, subject_id: str, message_id: str) -> bool:
    """Whether that message has given a sign already."""
    here = SafetyEvent.objects.filter(surface=surface, subject_id=subject_id)
    return Signal.objects.filter(event__in=here, message_id=message_id).exists()


def danger_at(surface: str, subject_id: str, message_id: str | None = None) -> Danger | None:
    """What is open there, or was heard in that message even if staff have closed it since."""
    here = SafetyEvent.objects.filter(surface=surface, subject_id=subject_id)
    event = here.open().first()
    if event is not None:
        return _danger(event, event)
    if message_id is None:
        return None
    heard = (
        Signal.objects.filter(event__in=here, message_id=message_id).select_related("event").first()
    )
    return None if heard is None else _danger(heard, heard.event)


def last_sign(surface: str, subject_id: str) -> str | None:
    """The id of the message that gave the newest sign of what is open there."""
    here = SafetyEvent.objects.filter(surface=surface, subject_id=subject_id).open()
    signs = Signal.objects.filter(event__in=here).order_by("-at", "-id")
    return signs.values_list("message_id", flat=True).first()


def _danger(heard: SafetyEvent | Signal, event: SafetyEvent) -> Danger:
    level, category = cast(DetectedLevel, heard.level), cast(Category, heard.category)
    return Danger(level, category, event.about_other, _language(event))


def _language(event: SafetyEvent) -> str:
    """That of the newest sign which tells it."""
    reasons = event.signals.order_by("-at", "-id").values_list("reason", flat=True)
    return next(filter(None, map(language_of, reasons)), ENGLISH)


def _open_or_get(finding: Finding, place: Place) -> tuple[SafetyEvent, bool]:
    moment = clock.now()
    return (
        SafetyEvent.objects.open()
        .select_for_update(of=("self",))
        .get_or_create(
            surface=place.surface,
            subject_id=place.subject_id,
            defaults={
                "client": place.client,
                "person": place.person,
                "is_minor": place.is_minor,
                "about_other": finding.third_person,
                "level": finding.level,
                "category": finding.category,
                "opened_at": moment,
                **_deadlines(moment, finding),
            },
        )
    )


def _deadlines(moment: datetime, finding: Finding) -> dict[str, datetime]:
    due_at = moment + ANSWER_WITHIN[Level(finding.level)]
    return {"due_at": due_at, "remind_at": due_at}


def _raise(event: SafetyEvent, finding: Finding) -> None:
    """What got worse is new again: somebody must look, even if they had looked before."""
    event.level, event.category = finding.level, finding.category
    deadlines = _deadlines(clock.now(), finding)
    event.due_at, event.remind_at = deadlines["due_at"], deadlines["remind_at"]
    if event.state == State.ACKNOWLEDGED:
        event.state = State.OPENED
    event.save(update_fields=["level", "category", *deadlines, "state"])


def count_desk(*, by: Actor) -> dict[str, int]:
    """How much is open, and how much of it overdue, for this member of staff."""
    return SafetyEvent.objects.visible_to(by).tally()


def view_desk(*, by: Actor) -> dict[str, Any]:
    """The same counts, and what is most urgent of it."""
    rows = SafetyEvent.objects.visible_to(by).open().most_urgent_first()[:DESK_SHOWS]
    return {**count_desk(by=by), "events": [events.event_body(event) for event in rows]}


def get_event(event_id: str, *, by: Actor) -> SafetyEvent:
    event = SafetyEvent.objects.visible_to(by).filter(pk=event_id).first()
    if event is None:
        raise not_found()
    return event


def _locked(event_id: str, target: State, *, by: Actor) -> SafetyEvent:
    if by.is_client:
        raise denied()
    rows = SafetyEvent.objects.visible_to(by).select_for_update(of=("self",))
    event = rows.filter(pk=event_id).first()
    if event is None:
        raise not_found()
    if target not in TRANSITIONS[event.state]:
        raise conflict(f"The event is {event.state}", state=event.state)
    event.state = target
    return event


@transaction.atomic
def acknowledge_event(event_id: str, *, by: Actor) -> SafetyEvent:
    event = _locked(event_id, State.ACKNOWLEDGED, by=by)
    event.acknowledged_at, event.acknowledged_by = clock.now(), by.label
    event.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
    events.safety_event_changed(event)
    return event


@transaction.atomic
def escalate_event(event_id: str, *, to: str, by: Actor) -> SafetyEvent:
    """`to` says in words who has taken over, such as a supervisor or emergency services."""
    if not to.strip():
        raise invalid("to", "Say who it is escalated to")
    event = _locked(event_id, State.ESCALATED, by=by)
    event.escalated_at, event.escalated_by, event.escalated_to = clock.now(), by.label, to
    event.save(update_fields=["state", "escalated_at", "escalated_by", "escalated_to"])
    events.safety_event_changed(event)
    return event


@transaction.atomic
def close_event(event_id: str, *, outcome: str, note: str = "", by: Actor) -> SafetyEvent:
    if outcome not in Outcome.values:
        raise invalid("outcome", f"Must be one of {', '.join(Outcome.values)}")
    event = _locked(event_id, State.CLOSED, by=by)
    event.closed_at, event.closed_by = clock.now(), by.label
    event.outcome, event.outcome_note = outcome, note
    event.save(update_fields=["state", "closed_at", "closed_by", "outcome", "outcome_note"])
    events.safety_event_changed(event)
    return event
