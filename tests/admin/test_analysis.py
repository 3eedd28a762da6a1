"""What a session turned into, in the back office: summary, charts, brief, exports"""

from __future__ import annotations

import re
from typing import Any

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.analysis import charts, exports, history, pdf, report, services
from apps.analysis.models import Analysis
from apps.clients import services as clients
from apps.clients.models import Client
from apps.measures import services as measures
from apps.measures.models import Measure
from apps.safety.models import SafetyEvent
from apps.sessions import services as sessions
from apps.sessions.models import Message, Session
from tests.admin.conftest import Office
from tests.admin.test_sessions import texts

BASE = "/admin/analysis/analysis/"
INLINE = re.compile(rb"\sstyle=|<style|<script>|\son\w+=")


def change(session: Session) -> str:
    return f"/admin/therapy_sessions/session/{session.pk}/change/"


@pytest.fixture
def ended(active: Session, by_alice: Actor) -> Session:
    sessions.update_session(active.pk, changes={"goals": ["Sleep", "The meeting"]}, by=by_alice)
    for text in ("I was anxious before the meeting.", "I was afraid, but I breathed twice."):
        sessions.send_message(active.pk, content=text, sender_type="client", by=by_alice)
    return sessions.end_session(active.pk, by=by_alice)


@pytest.fixture
def analysed(ended: Session, by_alice: Actor) -> Analysis:
    """As the worker makes it, without its threads."""
    from_rule = services.summarizing
    job = from_rule.take(ended)
    assert job is not None
    talk = from_rule.prepare(job)
    assert talk is not None
    answer = from_rule.SUMMARY.offline(talk.context)
    content = from_rule.evidence.checked(answer, talk.lines)
    finding = from_rule.Finding({**content, "topics": {}}, "offline", "offline", "ab" * 32)
    return from_rule.store(job, talk, finding, by_label="after the session")


@pytest.fixture
def coming(analysed: Analysis, by_alice: Actor) -> Session:
    session = analysed.session
    return sessions.create_session(
        client_id=session.client_id,
        persona_id=session.persona_id,
        goals=["The party"],
        duration_minutes=45,
        by=by_alice,
    )


def test_the_session_shows_its_summary_with_links(
    office: Office, alice: User, analysed: Analysis
) -> None:
    page = office(alice).get(change(analysed.session)).content
    for message in Message.objects.all():
        assert f'id="{message.pk}"'.encode() in page
    links = re.findall(rb'href="#(m\w+)"', page)
    assert {link.decode() for link in links} == {message.pk for message in Message.objects.all()}
    assert b"By rules, without a language model, version 1" in page
    assert not INLINE.search(page)


def test_charts_are_drawn_and_told(
    office: Office, alice: User, by_alice: Actor, analysed: Analysis
) -> None:
    client = analysed.session.client
    for answers in ([2] * 7, [1] * 7):
        measures.record_measure(client.pk, instrument="gad7", answers=answers, by=by_alice)
    page = office(alice).get(f"/admin/clients/client/{client.pk}/change/").content.decode()
    assert "<desc" in page
    assert "GAD-7 went down from 14 (moderate) to 7 (mild), n = 2. Scale 0 to 21." in page
    assert page.count('class="band rank') == 4
    assert not INLINE.search(page.encode())
    (chart,) = [each for each in _charts(client) if each.series.name == "gad7"]
    assert chart.bands[0].y + chart.bands[0].height == chart.bottom
    assert [dot.y for dot in chart.dots] == sorted(dot.y for dot in chart.dots)


def _charts(client: Client) -> list[charts.Chart]:
    known = history.of(client).series.values()
    return [charts.of(each, report.sentence(each)) for each in known if each.points]


@pytest.mark.django_db(transaction=True)
def test_it_is_made_anew_by_a_button(office: Office, alice: User, ended: Session) -> None:
    response = office(alice).post(f"{BASE}session/{ended.pk}/run/")
    assert response.headers["Location"] == change(ended)
    assert Analysis.objects.get().made_by == "alice@example.com"
    older = office(alice).get(f"{BASE}{Analysis.objects.get().pk}/change/")
    assert older.status_code == 200


def test_a_refusal_is_told(office: Office, alice: User, session: Session) -> None:
    response = office(alice).post(f"{BASE}session/{session.pk}/run/")
    assert texts(response) == ["The session is scheduled"]


def test_the_brief(office: Office, alice: User, by_alice: Actor, coming: Session) -> None:
    measures.record_measure(coming.client_id, instrument="phq9", answers=[*[1] * 8, 1], by=by_alice)
    page = office(alice).get(f"{BASE}session/{coming.pk}/brief/").content.decode()
    for told in (
        "The party",
        "I was afraid, but I breathed twice.",
        "Left open last time",
        "Sleep",
    ):
        assert told in page
    assert "whether the client consents" in page
    assert SafetyEvent.objects.get().pk in page
    assert "There is no GAD-7 yet" in page
    clients.record_consent(coming.client_id, kind="ai_processing", granted=True, by=by_alice)
    page = office(alice).get(f"{BASE}session/{coming.pk}/brief/").content.decode()
    assert "whether the client consents" not in page


def test_the_brief_of_a_first_session(office: Office, alice: User, session: Session) -> None:
    page = office(alice).get(f"{BASE}session/{session.pk}/brief/").content.decode()
    assert "This will be the first one." in page


def exported(response: Any, kind: str) -> bytes:
    assert response.status_code == 200
    assert response.headers["Content-Type"] == kind
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in response.headers["Cache-Control"]
    content: bytes = response.content
    return content


def test_exports(office: Office, alice: User, by_alice: Actor, analysed: Analysis) -> None:
    client_id, session_id = analysed.session.client_id, analysed.session_id
    names = {"first_name": "Łucja", "last_name": "Đặng Мария محمد"}
    clients.update_client(client_id, changes=names, by=by_alice)
    browser = office(alice)
    data = browser.get(f"{BASE}transcript/{session_id}/json/").json()
    assert data["client"]["name"] == "Łucja Đặng Мария محمد"
    assert data["messages"][0]["content"] == "I was anxious before the meeting."
    assert data["analysis"]["evidence"]["key_points"]
    file = exported(browser.get(f"{BASE}transcript/{session_id}/pdf/"), "application/pdf")
    assert file.startswith(b"%PDF-")
    told = browser.get(f"{BASE}report/{client_id}/json/").json()
    assert told["sessions_analyzed"] == 1
    assert exported(browser.get(f"{BASE}report/{client_id}/pdf/"), "application/pdf")


def test_a_talk_too_long_for_paper(
    office: Office, alice: User, analysed: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MOST_CHARS", 10)
    response = office(alice).get(f"{BASE}transcript/{analysed.session_id}/pdf/")
    assert response.headers["Location"] == change(analysed.session)
    assert "take the JSON" in texts(response)[0]


def test_a_letter_without_a_shape_is_marked(by_alice: Actor, session: Session) -> None:
    with pdf._paper("x", "y") as page:
        page.prose("李 and Ω")
        assert (page.has_gaps, page.settable("李 and Ω")) == (True, "[?] and Ω")
    assert exports.transcript(session.pk, by=by_alice)["analysis"] is None


def test_a_questionnaire_is_entered(office: Office, alice: User, jane: Client) -> None:
    items = {f"item{number}": "1" for number in range(1, 10)}
    url = f"/admin/measures/measure/client/{jane.pk}/enter/"
    response = office(alice).post(url, {"instrument": "phq9", **items})
    assert texts(response) == [
        "A safety event is open for an answer.",
        "The questionnaire is entered.",
    ]
    measure = Measure.objects.get()
    assert (measure.total, measure.source) == (9, "staff")
    page = office(alice).get(f"/admin/measures/measure/{measure.pk}/change/").content.decode()
    assert "9</strong> of 27, mild" in page


@pytest.mark.parametrize(
    "data",
    [
        {"instrument": "phq9"},
        {"instrument": "beck", "item1": "1"},
        {"instrument": "gad7", "item1": "7"},
        {"instrument": "gad7", "item1": "1", "taken_at": "2999-01-01T00:00"},
    ],
)
def test_a_wrong_questionnaire(
    office: Office, alice: User, jane: Client, data: dict[str, str]
) -> None:
    response = office(alice).post(f"/admin/measures/measure/client/{jane.pk}/enter/", data)
    assert len(texts(response)) == 1
    assert not Measure.objects.exists()


def test_stranger(office: Office, charlie: User, analysed: Analysis, jane: Client) -> None:
    """Reading is crawled in test_strangers; what writes is tried here."""
    browser = office(charlie)
    pk = analysed.session_id
    for url in (f"{BASE}session/{pk}/run/", f"/admin/measures/measure/client/{jane.pk}/enter/"):
        data = {"instrument": "gad7", **{f"item{n}": "1" for n in range(1, 8)}}
        assert browser.post(url, data).headers["Location"] == "/admin/"
    for kind, object_id in (("transcript", pk), ("report", jane.pk)):
        for format in ("pdf", "json"):
            response = browser.get(f"{BASE}{kind}/{object_id}/{format}/")
            assert response.headers["Location"] == "/admin/"
    assert (Analysis.objects.count(), Measure.objects.count()) == (1, 0)
