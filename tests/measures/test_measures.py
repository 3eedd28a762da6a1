"""/api/v1/instruments, /clients/{id}/measures and /sessions/{id}/measures"""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients.models import Client
from apps.measures.instruments import INSTRUMENTS
from apps.measures.models import Measure
from apps.safety.models import SafetyEvent, StaffAlert
from apps.sessions import services as sessions
from apps.sessions.models import Session
from tests import checks
from tests.conftest import Api

OF_CLIENT = "/api/v1/clients/{}/measures"
OF_SESSION = "/api/v1/sessions/{}/measures"
GAD = {"instrument": "gad7", "answers": [2, 2, 1, 3, 1, 0, 1]}


def phq(item9: int | None) -> dict[str, Any]:
    return {"instrument": "phq9", "answers": [*[1] * 8, item9]}


def test_the_questionnaires(api: Api, alice: User) -> None:
    told = api(alice).get("/api/v1/instruments").json()["instruments"]
    facts = {each["instrument"]: (len(each["items"]), len(each["scale"])) for each in told}
    assert facts == {"gad7": (7, 4), "phq9": (9, 4)}


@pytest.mark.parametrize(
    ("name", "totals"),
    [
        ("phq9", {0: "minimal", 4: "minimal", 5: "mild", 9: "mild", 10: "moderate", 14: "moderate",
                  15: "moderately severe", 19: "moderately severe", 20: "severe", 27: "severe"}),
        ("gad7", {0: "minimal", 4: "minimal", 5: "mild", 10: "moderate", 15: "severe",
                  21: "severe"}),
    ],
)  # fmt: skip
def test_bands_are_the_published_ones(name: str, totals: dict[int, str]) -> None:
    form = INSTRUMENTS[name]
    assert {total: form.band(total) for total in totals} == totals
    assert form.highest == max(totals)


def test_staff_enter_and_list(api: Api, alice: User, jane: Client) -> None:
    url = OF_CLIENT.format(jane.pk)
    sent = {**GAD, "taken_at": "2025-05-10T14:00:00Z"}
    made = api(alice).post(url, sent, format="json")
    assert made.status_code == 201
    body = made.json()
    assert (body["total"], body["band"], body["source"]) == (10, "moderate", "staff")
    assert body["taken_at"] == "2025-05-10T14:00:00Z"
    assert api(alice).get(url).json() == {"measures": [body]}


def test_an_open_item_leaves_no_total(api: Api, alice: User, jane: Client) -> None:
    answers = [2, None, 1, 3, 1, 0, 1]
    body = (
        api(alice)
        .post(OF_CLIENT.format(jane.pk), {**GAD, "answers": answers}, format="json")
        .json()
    )
    assert (body["total"], body["band"], body["answers"]) == (None, None, answers)


@pytest.mark.parametrize(
    "changes",
    [
        {"instrument": "beck"},
        {"answers": [1] * 6},
        {"answers": [*[1] * 6, 4]},
        {"answers": [*[1] * 6, -1]},
        {"answers": [*[1] * 6, True]},
        {"answers": [*[1] * 6, 1.5]},
        {"answers": [None] * 7},
        {"answers": "1111111"},
        {"taken_at": "2999-01-01T00:00:00Z"},
        {"taken_at": "2025-05-10T14:00:00"},
        {"total": 3},
    ],
)
def test_wrong_input(api: Api, alice: User, jane: Client, changes: dict[str, Any]) -> None:
    response = api(alice).post(OF_CLIENT.format(jane.pk), {**GAD, **changes}, format="json")
    checks.problem(response, 422, "validation_error")
    assert not Measure.objects.exists()


def test_the_client_fills_in_in_the_room(api: Api, alice: User, active: Session) -> None:
    client = api(checks.join_token(active, alice))
    response = client.post(OF_SESSION.format(active.pk), GAD, format="json")
    assert response.status_code == 201
    receipt = response.json()
    assert (receipt["is_complete"], receipt["support"]) == (True, None)
    assert "total" not in receipt  # what it means is for the clinician to say
    measure = Measure.objects.get()
    assert (measure.source, measure.session_id) == ("client", active.pk)
    assert measure.entered_by == active.client_id
    checks.problem(client.get(OF_CLIENT.format(active.client_id)), 403, "permission_denied")


def test_not_in_a_cancelled_session(
    api: Api, alice: User, by_alice: Actor, session: Session
) -> None:
    sessions.cancel_session(session.pk, by=by_alice)
    response = api(alice).post(OF_SESSION.format(session.pk), GAD, format="json")
    checks.problem(response, 409, "conflict")


@pytest.mark.parametrize(("answer", "level"), [(1, "moderate"), (2, "high"), (3, "high")])
def test_item_nine_reaches_staff_and_help_the_client(
    api: Api, alice: User, active: Session, answer: int, level: str
) -> None:
    client = api(checks.join_token(active, alice))
    receipt = client.post(OF_SESSION.format(active.pk), phq(answer), format="json").json()
    assert "findahelpline.com" in receipt["support"]
    event = SafetyEvent.objects.get()
    assert (event.level, event.surface, event.subject_id) == (level, "session", active.pk)
    signal = event.signals.get()
    assert signal.message_id == receipt["measure_id"]
    assert "better off dead" in signal.quote
    assert StaffAlert.objects.get().address == "alice@example.com"


@pytest.mark.parametrize("answer", [0, None])
def test_item_nine_without_a_sign(api: Api, alice: User, jane: Client, answer: int | None) -> None:
    api(alice).post(OF_CLIENT.format(jane.pk), phq(answer), format="json")
    assert Measure.objects.exists()
    assert not SafetyEvent.objects.exists()


def test_item_nine_from_paper_is_an_event_of_the_client(
    api: Api, alice: User, jane: Client
) -> None:
    for _ in range(2):
        api(alice).post(OF_CLIENT.format(jane.pk), phq(1), format="json")
    event = SafetyEvent.objects.get()
    assert (event.surface, event.subject_id) == ("measure", jane.pk)
    assert event.signals.count() == 2


def test_stranger(api: Api, charlie: User, active: Session) -> None:
    checks.like_unknown(api(charlie), "get", OF_CLIENT, active.client_id)
    checks.like_unknown(api(charlie), "post", OF_CLIENT, active.client_id, GAD)
    checks.like_unknown(api(charlie), "post", OF_SESSION, active.pk, GAD)
    assert not Measure.objects.exists()
