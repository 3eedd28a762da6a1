"""What nobody has looked at in time is told again, to more people, until somebody looks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.jobs import drain
from apps.realtime.models import Event
from apps.safety import alerts
from apps.safety import services as safety
from apps.safety import tasks as safety_tasks
from apps.safety.models import SafetyEvent, StaffAlert
from apps.sessions import services
from apps.sessions.models import Session

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def event(active: Session, bob: User, by_alice: Actor) -> SafetyEvent:
    """High, in alice's care: somebody must look within a quarter of an hour."""
    services.send_message(
        active.pk, content="I want to kill myself", sender_type="client", by=by_alice
    )
    return SafetyEvent.objects.get()


def _minutes_later(event: SafetyEvent, minutes: float) -> time_machine.travel:
    return time_machine.travel(event.opened_at + timedelta(minutes=minutes), tick=True)


def _addresses() -> list[str]:
    return list(StaffAlert.objects.order_by("pk").values_list("address", flat=True))


def test_in_time_nothing_is_told_again(event: SafetyEvent, by_alice: Actor) -> None:
    with _minutes_later(event, 14):
        assert alerts.remind_of_overdue() == 0
        assert safety.view_desk(by=by_alice)["overdue"] == 0
        safety.acknowledge_event(event.pk, by=by_alice)
    with _minutes_later(event, 60):
        assert alerts.remind_of_overdue() == 0
        view = safety.view_desk(by=by_alice)
    assert (view["open"], view["overdue"]) == (1, 0)
    assert _addresses() == ["alice@example.com"]


def test_overdue_is_told_to_admins_too_and_again_ever_more_rarely(
    event: SafetyEvent, by_alice: Actor
) -> None:
    reminded = []
    for minute in range(14, 120):
        with _minutes_later(event, minute + 0.5):
            if alerts.remind_of_overdue():
                reminded.append(minute)
    # Looked at in the middle of each minute: due at 15, then at 31, 63 and 127.
    assert reminded == [15, 31, 63]
    assert _addresses() == ["alice@example.com", *["alice@example.com", "bob@example.com"] * 3]
    told = Event.objects.filter(topic="safety.desk", type="safety.event_overdue")
    assert all(each.body["overdue"] for each in told)
    assert told.count() == 3
    with _minutes_later(event, 126):
        view = safety.view_desk(by=by_alice)
    assert (view["open"], view["overdue"]) == (1, 1)
    assert view["events"][0]["overdue"]


def test_what_gets_worse_has_a_new_time(event: SafetyEvent, by_alice: Actor) -> None:
    with _minutes_later(event, 10):
        services.send_message(
            event.subject_id,
            content="I have the pills here and I will do it tonight",
            sender_type="client",
            by=by_alice,
        )
        event.refresh_from_db()
    assert event.level == "critical"
    assert event.due_at == event.remind_at < event.opened_at + timedelta(minutes=16)


def test_the_mail_says_how_it_stands_when_it_is_sent(
    event: SafetyEvent, by_alice: Actor, settings: Any
) -> None:
    settings.EMAIL_CONFIGURED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    drain.run(safety_tasks.ALERTS)
    with _minutes_later(event, 20):
        alerts.remind_of_overdue()
        drain.run(safety_tasks.ALERTS)
    with _minutes_later(event, 50):
        alerts.remind_of_overdue()
        safety.acknowledge_event(event.pk, by=by_alice)
        drain.run(safety_tasks.ALERTS)
    first, overdue, known = (mail.outbox[place] for place in (0, 1, -1))
    assert first.subject == "Safety alert (high): please look now"
    assert overdue.subject == "Safety alert (high): overdue, nobody has looked yet"
    assert "Nobody has looked" in overdue.body
    assert known.subject == "Safety alert (high): acknowledged by now"
    assert "by alice@example.com" in known.body
    assert not any("kill" in one.body for one in mail.outbox)


def test_two_at_once_tell_it_once(event: SafetyEvent) -> None:
    with _minutes_later(event, 16):
        assert [alerts.remind_of_overdue(), alerts.remind_of_overdue()] == [1, 0]
