"""The persona's answers: what each of them knows of the others."""

from __future__ import annotations

import pytest

from apps.accounts import actors
from apps.accounts.models import User
from apps.jobs import drain
from apps.sessions import services, tasks
from apps.sessions.models import Message, Session

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
