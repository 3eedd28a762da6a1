"""Brings stories (sessions with all that was said in them) in through the ordinary services."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from apps.accounts.actors import Actor
from apps.clients import services as clients
from apps.clients.models import Client
from apps.measures import services as measures
from apps.sessions import services
from apps.sessions.models import SenderType, Session
from smartsteps.lib import clock

SENDERS = {"c": SenderType.CLIENT, "p": SenderType.PERSONA, "f": SenderType.FACILITATOR}
SPOKEN_PART = 0.9  # of the planned time; the rest is for good-byes
PLANNED_AHEAD = timedelta(days=5)


def add_client(story: dict[str, Any], *, by: Actor) -> Client:
    """The client with consents and sessions; call it in a transaction."""
    told = [*story["sessions"], *story.get("measures", [])]
    first = min((planned_at(each) for each in told), default=clock.now())
    with clock.stopped_at(min(first, clock.now()) - PLANNED_AHEAD):
        client = clients.create_client(**_fields(story), by=by)
    consents = story.get("consent", [])
    _record(client, [consent for consent in consents if consent["granted"]], by)
    for session in story["sessions"]:
        add_session(client.pk, session, by=by)
    for measure in story.get("measures", []):
        _fill_in(client, measure, by)
    # Only now, since nobody speaks with a persona after withdrawing.
    _record(client, [consent for consent in consents if not consent["granted"]], by)
    return client


def _record(client: Client, consents: list[dict[str, Any]], by: Actor) -> None:
    for consent in consents:
        with clock.stopped_at(_consent_time(client, consent)):
            clients.record_consent(
                client.pk, kind="ai_processing", **{"note": "", **consent}, by=by
            )


def _fill_in(client: Client, measure: dict[str, Any], by: Actor) -> None:
    with clock.stopped_at(planned_at(measure)):
        measures.record_measure(
            client.pk, instrument=measure["instrument"], answers=measure["answers"], by=by
        )


def _fields(story: dict[str, Any]) -> dict[str, Any]:
    names = ("first_name", "last_name", "email", "phone", "date_of_birth", "metadata")
    return {name: story[name] for name in names if name in story}


def _consent_time(client: Client, consent: dict[str, Any]) -> datetime:
    """A consent is given when the client is taken on; one is withdrawn later on."""
    later = timedelta(minutes=10) if consent["granted"] else timedelta(days=13, hours=4)
    return min(client.created_at + later, clock.now())


def planned_at(story: dict[str, Any]) -> datetime:
    """`minutes` from now, or `at` an hour of a `day` counted from today."""
    moment = clock.now()
    if "minutes" in story:
        rounded = moment.replace(second=0, microsecond=0)
        return rounded + timedelta(minutes=story["minutes"])
    day: date = moment.date() + timedelta(days=story["day"])
    return datetime.combine(day, time.fromisoformat(story["at"]), moment.tzinfo)


def add_session(client_id: str, story: dict[str, Any], *, by: Actor) -> Session:
    """In the state it says or, without one: over if it has a dialogue, else still to come."""
    planned = planned_at(story)
    with clock.stopped_at(min(planned, clock.now()) - PLANNED_AHEAD):
        session = services.create_session(
            client_id=client_id,
            persona_id=story["persona"],
            goals=story["goals"],
            duration_minutes=story["duration"],
            scheduled_at=planned,
            by=by,
        )
    state = story.get("state", "completed" if "dialogue" in story else "scheduled")
    if state == "cancelled":
        with clock.stopped_at(planned - timedelta(hours=20)):
            return services.cancel_session(session.pk, by=by)
    return _play(session, story, state, by) if state != "scheduled" else session


def _play(session: Session, story: dict[str, Any], state: str, by: Actor) -> Session:
    begun = session.scheduled_at + timedelta(seconds=40)
    planned_end = begun + timedelta(minutes=story["duration"])
    with clock.stopped_at(begun):
        services.start_session(session.pk, by=by)
    said_until = min(begun + (planned_end - begun) * SPOKEN_PART, clock.now())
    _say(session, story["dialogue"], begun, said_until, by)
    if state == "completed":
        with clock.stopped_at(planned_end):
            services.end_session(session.pk, by=by)
        for number, note in enumerate(story.get("notes", []), start=1):
            with clock.stopped_at(planned_end + timedelta(minutes=6 * number)):
                services.add_note(session.pk, content=note, by=by)
    session.refresh_from_db()
    return session


def _say(
    session: Session, dialogue: list[dict[str, str]], begun: datetime, until: datetime, by: Actor
) -> None:
    for (who, text), moment in zip(_turns(dialogue), _moments(dialogue, begun, until), strict=True):
        with clock.stopped_at(moment):
            services.send_message(
                session.pk, content=text, sender_type=SENDERS[who], wants_answer=False, by=by
            )


def _turns(dialogue: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    for turn in dialogue:
        yield from turn.items()


def _moments(dialogue: list[dict[str, str]], begun: datetime, until: datetime) -> list[datetime]:
    """Longer texts take longer: each turn gets its share of the time by its length."""
    lengths = [len(text) + 60 for _, text in _turns(dialogue)]
    spoken = 0
    moments = []
    for length in lengths:
        moments.append(begun + (until - begun) * (spoken / sum(lengths)))
        spoken += length
    return [moment.replace(microsecond=0) for moment in moments]
