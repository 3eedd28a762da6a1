"""Clients in the back office"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages

from apps.accounts import actors
from apps.accounts import services as accounts
from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients import services
from apps.clients.models import CareAssignment, Client, Consent, Erasure
from apps.sessions.models import Session
from tests.admin.conftest import Office

LIST = "/admin/clients/client/"
ANA = {
    "first_name": "Ana",
    "last_name": "Núñez",
    "email": "ana@example.com",
    "phone": "",
    "date_of_birth": "1990-02-28",
    "metadata": '{"referred_by": "GP"}',
}


def page_of(client: Client, view: str = "change") -> str:
    return f"{LIST}{client.pk}/{view}/"


def texts(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_list(office: Office, alice: User, jane: Client, session: Session) -> None:
    services.record_consent(jane.pk, kind="ai_processing", granted=False, by=actors.for_user(alice))
    page = office(alice).get(LIST).content.decode()
    for shown in ("Jane Doe", "jane.doe@example.com", "alice", "withdrawn"):
        assert shown in page


@pytest.mark.parametrize("text", ["jan", "DOE", "jane doe", "jane.doe@exam", "Jané"])
def test_search_goes_through_the_blind_index(
    office: Office, alice: User, jane: Client, text: str
) -> None:
    browser = office(alice)
    other = services.create_client(first_name="Otto", last_name="Other", by=actors.for_user(alice))
    page = browser.get(LIST, {"q": text}).content.decode()
    assert jane.pk in page
    assert other.pk not in page


def test_search_by_id(office: Office, alice: User, jane: Client) -> None:
    assert "Jane Doe" in office(alice).get(LIST, {"q": jane.pk}).content.decode()


def test_autocomplete_shows_names(office: Office, alice: User, jane: Client) -> None:
    query = {"app_label": "therapy_sessions", "model_name": "session", "field_name": "client"}
    response = office(alice).get("/admin/autocomplete/", {**query, "term": "ja"})
    assert response.json()["results"] == [{"id": jane.pk, "text": "Jane Doe"}]


def test_create(office: Office, alice: User) -> None:
    response = office(alice).post(LIST + "add/", ANA)
    ana = Client.objects.get()
    assert response.headers["Location"] == page_of(ana)
    assert (ana.first_name, ana.last_name, ana.metadata) == ("Ana", "Núñez", {"referred_by": "GP"})
    assert str(ana.date_of_birth) == "1990-02-28"
    assert ana.created_by == "alice@example.com"
    assert ana.care.get().carer == alice


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""),
        ("first_name", "x" * 101),
        ("email", "no address"),
        ("date_of_birth", "2999-01-01"),
        ("date_of_birth", "yesterday"),
        ("metadata", "[1]"),
        ("metadata", "{"),
    ],
)
def test_create_wrong(office: Office, alice: User, field: str, value: str) -> None:
    response = office(alice).post(LIST + "add/", {**ANA, field: value})
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert not Client.objects.exists()


def test_change_touches_what_was_changed(office: Office, alice: User, jane: Client) -> None:
    browser = office(alice)
    form = browser.get(page_of(jane)).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}
    services.update_client(jane.pk, changes={"phone": "+1 555 0100"}, by=actors.for_user(alice))
    browser.post(page_of(jane), {**data, "phone": "+1-234-567-8901", "last_name": "Roe"})
    jane.refresh_from_db()
    assert jane.full_name == "Jane Roe"
    assert "Jane Roe" in browser.get(LIST, {"q": "roe"}).content.decode()


def test_names_are_not_in_logs_or_messages(office: Office, alice: User, jane: Client) -> None:
    browser = office(alice)
    response = browser.post(page_of(jane), {**ANA, "first_name": "Janet"})
    told = [*texts(response), response.cookies.output()]
    for entry in LogEntry.objects.all():
        told += [entry.object_repr, entry.change_message]
    assert LogEntry.objects.get().object_repr == jane.pk
    assert not [text for text in told if "Jan" in text or "Núñez" in text or "Ana" in text]


def test_nobody_deletes(office: Office, bob: User, jane: Client) -> None:
    browser = office(bob)
    assert browser.post(page_of(jane, "delete"), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": jane.pk, "post": "yes"}
    browser.post(LIST, data)
    assert Client.objects.count() == 1


def test_consent_is_added_to_the_ledger(office: Office, alice: User, jane: Client) -> None:
    browser = office(alice)
    for granted in ("yes", "no"):
        data = {"granted": granted, "kind": "ai_processing", "note": f"said {granted}"}
        response = browser.post(page_of(jane, "consent"), data)
        assert response.headers["Location"] == page_of(jane)
    rows = [(consent.granted, consent.note) for consent in jane.consents.all()]
    assert rows == [(False, "said no"), (True, "said yes")]
    page = browser.get(page_of(jane)).content.decode()
    assert "said yes" in page
    assert "said no" in page


def test_a_wrong_consent_is_told(office: Office, alice: User, jane: Client) -> None:
    response = office(alice).post(page_of(jane, "consent"), {"granted": "maybe"})
    assert any("Select a valid choice" in text for text in texts(response))
    assert not Consent.objects.exists()


def test_buttons_want_a_post(office: Office, alice: User, jane: Client) -> None:
    assert office(alice).get(page_of(jane, "consent")).status_code == 405


def test_care_team(office: Office, bob: User, charlie: User, jane: Client) -> None:
    browser = office(bob)
    browser.post(page_of(jane, "carer"), {"carer": charlie.pk})
    assert Client.objects.visible_to(actors.for_user(charlie)).exists()
    browser.post(page_of(jane, "carer-end"), {"carer": charlie.pk})
    assert not Client.objects.visible_to(actors.for_user(charlie)).exists()


def test_clinicians_don_t_change_the_team(
    office: Office, alice: User, charlie: User, jane: Client
) -> None:
    browser = office(alice)
    assert "carer_form" not in browser.get(page_of(jane)).context
    response = browser.post(page_of(jane, "carer"), {"carer": charlie.pk})
    assert "Only an admin changes who cares for a client" in texts(response)
    browser.post(page_of(jane, "carer-end"), {"carer": alice.pk})
    assert list(CareAssignment.objects.values_list("carer", flat=True)) == [alice.pk]


def test_login_of_the_client(office: Office, bob: User, jane: Client, by_alice: Actor) -> None:
    own = accounts.create_user(username="jane", email="j@example.com", role="client", password=None)
    browser = office(bob)
    browser.post(page_of(jane, "login"), {"user": own.pk})
    jane.refresh_from_db()
    assert jane.user == own
    other = services.create_client(first_name="O", last_name="O", by=by_alice)
    browser.post(page_of(other, "login"), {"user": own.pk})
    browser.post(page_of(jane, "login"), {"user": ""})
    jane.refresh_from_db()
    other.refresh_from_db()
    assert (jane.user, other.user) == (None, None)


def test_sessions_are_listed(office: Office, alice: User, jane: Client, session: Session) -> None:
    assert session.pk in office(alice).get(page_of(jane)).content.decode()


def test_erase_asks_first(office: Office, alice: User, jane: Client, session: Session) -> None:
    browser = office(alice)
    assert "Erase this client" in browser.get(page_of(jane)).text
    asked = browser.post(page_of(jane, "erase"))
    assert "Jane Doe" in asked.text
    assert "1 session " in asked.text
    unsure = browser.post(page_of(jane, "erase"), {"asked": "1"})
    assert "This field is required" in unsure.text
    assert Client.objects.filter(pk=jane.pk).exists()


def test_erase(office: Office, alice: User, bob: User, jane: Client, session: Session) -> None:
    response = office(alice).post(page_of(jane, "erase"), {"asked": "1", "sure": "on"})
    receipt = Erasure.objects.get(client_id=jane.pk)
    assert response.headers["Location"] == LIST
    assert texts(response) == [f"The client {jane.pk} is erased. Receipt: {receipt}."]
    assert not LogEntry.objects.filter(object_id=jane.pk).exists()
    receipts = "/admin/clients/erasure/"
    assert jane.pk in office(bob).get(receipts).text
    assert "therapy_sessions.Session" in office(bob).get(f"{receipts}{receipt}/change/").text
    assert office(alice).get(receipts).status_code == 403


def test_erase_not_while_a_session_runs(
    office: Office, alice: User, jane: Client, active: Session
) -> None:
    response = office(alice).post(page_of(jane, "erase"), {"asked": "1", "sure": "on"})
    assert texts(response) == ["A session of the client is running"]
    assert Client.objects.filter(pk=jane.pk).exists()


def test_a_stranger_erases_nothing(office: Office, charlie: User, jane: Client) -> None:
    response = office(charlie).post(page_of(jane, "erase"), {"asked": "1", "sure": "on"})
    assert response.headers["Location"] == "/admin/"
    assert Client.objects.filter(pk=jane.pk).exists()
