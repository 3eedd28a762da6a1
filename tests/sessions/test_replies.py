"""The persona's answers: what each of them knows of the others."""

from __future__ import annotations

import uuid

import pytest

from apps.accounts import actors
from apps.accounts.models import User
from apps.jobs import drain
from apps.jobs.models import State
from apps.realtime.models import Event
from apps.sessions import services, tasks
from apps.sessions.models import Message, Reply, Session
from smartsteps.lib import clock

THOUGHTS = ["Everything I say comes out wrong.", "And then silence.", "Nothing ever changes."]


@pytest.mark.django_db(transaction=True)
def test_messages_in_a_row_get_different_answers(alice: User, active: Session) -> None:
    for thought in THOUGHTS:
        services.send_message(
            active.pk, content=thought, sender_type="client", by=actors.for_user(alice)
        )
    for _ in THOUGHTS:
        drain.run(tasks.REPLIES)
    answers = Message.objects.filter(sender_type="persona").order_by("number")
    assert len({answer.content for answer in answers}) == len(THOUGHTS)


def orphan(attempts: int) -> None:
    """As it stands when its last worker was killed and the lease has ended."""
    Reply.objects.update(
        state=State.RUNNING, attempts=attempts, lease_until=clock.now(), claim_token=uuid.uuid4()
    )


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_kills_its_workers_is_given_up(alice: User, active: Session) -> None:
    """And the session is told, instead of waiting for ever."""
    by = actors.for_user(alice)
    services.send_message(active.pk, content="Hello?", sender_type="client", by=by)
    orphan(tasks.REPLIES.most_claims)
    drain.run(tasks.REPLIES)
    reply = Reply.objects.get()
    assert (reply.state, reply.error_code) == (State.FAILED, "worker_lost")
    told = Event.objects.filter(topic=active.topic, type="error").get()
    assert "No answer will come" in told.body["message"]
    assert not Message.objects.filter(sender_type="persona").exists()


@pytest.mark.django_db(transaction=True)
def test_an_answer_whose_workers_were_killed_may_still_come(alice: User, active: Session) -> None:
    by = actors.for_user(alice)
    services.send_message(active.pk, content="Hello?", sender_type="client", by=by)
    orphan(tasks.REPLIES.most_claims - 1)
    drain.run(tasks.REPLIES)
    assert Message.objects.filter(sender_type="persona").exists()
