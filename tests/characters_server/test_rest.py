"""/api/conversations/{id}: state, pause, resume, abandon, export, delete."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts import actors
from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.scopes import ALL, CHARACTERS
from apps.characters import responses, retention, services
from apps.characters.models import Character, Conversation, Turn
from apps.realtime.models import Event, Topic
from apps.safety.models import SafetyEvent
from smartsteps.lib import clock
from tests import checks, routes
from tests.characters.test_interview import TERSE
from tests.conftest import Api

URL = "/api/conversations/{}"
# From the URL resolver: a new one is tested from its first day.
ROUTES = [
    (each.method, each.template.removeprefix("conversations/{conversation_id}"))
    for each in routes.operations(routes.CHARACTERS)
    if each.route.startswith("conversations/")
]


def _begin(player: User, *lines: str, id: str = "cvfirst") -> Conversation:
    by = actors.for_user(player)
    row = services.start_conversation(
        player_id=player.pk, conversation_id=id, welcome_id=f"t{id}", by=by
    )
    for line in lines:
        responses.respond(row.pk, content=line, answering=None, by=by)
    return services.get_conversation(row.pk, by=by)


def _problem(response: Any, status: int, code: str) -> None:
    assert response.status_code == status, response.content
    body = response.json()
    assert {"type", "error_message", "error_code", "timestamp", "details"} <= set(body)
    assert (body["type"], body["error_code"]) == ("error", code)


def test_state(api: Api, dana_db: User) -> None:
    row = _begin(dana_db, *TERSE[:4])
    body = api(dana_db).get(URL.format(row.pk) + "/state").json()
    assert set(body) == {
        "conversation_id", "player_id", "status", "progress", "collected_data", "created_at",
        "updated_at", "crisis_detected",
    }  # fmt: skip
    assert body["player_id"] == dana_db.pk
    assert (body["status"], body["crisis_detected"]) == ("active", False)
    assert body["progress"] == {
        "current_stage": "appearance",
        "progress_percentage": 15,
        "completed_stages": ["welcome", "identity"],
    }
    assert body["collected_data"]["name"] == "Ana"
    assert checks.TIME.fullmatch(body["created_at"])


def test_pause_resume_abandon(api: Api, dana_db: User) -> None:
    client, path = api(dana_db), URL.format(_begin(dana_db).pk)
    assert client.post(f"{path}/pause").json() == {
        "success": True,
        "message": "Conversation paused successfully",
    }
    _problem(client.post(f"{path}/pause"), 409, "CONVERSATION_INACTIVE")
    assert client.post(f"{path}/resume").json()["message"] == "Conversation resumed successfully"
    _problem(client.post(f"{path}/resume"), 409, "CONVERSATION_INACTIVE")
    assert client.post(f"{path}/abandon").json()["message"] == (
        "Conversation abandoned successfully"
    )
    for verb in ("pause", "resume", "abandon"):
        _problem(client.post(f"{path}/{verb}"), 409, "CONVERSATION_INACTIVE")


def test_export_holds_every_word_and_where_each_fact_is_from(api: Api, dana_db: User) -> None:
    row = _begin(dana_db, "hi", "My name is Ana")
    body = api(dana_db).get(URL.format(row.pk) + "/export").json()
    assert body["collected_data"] == {"name": "Ana"}
    assert body["provenance"]["name"][0]["quote"] == "Ana"
    said = [turn["content"] for turn in body["turns"] if turn["role"] == "player"]
    assert said == ["hi", "My name is Ana"]


def test_delete_leaves_nothing_of_it(api: Api, dana_db: User) -> None:
    row = _begin(dana_db, *TERSE)
    assert Character.objects.count() == 1
    assert api(dana_db).delete(URL.format(row.pk)).status_code == 204
    for model in (Conversation, Turn, Character):
        assert not model._default_manager.exists()
    assert not Event.objects.filter(topic_id=row.topic).exists()
    assert not Topic.objects.filter(pk=row.topic).exists()


def test_there_are_routes() -> None:
    assert {("get", "/state"), ("post", "/pause"), ("delete", "")} <= set(ROUTES)
    assert len(ROUTES) >= 6


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_other_method(api: Api, dana_db: User, method: str, path: str) -> None:
    row = _begin(dana_db)
    for other in {"get", "post", "put", "patch", "delete", "options"} - {method}:
        answer = getattr(api(dana_db), other)(URL.format(row.pk) + path)
        _problem(answer, 405, "INVALID_INPUT")
        assert method in answer.headers["Allow"].lower()


@pytest.mark.parametrize("id", ["cv", "x" * 200, "cv%00", "cv'--", "%E2%80%AE", "CV1"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_ids_that_are_none(api: Api, dana_db: User, method: str, path: str, id: str) -> None:
    _problem(getattr(api(dana_db), method)(URL.format(id) + path), 404, "CONVERSATION_NOT_FOUND")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_strangers(
    api: Api, dana_db: User, alice: User, jane_user: User, method: str, path: str
) -> None:
    row = _begin(dana_db)
    for stranger in (alice, jane_user):
        answers = [
            getattr(api(stranger), method)(URL.format(id) + path) for id in (row.pk, "cvnobodys")
        ]
        for answer in answers:
            _problem(answer, 404, "CONVERSATION_NOT_FOUND")
    for nobody in (None, "nonsense"):
        answer = getattr(api(nobody), method)(URL.format(row.pk) + path)
        _problem(answer, 401, "AUTHENTICATION_ERROR")
    key = checks.api_key(alice, *sorted(ALL - {CHARACTERS}))
    _problem(getattr(api(key), method)(URL.format(row.pk) + path), 403, "AUTHENTICATION_ERROR")
    ended = accounts.open_login(user=dana_db).token
    accounts.end_logins(user=dana_db)
    _problem(getattr(api(ended), method)(URL.format(row.pk) + path), 401, "AUTHENTICATION_ERROR")
    assert Conversation.objects.get().status == "active"


def test_a_carer_reads_and_changes_nothing(api: Api, jane_user: User, alice: User) -> None:
    row = _begin(jane_user)
    client, path = api(alice), URL.format(row.pk)
    assert client.get(f"{path}/state").status_code == 200
    for method, end in (("post", "/pause"), ("post", "/abandon"), ("delete", "")):
        _problem(getattr(client, method)(path + end), 403, "AUTHENTICATION_ERROR")


def test_a_body_is_refused(api: Api, dana_db: User) -> None:
    path = URL.format(_begin(dana_db).pk) + "/pause"
    client: APIClient = api(dana_db)
    _problem(client.post(path, {"x": 1}, format="json"), 422, "INVALID_INPUT")
    _problem(client.put(path), 405, "INVALID_INPUT")


def test_purge(dana_db: User) -> None:
    idle, over = _begin(dana_db), _begin(dana_db, *TERSE, id="cvsecond")
    kept = _begin(dana_db, "I want to kill myself", id="cvthird")
    paused = _begin(dana_db, "pause", id="cvfourth")
    for row in (idle, kept, paused):
        _age(row, updated_at=24 * 8)
    assert retention.purge() == (2, 0)
    assert _statuses() == ["abandoned", "completed", "abandoned", "paused"]
    _age(paused, updated_at=24 * 31)
    _age(idle, ended_at=24 * 8)
    _age(kept, ended_at=24 * 8)
    _age(over, ended_at=24 * 91)
    assert retention.purge() == (1, 2)
    left = {row.pk for row in Conversation.objects.all()}
    assert left == {kept.pk, paused.pk}  # an event of `kept` is open
    assert Character.objects.get().data["name"] == "Ana"
    assert SafetyEvent.objects.count() == 1


def _statuses() -> list[str]:
    return list(Conversation.objects.order_by("created_at").values_list("status", flat=True))


def _age(row: Conversation, **hours: int) -> None:
    moments = {name: clock.now() - timedelta(hours=count) for name, count in hours.items()}
    Conversation.objects.filter(pk=row.pk).update(**moments)
