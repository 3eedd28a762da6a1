"""/api/characters/{id}: what a conversation has made, to look at and to delete."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.accounts.scopes import ALL, CHARACTERS
from apps.characters.models import Character, Conversation
from apps.personas.models import Companion
from tests import checks
from tests.conftest import Api
from tests.sessions.test_companion import made_by

URL = "/api/characters/{}"


def _problem(response: Any, status: int, code: str) -> None:
    assert response.status_code == status, response.content
    assert (response.json()["type"], response.json()["error_code"]) == ("error", code)


def test_it_works(api: Api, jane_user: User, alice: User, bob: User) -> None:
    pk = made_by(jane_user)
    for who in (jane_user, alice, bob):
        body = api(who).get(URL.format(pk)).json()
        assert set(body) == {
            "character_id", "name", "completeness_score", "ready_for_creation",
            "character_preview",
        }  # fmt: skip
        assert (body["character_id"], body["name"]) == (pk, "Ana")


def test_deleted_long_after_its_conversation(api: Api, jane_user: User) -> None:
    pk = made_by(jane_user)
    Conversation.objects.all().delete()
    assert api(jane_user).delete(URL.format(pk)).status_code == 204
    assert not Character.objects.exists()
    assert not Companion.objects.exists()
    _problem(api(jane_user).get(URL.format(pk)), 404, "CONVERSATION_NOT_FOUND")


def test_deleted_with_its_conversation(api: Api, jane_user: User) -> None:
    pk = made_by(jane_user)
    assert api(jane_user).delete(URL.format(pk)).status_code == 204
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("method", ["get", "delete"])
def test_wrong_users(
    api: Api, jane_user: User, dana_db: User, charlie: User, alice: User, method: str
) -> None:
    path = URL.format(made_by(jane_user))
    for stranger in (dana_db, charlie):
        for url in (path, URL.format("chnobodys")):
            _problem(getattr(api(stranger), method)(url), 404, "CONVERSATION_NOT_FOUND")
    _problem(getattr(api(None), method)(path), 401, "AUTHENTICATION_ERROR")
    key = checks.api_key(alice, *sorted(ALL - {CHARACTERS}))
    _problem(getattr(api(key), method)(path), 403, "AUTHENTICATION_ERROR")
    _problem(api(alice).delete(path), 403, "AUTHENTICATION_ERROR")
    assert Character.objects.exists()
