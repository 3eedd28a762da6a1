"""What a caller may do with questionnaires; an alarming answer reaches staff in the same commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from django.db import transaction

from apps.accounts.actors import Actor
from apps.accounts.scopes import CLIENTS_READ, CLIENTS_WRITE, MESSAGES_WRITE
from apps.clients import services as clients
from apps.clients.models import Client
from apps.measures.instruments import INSTRUMENTS, Instrument
from apps.measures.models import Measure, Source
from apps.safety import resources
from apps.safety import services as safety
from apps.safety.detector import Finding, Level
from apps.safety.models import Surface
from smartsteps.lib import clock
from smartsteps.lib.errors import invalid

SUPPORT = (
    "Thank you for answering so openly. Thoughts like these are hard to carry alone, and you "
    "don't have to: your clinician is told of this answer.",
    "If you might act on them now, please call the emergency number where you are.",
    "People you can talk to:",
)


@transaction.atomic
def record_measure(
    client_id: str,
    *,
    instrument: str,
    answers: Sequence[int | None],
    taken_at: datetime | None = None,
    session_id: str = "",
    by: Actor,
) -> Measure:
    """Without `taken_at` it was answered now. Raises DomainError 422 for a wrong answer."""
    by.require(MESSAGES_WRITE if by.is_client else CLIENTS_WRITE)
    moment = clock.now()
    measure = Measure(
        client=clients.get_client(client_id, by=by),
        instrument=_known(instrument).id,
        answers=_fitting(INSTRUMENTS[instrument], answers),
        taken_at=_past(taken_at or moment, moment),
        source=Source.CLIENT if by.is_client else Source.STAFF,
        entered_by=by.label,
        entered_at=moment,
        session_id=session_id,
    )
    measure.save(force_insert=True)
    _alert(measure)
    return measure


def list_measures(client_id: str, *, by: Actor) -> list[Measure]:
    """Newest first."""
    by.require(CLIENTS_READ)
    return list(clients.get_client(client_id, by=by).measures.all())


def support_after(measure: Measure) -> str | None:
    """What a person should read at once after an alarming answer: kind words and crisis lines."""
    if measure.form.alert_level(measure.answers) == "none":
        return None
    lines = resources.for_person(clients.country_of(measure.client), None, "high")
    return "\n".join([*SUPPORT, *(_shown(line) for line in lines)])


def _shown(line: resources.Resource) -> str:
    return f"{line.name}: {line.contact}{f' ({line.hours})' if line.hours else ''}"


def _known(instrument: str) -> Instrument:
    if instrument not in INSTRUMENTS:
        raise invalid("instrument", f"Must be one of {', '.join(INSTRUMENTS)}")
    return INSTRUMENTS[instrument]


def _fitting(form: Instrument, answers: Sequence[int | None]) -> list[int | None]:
    if len(answers) != len(form.items):
        raise invalid("answers", f"The {form.name} has {len(form.items)} items; null is no answer")
    highest = len(form.scale) - 1
    if any(answer is not None and not 0 <= answer <= highest for answer in answers):
        raise invalid("answers", f"Each must be a number from 0 to {highest}, or null")
    if all(answer is None for answer in answers):
        raise invalid("answers", "At least one item must be answered")
    return list(answers)


def _past(taken_at: datetime, moment: datetime) -> datetime:
    if taken_at > moment:
        raise invalid("taken_at", "Must not lie in the future")
    return taken_at


def _alert(measure: Measure) -> None:
    """Opens a safety event, or adds to the open one of the same session or client."""
    form, level = measure.form, cast(Level, measure.form.alert_level(measure.answers))
    if level == "none" or form.alert is None:
        return
    answer = form.scale[measure.answers[form.alert.item - 1]]
    text = f"{form.name}, item {form.alert.item}: {form.items[form.alert.item - 1]} – {answer}"
    finding = Finding(
        level, "suicidal_ideation", (0, len(text)), f"{form.id}_item_{form.alert.item}"
    )
    safety.note_finding(finding, place=_place(measure), message_id=measure.pk, text=text)


def _place(measure: Measure) -> safety.Place:
    client: Client = measure.client
    return safety.Place(
        surface=Surface.SESSION if measure.session_id else Surface.MEASURE,
        subject_id=measure.session_id or client.pk,
        client=client,
        is_minor=clients.is_minor(client),
    )
