"""Sessions in the back office"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages

from apps.accounts import tokens
from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients.models import Client
from apps.jobs.models import State
from apps.personas.models import PersonaVersion
from apps.sessions import services
from apps.sessions.models import Message, Reply, Session, Status
from tests.admin.conftest import Office

LIST = "/admin/therapy_sessions/session/"


def page_of(session: Session, view: str = "change") -> str:
    return f"{LIST}{session.pk}/{view}/"


def texts(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def status_of(session: Session) -> str:
    session.refresh_from_db()
    return session.status


def plan(jane: Client, session: Session, **changes: str) -> dict[str, str]:
    data = {"client": jane.pk, "persona": session.persona_id, "duration_minutes": "30"}
    return {**data, "scheduled_at": "2030-05-11T10:30", "goals": "Sleep\n\n  Say no \n", **changes}


def test_create(office: Office, alice: User, jane: Client, session: Session) -> None:
    browser = office(alice)
    browser.cookies["timezone"] = "Europe/Berlin"
    response = browser.post(LIST + "add/", plan(jane, session))
    made = Session.objects.exclude(pk=session.pk).get()
    assert response.headers["Location"] == page_of(made)
    assert made.scheduled_at.isoformat() == "2030-05-11T08:30:00+00:00"
    assert (made.duration_minutes, made.goals) == (30, ["Sleep", "Say no"])
    assert made.created_by == "alice@example.com"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duration_minutes", "0"),
        ("duration_minutes", "481"),
        ("persona", "nobody"),
        ("client", "cnobody"),
        ("goals", "\n".join("x" * 30)),
        ("goals", "x" * 501),
        ("scheduled_at", "11.5."),
    ],
)
def test_create_wrong(
    office: Office, alice: User, jane: Client, session: Session, field: str, value: str
) -> None:
    response = office(alice).post(LIST + "add/", plan(jane, session, **{field: value}))
    assert response.status_code == 200
    assert Session.objects.count() == 1


def test_change(office: Office, alice: User, jane: Client, session: Session) -> None:
    office(alice).post(page_of(session), plan(jane, session))
    session.refresh_from_db()
    assert session.goals == ["Sleep", "Say no"]
    assert session.scheduled_at.year == 2030


def test_a_running_session_keeps_persona_and_time(
    office: Office, alice: User, jane: Client, active: Session
) -> None:
    browser = office(alice)
    assert set(browser.get(page_of(active)).context["adminform"].form.fields) == {
        "duration_minutes",
        "goals",
    }
    browser.post(page_of(active), plan(jane, active))
    active.refresh_from_db()
    assert active.duration_minutes == 30
    assert active.scheduled_at.year != 2030


def test_search_by_the_client_s_name(office: Office, alice: User, session: Session) -> None:
    browser = office(alice)
    assert session.pk in browser.get(LIST, {"q": "doe"}).content.decode()
    assert session.pk in browser.get(LIST, {"q": session.pk}).content.decode()
    assert session.pk not in browser.get(LIST, {"q": "roe"}).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status__exact=scheduled", True),
        ("status__exact=active", False),
        ("when=today", True),
        ("when=tomorrow", False),
        ("when=nonsense", True),
        ("persona=dr_morgan_hayes", True),
        ("persona=nobody", True),
    ],
)
def test_filters(office: Office, alice: User, session: Session, query: str, found: bool) -> None:
    page = office(alice).get(f"{LIST}?{query}").content.decode()
    assert (session.pk in page) is found


def test_start_and_end(office: Office, alice: User, session: Session) -> None:
    browser = office(alice)
    response = browser.post(page_of(session, "start"))
    assert response.headers["Location"] == page_of(session)
    assert status_of(session) == Status.ACTIVE
    browser.post(page_of(session, "end"))
    assert status_of(session) == Status.COMPLETED
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Started",
        "Ended",
    ]


def test_cancel(office: Office, alice: User, session: Session) -> None:
    office(alice).post(page_of(session, "cancel"))
    assert status_of(session) == Status.CANCELLED


@pytest.mark.parametrize("view", ["start", "cancel"])
def test_a_conflict_is_a_message(office: Office, alice: User, active: Session, view: str) -> None:
    response = office(alice).post(page_of(active, view))
    assert texts(response) == ["The session is active"]
    assert status_of(active) == Status.ACTIVE
    assert not LogEntry.objects.exists()


def test_actions_tell_the_result_for_each(
    office: Office, alice: User, jane: Client, active: Session, by_alice: Actor
) -> None:
    other = services.create_session(
        client_id=jane.pk, persona_id=active.persona_id, duration_minutes=30, by=by_alice
    )
    data = {"action": "start_selected", "_selected_action": [active.pk, other.pk], "index": "0"}
    response = office(alice).post(LIST, data)
    assert texts(response) == [
        f"Started: {other.pk}.",
        f"The session is active: {active.pk}.",
    ]
    assert status_of(other) == Status.ACTIVE


@pytest.mark.parametrize(
    ("action", "status"), [("end_selected", "completed"), ("cancel_selected", "active")]
)
def test_the_other_actions(
    office: Office, alice: User, active: Session, action: str, status: str
) -> None:
    office(alice).post(LIST, {"action": action, "_selected_action": active.pk, "index": "0"})
    assert status_of(active) == status


def test_notes_are_added_and_stay(office: Office, alice: User, active: Session) -> None:
    browser = office(alice)
    browser.post(page_of(active, "end"))
    browser.post(page_of(active, "note"), {"content": "Worth a second look."})
    note = active.notes.get()
    assert (note.content, note.author) == ("Worth a second look.", "alice@example.com")
    assert "Worth a second look." in browser.get(page_of(active)).content.decode()


@pytest.mark.parametrize("content", ["", "   ", "x" * 20_001])
def test_a_wrong_note_is_told(office: Office, alice: User, active: Session, content: str) -> None:
    response = office(alice).post(page_of(active, "note"), {"content": content})
    assert texts(response)[0].startswith("New note:")
    assert not active.notes.exists()


def test_transcript(office: Office, alice: User, active: Session, by_alice: Actor) -> None:
    services.send_message(active.pk, content="<b>Hello</b>", sender_type="client", by=by_alice)
    question = Message.objects.get()
    Reply.objects.update(state=State.FAILED, error_code="provider_timeout", attempts=4)
    answer, _ = services.send_message(
        active.pk, content="Well met", sender_type="persona", by=by_alice
    )
    version = PersonaVersion.objects.get()
    Message.objects.filter(pk=answer.pk).update(model="gpt-4.1", persona_version=version)
    page = office(alice).get(page_of(active)).content.decode()
    for shown in ("&lt;b&gt;Hello&lt;/b&gt;", "Well met", "Jane Doe", "gpt-4.1", "version 1"):
        assert shown in page
    assert "could not answer this (provider_timeout, 4 attempts)" in page
    assert page.index(question.pk) < page.index(answer.pk)


def test_failed_answers_are_marked_in_the_list_and_on_the_front_page(
    office: Office, alice: User, active: Session, by_alice: Actor
) -> None:
    services.send_message(active.pk, content="Hello", sender_type="client", by=by_alice)
    Reply.objects.update(
        state=State.FAILED, error_code="provider_timeout", finished_at=active.started_at
    )
    browser = office(alice)
    assert "answer failed" in browser.get(LIST).content.decode()
    front = browser.get("/admin/")
    assert front.context["dashboard"].failed.total == 1
    assert "provider_timeout" in front.content.decode()


def test_join_link(office: Office, alice: User, active: Session, settings: Any) -> None:
    settings.PUBLIC_URL = "https://smartsteps.example"
    response = office(alice).post(page_of(active, "join-link"))
    link = response.context["link"]
    address, _, token = link.partition("#token=")
    assert address == f"https://smartsteps.example/room/{active.pk}"
    assert tokens.read(token)["session"] == active.pk
    assert "no-store" in response.headers["Cache-Control"]
    assert token not in response.cookies.output()
    assert not [entry for entry in LogEntry.objects.all() if token in entry.change_message]


def test_no_join_link_after_the_end(office: Office, alice: User, active: Session) -> None:
    browser = office(alice)
    browser.post(page_of(active, "end"))
    response = browser.post(page_of(active, "join-link"))
    assert response.status_code == 302
    assert "The session is completed" in texts(response)


def test_front_page(office: Office, alice: User, charlie: User, session: Session) -> None:
    dashboard = office(alice).get("/admin/").context["dashboard"]
    totals = {name: getattr(dashboard, name).total for name in ("active", "waiting", "today")}
    assert totals == {"active": 0, "waiting": 1, "today": 1}
    assert office(charlie).get("/admin/").context["dashboard"].today.total == 0
