"""POST /api/v1/sessions/{id}/analyze/summary"""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import orjson
import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.analysis import services, tasks
from apps.analysis.models import Analysis
from apps.clients import services as clients
from apps.jobs import drain
from apps.jobs.models import State
from apps.llm.models import UsageEntry
from apps.sessions import services as sessions
from apps.sessions.models import Message, Session, Summing
from apps.webhooks.models import Delivery
from tests import checks
from tests.analysis.conftest import ANSWER, Say
from tests.conftest import Api
from tests.stubs.openai_stub import OpenAIStub, hang, say, status
from tests.threads import at_once
from tests.webhooks.conftest import subscribe

URL = "/api/v1/sessions/{}/analyze/summary"
KEYS = ["session_id", "summary", "key_points", "mood_analysis", "recommended_focus_areas"]


def quoted(node: Any) -> list[dict[str, str]]:
    """Every quotation anywhere in an answer."""
    if isinstance(node, dict) and set(node) == {"message_id", "quote"}:
        return [node]
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [found for part in parts for found in quoted(part)]


@pytest.mark.django_db(transaction=True)
def test_it_works_and_shows_its_evidence(api: Api, alice: User, ended: Session) -> None:
    response = api(alice).post(URL.format(ended.pk) + "?include=evidence")
    assert response.status_code == 200
    body = response.json()
    assert list(body) == [*KEYS, "evidence"]
    assert "meeting on Friday" in body["summary"]
    assert len(body["key_points"]) == len(body["evidence"]["key_points"]) == 3
    assert body["mood_analysis"] == {"primary": "anxious", "secondary": None, "confidence": 0.67}
    scores = {name: metric["score"] for name, metric in body["evidence"]["metrics"].items()}
    assert scores == {"anxiety_level": 7, "coping_strategy_usage": 2, "mood": None}
    assert all(body["evidence"]["key_points"])
    assert all(insight["evidence"] for insight in body["evidence"]["insights"])
    said = dict(Message.objects.values_list("pk", "number"))
    texts = {message.pk: message.content for message in Message.objects.all()}
    shown = quoted(body["evidence"])
    assert len(shown) >= 8
    assert all(each["quote"] in texts[each["message_id"]] for each in shown)
    assert set(said) >= {each["message_id"] for each in shown}


@pytest.mark.django_db(transaction=True)
def test_it_is_stored_in_versions(api: Api, alice: User, ended: Session) -> None:
    first = api(alice).post(URL.format(ended.pk)).json()
    assert list(first) == KEYS
    api(alice).post(URL.format(ended.pk))
    kept = api(alice).get(f"/api/v1/sessions/{ended.pk}/analyses").json()["analyses"]
    assert [each["version"] for each in kept] == [2, 1]
    assert {name: kept[1][name] for name in KEYS} == first
    assert (kept[0]["provider"], kept[0]["model"]) == ("offline", "offline")
    assert len(kept[0]["prompt_hash"]) == 64
    assert kept[0]["made_by"] == "alice@example.com"
    session = api(alice).get(f"/api/v1/sessions/{ended.pk}").json()
    assert session["summary"] == first["summary"]
    assert [list(each) for each in session["insights"]] == [["type", "text", "confidence"]]


@pytest.mark.django_db(transaction=True)
def test_it_is_made_by_itself_when_a_session_ends(ended: Session) -> None:
    drain.run(tasks.SUMMARIES)
    made = Analysis.objects.get()
    assert (made.version, made.made_by, made.message_count) == (1, "after the session", 6)
    assert Session.objects.get().summary == made.content["summary"]
    assert Summing.objects.get().state == State.DONE
    drain.run(tasks.SUMMARIES)
    assert Analysis.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_a_running_session_it_stays_off_the_session(api: Api, alice: User, say: Say) -> None:
    session = say()
    assert api(alice).post(URL.format(session.pk)).status_code == 200
    session.refresh_from_db()
    assert (session.summary, session.analyses.count()) == (None, 1)


@pytest.mark.django_db(transaction=True)
def test_the_end_of_a_session_orders_another(
    api: Api, alice: User, by_alice: Actor, say: Say
) -> None:
    session = say()
    api(alice).post(URL.format(session.pk))
    sessions.end_session(session.pk, by=by_alice)
    drain.run(tasks.SUMMARIES)
    assert list(session.analyses.values_list("version", flat=True).order_by("version")) == [1, 2]


def test_nothing_said(api: Api, alice: User, by_alice: Actor, active: Session) -> None:
    sessions.end_session(active.pk, by=by_alice)
    body = api(alice).post(URL.format(active.pk)).json()
    assert body["summary"] == "The client wrote nothing in this session."
    assert body["key_points"] == body["recommended_focus_areas"] == []
    assert body["mood_analysis"] == {"primary": None, "secondary": None, "confidence": None}
    assert not UsageEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_line(api: Api, alice: User, say: Say) -> None:
    session = say(("persona", "How are you?"), ("client", "Ok."))
    body = api(alice).post(URL.format(session.pk) + "?include=evidence").json()
    assert body["summary"] == "The client wrote once, and last: “Ok.”"
    assert body["mood_analysis"]["primary"] is None
    assert {metric["score"] for metric in body["evidence"]["metrics"].values()} == {None}


@pytest.mark.parametrize("change", ["cancel_session", None])
def test_not_of_a_session_that_was_not_held(
    api: Api, alice: User, by_alice: Actor, session: Session, change: str | None
) -> None:
    if change:
        getattr(sessions, change)(session.pk, by=by_alice)
    checks.problem(api(alice).post(URL.format(session.pk)), 409, "conflict")
    assert not Analysis.objects.exists()


def test_not_against_the_clients_will(
    api: Api, alice: User, by_alice: Actor, ended: Session
) -> None:
    clients.record_consent(ended.client_id, kind="ai_processing", granted=False, by=by_alice)
    checks.problem(api(alice).post(URL.format(ended.pk)), 409, "consent_withdrawn")


@pytest.mark.django_db(transaction=True)
def test_the_worker_asks_for_consent_too(by_alice: Actor, ended: Session) -> None:
    clients.record_consent(ended.client_id, kind="ai_processing", granted=False, by=by_alice)
    drain.run(tasks.SUMMARIES)
    assert Summing.objects.get().state == State.CANCELLED
    assert not Analysis.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_worker_tries_again(ended: Session, model: OpenAIStub) -> None:
    model.script(status(500))
    drain.run(tasks.SUMMARIES)
    owed = Summing.objects.get()
    assert (owed.state, owed.error_code) == (State.PENDING, "provider_unavailable")
    assert Session.objects.get().summary is None


def test_those_who_wait_leave_room_for_others(
    api: Api, alice: User, ended: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "PLACE_WAIT_S", 0.01)
    monkeypatch.setattr(services, "_places", threading.BoundedSemaphore(1))
    with services._places:
        response = api(alice).post(URL.format(ended.pk))
    checks.problem(response, 503, "service_unavailable")


def test_the_client_may_not(api: Api, jane_user: User, alice: User, active: Session) -> None:
    for who in (jane_user, checks.join_token(active, alice)):
        checks.problem(api(who).post(URL.format(active.pk)), 403, "permission_denied")
        analyses = api(who).get(f"/api/v1/sessions/{active.pk}/analyses")
        checks.problem(analyses, 403, "permission_denied")


def test_it_takes_no_body_and_no_other_inclusion(api: Api, alice: User, ended: Session) -> None:
    wrong = api(alice).post(URL.format(ended.pk), {"deep": True}, format="json")
    checks.problem(wrong, 422, "validation_error")
    other = api(alice).post(URL.format(ended.pk) + "?include=all")
    checks.problem(other, 422, "validation_error")


@pytest.mark.django_db(transaction=True)
def test_what_a_model_cant_show_is_dropped(
    api: Api, alice: User, ended: Session, model: OpenAIStub
) -> None:
    model.script(say(json.dumps(ANSWER)))
    body = api(alice).post(URL.format(ended.pk) + "?include=evidence").json()
    assert body["summary"] == "The client spoke of anxiety before meetings."
    assert body["key_points"] == ["Breathing was tried twice and helped a little."]
    # One remark for it and one against it; a persona's words are not the client's mood.
    assert [each["confidence"] for each in body["evidence"]["insights"]] == [0.5]
    assert body["mood_analysis"] == {"primary": "anxious", "secondary": None, "confidence": 0.67}
    scores = {name: metric["score"] for name, metric in body["evidence"]["metrics"].items()}
    assert scores == {"anxiety_level": 7, "coping_strategy_usage": None, "mood": None}
    assert body["recommended_focus_areas"] == ["Breathing before Friday"]
    made = Analysis.objects.get()
    assert (made.provider, made.model) == ("openai", UsageEntry.objects.get().model)
    assert "[2] client: I was so anxious" in model.requests[0]["messages"][1]["content"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("step", "code"),
    [
        (status(500), "provider_unavailable"),
        (hang(), "provider_timeout"),
        (say("{}"), "provider_bad_answer"),
        (
            say(json.dumps({**ANSWER, "summary": ANSWER["summary"][1:]})),
            "provider_bad_answer",
        ),
    ],
)
def test_a_provider_that_is_down_changes_nothing(
    api: Api, alice: User, ended: Session, model: OpenAIStub, step: Any, code: str
) -> None:
    model.default = step
    response = api(alice).post(URL.format(ended.pk))
    checks.problem(response, 503, code)
    assert int(response.headers["Retry-After"]) > 0
    assert not Analysis.objects.exists()
    assert Session.objects.get().summary is None
    owed = Summing.objects.get()  # the summary of an ended session still comes, later
    assert (owed.state, owed.error_code) == (State.PENDING, code)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one(alice: User, by_alice: Actor, ended: Session, model: Any) -> None:
    begun = threading.Event()

    def slowly(exchange: Any) -> None:
        begun.set()
        time.sleep(0.3)
        say(json.dumps(ANSWER))(exchange)

    model.default = slowly

    def second() -> Analysis:
        begun.wait(5)
        return services.analyze_session(ended.pk, by=by_alice)

    made = at_once(lambda: services.analyze_session(ended.pk, by=by_alice), second)
    assert len({analysis.pk for analysis in made}) == Analysis.objects.count() == 1
    assert len(model.requests) == 1


@pytest.mark.django_db(transaction=True)
def test_two_thousand_messages(by_alice: Actor, active: Session, model: OpenAIStub) -> None:
    texts = ("How was that for you this week?", "I was worried about the meeting all day long.")
    Message.objects.bulk_create(
        Message(
            session=active,
            number=number,
            sender_type=("persona", "client")[number % 2],
            sender_id="x",
            content=texts[number % 2],
            timestamp=active.started_at,
        )
        for number in range(1, 2001)
    )
    model.script(status(500))
    began = time.monotonic()
    with pytest.raises(Exception, match="no usable answer"):
        services.analyze_session(active.pk, by=by_alice)
    assert time.monotonic() - began < 5
    prompt = orjson.dumps(model.requests[0]["messages"])
    assert len(prompt) < 60_000
    assert b"messages are left out below" in prompt


@pytest.mark.django_db(transaction=True)
def test_other_systems_hear_of_a_summary(
    api: Api, alice: User, by_alice: Actor, ended: Session
) -> None:
    subscribe(by_alice, "https://hook.invalid/", "session.summarized")
    assert api(alice).post(URL.format(ended.pk)).status_code == 200
    assert f'"session_id":"{ended.pk}"' in Delivery.objects.get().payload
