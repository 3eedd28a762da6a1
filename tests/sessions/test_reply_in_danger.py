"""A client in danger: staff are told at once, and the persona answers by the safety rules."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from apps.accounts import actors
from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients.models import Client
from apps.jobs import drain
from apps.realtime.models import Audience, Event
from apps.safety import services as safety
from apps.safety import tasks as safety_tasks
from apps.safety.models import SafetyEvent, Signal, StaffAlert
from apps.sessions import danger, services, tasks
from apps.sessions.models import Message, Session
from smartsteps.lib.errors import DomainError

pytestmark = pytest.mark.usefixtures("transactional_db")

FLOWS = {
    "ideation": ["I can't see a way out", "I keep thinking about killing myself"],
    "plan": ["I have a plan to kill myself tonight and I have the pills here"],
    "self-harm": ["I cut myself again yesterday"],
    "abuse": ["My boyfriend hits me when he drinks"],
    "plain": ["I want to die"],
}
METHODS = ("pills", "overdose", "rope", "gun", "bridge")


def _say(session: Session, by: Actor, *contents: str) -> str:
    """The persona's answer to the last of them."""
    for content in contents:
        message, _ = services.send_message(session.pk, content=content, sender_type="client", by=by)
        drain.run(tasks.REPLIES)
    return Message.objects.get(in_reply_to=message).content


@pytest.mark.parametrize("name", FLOWS)
def test_scripted_flows(name: str, active: Session, by_alice: Actor) -> None:
    answer = _say(active, by_alice, *FLOWS[name])
    said = Message.objects.filter(sender_type="persona").latest("number")
    assert said.model == "safety-rules"
    assert "?" in answer  # asks directly
    assert "findahelpline.com" in answer or "112" in answer
    assert not any(method in answer.lower() for method in METHODS)
    assert not any(word in answer.lower() for word in ("diagnos", "promise me", "disorder"))


def test_worry_about_somebody_else_is_not_taken_for_one_s_own(
    active: Session, by_alice: Actor
) -> None:
    answer = _say(active, by_alice, "My brother told me he wants to kill himself")
    assert SafetyEvent.objects.get().about_other
    assert not any(own in answer for own in ("your life", "you having thoughts", "you thinking"))
    assert "findahelpline.com" in answer
    _say(active, by_alice, "And I want to kill myself too")
    assert not SafetyEvent.objects.get().about_other


def test_calm_words_open_nothing(active: Session, by_alice: Actor) -> None:
    _say(active, by_alice, "This homework is killing me", "Work was long today")
    assert not SafetyEvent.objects.exists()
    assert not Message.objects.filter(model="safety-rules").exists()


def test_a_closer_look_comes_before_the_answer(active: Session, by_alice: Actor) -> None:
    words = "I keep the drawer locked so that I can't get at them, but I know where the key is."
    message, _ = services.send_message(active.pk, content=words, sender_type="client", by=by_alice)
    assert not SafetyEvent.objects.exists()
    drain.run(tasks.REPLIES)
    assert Message.objects.get(in_reply_to=message).model == "safety-rules"
    signal = Signal.objects.get()
    assert (signal.message_id, signal.level) == (message.pk, "moderate")
    assert signal.quote in words
    assert Event.objects.filter(topic=active.topic, type="crisis_lines").count() == 1


def test_a_closer_look_is_taken_once(active: Session, by_alice: Actor) -> None:
    words = "I keep the drawer locked so that I can't get at them, but I know where the key is."
    message, _ = services.send_message(active.pk, content=words, sender_type="client", by=by_alice)
    for _ in range(2):
        danger.look_closer(active, message)
    assert Signal.objects.count() == 1
    safety.close_event(SafetyEvent.objects.get().pk, outcome="safe", by=by_alice)
    danger.look_closer(active, message)
    assert not SafetyEvent.objects.open().exists()


def test_the_client_s_country_gives_the_lines(
    active: Session, by_alice: Actor, jane: Client
) -> None:
    jane.metadata = {"country": "us"}
    jane.save(update_fields=["metadata"])
    assert "988" in _say(active, by_alice, "I want to kill myself")


def test_the_answer_is_in_the_client_s_language(active: Session, by_alice: Actor) -> None:
    answer = _say(active, by_alice, "Quiero matarme esta noche")
    assert "¿" in answer
    assert "Servicios de emergencia" in answer or "Número de emergencias" in answer
    told = Event.objects.get(topic=active.topic, type="crisis_lines")
    assert told.body["resources"][0]["name"] == "Número de emergencias de tu país"


def test_it_stays_until_staff_close_the_event(active: Session, by_alice: Actor) -> None:
    first = _say(active, by_alice, "I want to kill myself")
    second = _say(active, by_alice, "I don't know what to say")
    assert first != second
    event = SafetyEvent.objects.get()
    safety.close_event(event.pk, outcome="safe", by=by_alice)
    _say(active, by_alice, "Thank you, we spoke on the phone and I feel calmer")
    assert Message.objects.filter(sender_type="persona").latest("number").model == "offline"


@pytest.mark.parametrize("denial", ["No, not at all.", "I'm safe, let's go on"])
def test_who_says_no_to_the_question_may_go_on(
    denial: str, active: Session, by_alice: Actor
) -> None:
    asked = _say(active, by_alice, "Sometimes I wish I was dead")
    assert "?" in asked
    _say(active, by_alice, denial, "My sister rang about the garden")
    answers = Message.objects.filter(sender_type="persona").order_by("number")
    assert [answer.model for answer in answers] == ["safety-rules", "offline", "offline"]
    assert SafetyEvent.objects.open().exists()  # staff look at it all the same
    _say(active, by_alice, "I wish I was dead")
    assert Message.objects.filter(sender_type="persona").latest("number").model == "safety-rules"


def test_no_is_not_enough_where_it_was_graver(active: Session, by_alice: Actor) -> None:
    _say(active, by_alice, "I have a plan to kill myself tonight", "No, I'm fine now")
    assert Message.objects.filter(sender_type="persona").latest("number").model == "safety-rules"


def test_quiet_words_in_between_do_not_part_what_belongs_together(
    active: Session, by_alice: Actor
) -> None:
    for content in (
        "I want to kill myself",
        "I had porridge for breakfast.",
        "Mum rang.",
        "tonight",
    ):
        services.send_message(active.pk, content=content, sender_type="client", by=by_alice)
    assert sorted(signal.level for signal in Signal.objects.all()) == ["critical", "high"]


def test_staff_are_told_at_once_and_the_client_is_not(active: Session, by_alice: Actor) -> None:
    message, _ = services.send_message(
        active.pk, content="I want to kill myself", sender_type="client", by=by_alice
    )
    told = Event.objects.get(topic=active.topic, type="safety_alert")
    event, signal = SafetyEvent.objects.get(), Signal.objects.get()
    assert told.audience == Audience.STAFF
    assert told.body == {
        "session_id": active.pk,
        "message_id": message.pk,
        "event_id": event.pk,
        "level": event.level,
        "category": "suicidal_ideation",
        "state": "opened",
    }
    assert signal.quote in message.content
    assert Event.objects.filter(topic="safety.desk", type="safety.event_opened").count() == 1


def test_more_of_the_same_is_one_event(active: Session, by_alice: Actor) -> None:
    _say(active, by_alice, "I cut myself yesterday", "I want to kill myself tonight")
    event = SafetyEvent.objects.get()
    assert (event.level, event.signals.count()) == ("critical", 2)


def test_a_transcript_that_is_brought_in_is_screened_too(active: Session, by_alice: Actor) -> None:
    services.send_message(
        active.pk,
        content="I want to kill myself",
        sender_type="client",
        wants_answer=False,
        by=by_alice,
    )
    assert SafetyEvent.objects.count() == 1


def test_a_facilitator_s_words_are_not_screened(active: Session, by_alice: Actor) -> None:
    services.send_message(
        active.pk,
        content="Are you thinking of killing yourself? I want to kill myself, you said.",
        sender_type="facilitator",
        by=by_alice,
    )
    assert not SafetyEvent.objects.exists()


def test_a_failing_detector_is_not_safe(
    active: Session, by_alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: Any) -> None:
        raise ValueError

    monkeypatch.setattr("apps.safety.detector._detector.screen", broken)
    services.send_message(active.pk, content="Hello", sender_type="client", by=by_alice)
    assert SafetyEvent.objects.get().level == "unreviewed"


@pytest.mark.parametrize(("configured", "state"), [(True, "delivered"), (False, "not_configured")])
def test_mail_to_the_team_says_what_really_happened(
    active: Session, by_alice: Actor, settings: Any, *, configured: bool, state: str
) -> None:
    settings.EMAIL_CONFIGURED = configured
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.ON_CALL_EMAILS = ["night@example.com"]
    services.send_message(
        active.pk, content="I want to kill myself", sender_type="client", by=by_alice
    )
    drain.run(safety_tasks.ALERTS)
    alerts = StaffAlert.objects.values_list("address", "delivery", "state")
    assert sorted(alerts) == [
        ("alice@example.com", state, "done"),
        ("night@example.com", state, "done"),
    ]
    assert len(mail.outbox) == (2 if configured else 0)
    assert not any("kill" in message.body for message in mail.outbox)


def test_a_mail_that_fails_is_tried_again_and_says_so(
    active: Session, by_alice: Actor, settings: Any
) -> None:
    settings.EMAIL_CONFIGURED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    services.send_message(
        active.pk, content="I want to kill myself", sender_type="client", by=by_alice
    )
    drain.run(safety_tasks.ALERTS)
    alert = StaffAlert.objects.get()
    assert (alert.state, alert.delivery, alert.error_code) == ("pending", "queued", "mail_failed")


def test_the_desk(active: Session, by_alice: Actor, by_charlie: Actor, jane_user: User) -> None:
    services.send_message(
        active.pk, content="I want to kill myself", sender_type="client", by=by_alice
    )
    event = SafetyEvent.objects.get()
    for stranger in (by_charlie, actors.for_user(jane_user)):
        with pytest.raises(DomainError) as refused:
            safety.acknowledge_event(event.pk, by=stranger)
        assert refused.value.status in (403, 404)
    assert safety.acknowledge_event(event.pk, by=by_alice).acknowledged_by == by_alice.label
    safety.escalate_event(event.pk, to="Dr. Night", by=by_alice)
    closed = safety.close_event(event.pk, outcome="referred", note="Seen", by=by_alice)
    assert (closed.state, closed.outcome_note) == ("closed", "Seen")
    with pytest.raises(DomainError):
        safety.close_event(event.pk, outcome="referred", by=by_alice)
