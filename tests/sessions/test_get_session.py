"""GET /api/v1/sessions/{id}"""

from __future__ import annotations

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.sessions import services
from apps.sessions.models import Session
from tests import checks
from tests.conftest import Api

URL = "/api/v1/sessions/{}"


def _filled(session: Session, by: Actor) -> Session:
    services.send_message(session.pk, content="Hello", sender_type="persona", by=by)
    services.add_note(session.pk, content="Calm.", by=by)
    session.refresh_from_db()
    session.summary, session.insights = "Went well.", [{"type": "progress", "text": "x"}]
    session.save(update_fields=["summary", "insights"])
    return session


def test_staff_see_everything(api: Api, alice: User, active: Session, by_alice: Actor) -> None:
    body = api(alice).get(URL.format(_filled(active, by_alice).pk)).json()
    assert body["summary"] == "Went well."
    assert body["insights"][0]["type"] == "progress"
    assert [note["content"] for note in body["facilitator_notes"]] == ["Calm."]
    assert [message["content"] for message in body["messages"]] == ["Hello"]


def test_the_client_sees_the_talk_only(
    api: Api, alice: User, jane_user: User, active: Session, by_alice: Actor
) -> None:
    _filled(active, by_alice)
    for who in (jane_user, checks.join_token(active, alice)):
        body = api(who).get(URL.format(active.pk)).json()
        assert (body["summary"], body["insights"], body["facilitator_notes"]) == (None, [], [])
        assert len(body["messages"]) == 1


def test_a_key_without_notes_scope_sees_no_notes(
    api: Api, alice: User, active: Session, by_alice: Actor
) -> None:
    key = checks.api_key(alice, "sessions:read")
    body = api(key).get(URL.format(_filled(active, by_alice).pk)).json()
    assert (body["summary"], body["insights"], body["facilitator_notes"]) == (None, [], [])


def test_stranger_sees_nothing(api: Api, charlie: User, session: Session) -> None:
    checks.like_unknown(api(charlie), "get", URL, session.pk)


def test_another_sessions_join_token_sees_nothing(
    api: Api, alice: User, session: Session, by_alice: Actor
) -> None:
    other = services.create_session(
        client_id=session.client_id,
        persona_id=session.persona_id,
        duration_minutes=45,
        by=by_alice,
    )
    checks.like_unknown(api(checks.join_token(other, alice)), "get", URL, session.pk)


def test_needs_a_credential_and_a_scope(api: Api, alice: User, session: Session) -> None:
    checks.needs_credential(api, "get", URL.format(session.pk))
    checks.needs_scope(api, alice, "sessions:read", "get", URL.format(session.pk))
