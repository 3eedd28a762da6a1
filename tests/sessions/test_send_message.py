"""POST /api/v1/sessions/{id}/messages"""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.jobs import drain
from apps.realtime.models import Event
from apps.sessions import services, tasks
from apps.sessions.models import Message, Reply, Session
from tests import checks
from tests.conftest import Api
from tests.threads import at_once

URL = "/api/v1/sessions/{}/messages"
BODY = {"content": "Hello, how are you?", "sender_type": "facilitator"}


@pytest.mark.parametrize("sender_type", ["persona", "client", "facilitator"])
def test_it_works(api: Api, alice: User, active: Session, sender_type: str) -> None:
    body = {**BODY, "sender_type": sender_type}
    response = api(alice).post(URL.format(active.pk), body, format="json")
    assert response.status_code == 201
    senders = {
        "persona": active.persona_id,
        "client": active.client_id,
        "facilitator": alice.email,
    }
    assert response.json()["sender_id"] == senders[sender_type]
    event = Event.objects.filter(topic_id=active.topic).latest("number")
    assert (event.type, event.body) == ("new_message", {"message": response.json()})
    assert Reply.objects.count() == (sender_type == "client")


@pytest.mark.django_db(transaction=True)
def test_the_persona_answers_each_message_once(api: Api, alice: User, active: Session) -> None:
    client = api(alice)
    for number in range(3):
        body = {"content": f"Thought {number}", "sender_type": "client"}
        client.post(URL.format(active.pk), body, format="json")
    for _ in range(3):
        drain.run(tasks.REPLIES)
    answers = Message.objects.filter(sender_type="persona").order_by("number")
    assert [answer.in_reply_to.content for answer in answers if answer.in_reply_to] == [
        "Thought 0", "Thought 1", "Thought 2",
    ]  # fmt: skip
    for answer in answers:
        assert answer.persona_version is not None
        assert answer.model == "offline"
        assert len(answer.prompt_hash) == 64


def test_the_senders_words_are_kept_to_the_letter(api: Api, alice: User, active: Session) -> None:
    words = '  \tÅ👩‍👩‍👧 <b>"x"</b>\r\n\u2028 data: [DONE]\n\nevent: x  '
    made = api(alice).post(URL.format(active.pk), {**BODY, "content": words}, format="json")
    assert made.json()["content"] == words
    assert Message.objects.get().content == words


def test_a_repeated_send_is_the_same_message(api: Api, alice: User, active: Session) -> None:
    body = {**BODY, "metadata": {"client_message_id": "a-1"}}
    first, second = (api(alice).post(URL.format(active.pk), body, format="json") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Message.objects.count() == 1
    other = {**body, "content": "Something else"}
    checks.problem(api(alice).post(URL.format(active.pk), other, format="json"), 409, "conflict")


def test_a_repeat_after_the_end_is_still_that_message(
    api: Api, alice: User, active: Session, by_alice: Actor
) -> None:
    body = {**BODY, "metadata": {"client_message_id": "a-1"}}
    first = api(alice).post(URL.format(active.pk), body, format="json")
    services.end_session(active.pk, by=by_alice)
    assert api(alice).post(URL.format(active.pk), body, format="json").json() == first.json()


@pytest.mark.django_db(transaction=True)
def test_twenty_equal_sends_at_once_are_one_message(api: Api, alice: User, active: Session) -> None:
    client = api(alice)
    body = {**BODY, "sender_type": "client", "metadata": {"client_message_id": "a-1"}}
    answers = at_once(*[lambda: client.post(URL.format(active.pk), body, format="json")] * 20)
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Message.objects.count() == Reply.objects.count() == 1
    assert Event.objects.filter(type="new_message").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_different_sends_at_once_are_numbered_without_gaps(
    api: Api, alice: User, active: Session
) -> None:
    client = api(alice)
    at_once(*[lambda: client.post(URL.format(active.pk), BODY, format="json")] * 20)
    numbers = Message.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 21))
    events = Event.objects.filter(topic_id=active.topic).order_by("number")
    assert [event.number for event in events] == list(range(1, 22))
    order = [event.body["message"]["id"] for event in events if event.type == "new_message"]
    assert order == list(Message.objects.order_by("number").values_list("pk", flat=True))


def test_stranger_writes_nothing(api: Api, charlie: User, active: Session) -> None:
    checks.like_unknown(api(charlie), "post", URL, active.pk, BODY)
    assert not Message.objects.exists()


def test_needs_a_credential_and_a_scope(api: Api, alice: User, active: Session) -> None:
    checks.needs_credential(api, "post", URL.format(active.pk), BODY)
    checks.needs_scope(api, alice, "messages:write", "post", URL.format(active.pk), BODY)


@pytest.mark.parametrize("sender_type", ["persona", "facilitator"])
def test_a_client_speaks_only_as_herself(
    api: Api, alice: User, jane_user: User, active: Session, sender_type: str
) -> None:
    body = {**BODY, "sender_type": sender_type}
    for who in (jane_user, checks.join_token(active, alice)):
        response = api(who).post(URL.format(active.pk), body, format="json")
        checks.problem(response, 403, "permission_denied")
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"content": ""}, "content"),
        ({"content": " \n\t "}, "content"),
        ({"content": None}, "content"),
        ({"content": 5}, "content"),
        ({"content": ["Hello"]}, "content"),
        ({"content": "x" * 10_001}, "content"),
        ({"content": "Hel\x00lo"}, "content"),
        ({"sender_type": "admin"}, "sender_type"),
        ({"sender_type": None}, "sender_type"),
        ({"sender_type": {"a": 1}}, "sender_type"),
        ({"metadata": "x"}, "metadata"),
        ({"metadata": {"client_message_id": 5}}, "metadata.client_message_id"),
        ({"metadata": {"client_message_id": ""}}, "metadata.client_message_id"),
        ({"metadata": {"client_message_id": "x" * 101}}, "metadata.client_message_id"),
        ({"sender_id": "dr_morgan_hayes"}, "sender_id"),
        ({"id": "m123456"}, "id"),
        ({"timestamp": "2020-01-01T00:00:00Z"}, "timestamp"),
        ({"session_id": "s67890"}, "session_id"),
    ],
)
def test_wrong_input(
    api: Api, alice: User, active: Session, change: dict[str, Any], field: str
) -> None:
    response = api(alice).post(URL.format(active.pk), {**BODY, **change}, format="json")
    checks.problem(response, 422, "validation_error", field)
    assert not Message.objects.exists()


def test_not_before_the_start(api: Api, alice: User, session: Session) -> None:
    response = api(alice).post(URL.format(session.pk), BODY, format="json")
    assert checks.problem(response, 409, "conflict")["details"] == {"status": "scheduled"}


def test_not_after_the_end(api: Api, alice: User, active: Session, by_alice: Actor) -> None:
    services.end_session(active.pk, by=by_alice)
    response = api(alice).post(URL.format(active.pk), BODY, format="json")
    assert checks.problem(response, 409, "conflict")["details"] == {"status": "completed"}
