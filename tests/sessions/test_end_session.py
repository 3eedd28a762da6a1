"""POST /api/v1/sessions/{id}/end"""

from __future__ import annotations

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.jobs import drain
from apps.jobs.models import State
from apps.realtime.models import Event
from apps.sessions import services, tasks
from apps.sessions.models import Message, Reply, Session, Status
from tests import checks
from tests.conftest import Api
from tests.threads import at_once

URL = "/api/v1/sessions/{}/end"


def test_it_works_and_keeps_the_planned_duration(api: Api, alice: User, active: Session) -> None:
    body = api(alice).post(URL.format(active.pk)).json()
    assert body["duration_minutes"] == active.duration_minutes
    last = Event.objects.filter(topic_id=active.topic).latest("number")
    assert (last.type, last.body) == ("session_update", body)


def test_stranger_changes_nothing(api: Api, charlie: User, active: Session) -> None:
    checks.like_unknown(api(charlie), "post", URL, active.pk)
    assert Session.objects.get(pk=active.pk).status == Status.ACTIVE


def test_needs_a_credential_and_a_scope(api: Api, alice: User, active: Session) -> None:
    checks.needs_credential(api, "post", URL.format(active.pk))
    checks.needs_scope(api, alice, "sessions:write", "post", URL.format(active.pk))


def test_the_client_may_not(api: Api, alice: User, jane_user: User, active: Session) -> None:
    for who in (jane_user, checks.join_token(active, alice)):
        checks.problem(api(who).post(URL.format(active.pk)), 403, "permission_denied")


def test_not_before_the_start(api: Api, alice: User, session: Session) -> None:
    error = checks.problem(api(alice).post(URL.format(session.pk)), 409, "conflict")
    assert error["details"] == {"status": "scheduled"}


def test_not_twice(api: Api, alice: User, active: Session) -> None:
    client = api(alice)
    first = client.post(URL.format(active.pk)).json()
    checks.problem(client.post(URL.format(active.pk)), 409, "conflict")
    assert client.get(f"/api/v1/sessions/{active.pk}").json()["ended_at"] == first["ended_at"]


@pytest.mark.django_db(transaction=True)
def test_an_open_answer_is_not_made_any_more(
    api: Api, alice: User, active: Session, by_alice: Actor
) -> None:
    services.send_message(active.pk, content="Hello", sender_type="client", by=by_alice)
    api(alice).post(URL.format(active.pk))
    drain.run(tasks.REPLIES)
    assert Reply.objects.get().state == State.CANCELLED
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_ten_ends_at_once_one_wins(api: Api, alice: User, active: Session) -> None:
    client = api(alice)
    answers = at_once(*[lambda: client.post(URL.format(active.pk)).status_code] * 10)
    assert sorted(answers) == [200] + [409] * 9
    assert Event.objects.filter(topic_id=active.topic).count() == 2
