"""Without Redis: what was asked is done and committed, and heard a little later."""

from __future__ import annotations

import json
from typing import Any

import pytest
from channels.layers import channel_layers
from channels_redis.pubsub import RedisPubSubChannelLayer

from apps.accounts.models import User
from apps.jobs.models import State
from apps.sessions.models import Reply, Session
from smartsteps.celery import app
from smartsteps.lib.threads import run_sync
from tests.conftest import Api
from tests.served import Dial

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def redis_away(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = RedisPubSubChannelLayer(hosts=[{"address": NOWHERE}])
    monkeypatch.setitem(channel_layers.backends, "default", layer)
    monkeypatch.setattr(app.conf, "broker_url", NOWHERE)


@pytest.mark.django_db(transaction=True)
def test_a_message_is_taken_all_the_same(
    redis_away: None, api: Api, alice: User, active: Session
) -> None:
    body = {"content": "I feel stressed.", "sender_type": "client"}
    response = api(alice).post(f"/api/v1/sessions/{active.pk}/messages", body, format="json")
    assert response.status_code == 201
    assert Reply.objects.get().state == State.PENDING


async def test_sockets_hear_of_it_within_seconds(
    redis_away: None, dial: Dial, api: Api, alice: User, active: Session
) -> None:
    body = {"content": "Hello", "sender_type": "facilitator"}
    path = f"/api/v1/sessions/{active.pk}/messages"
    async with dial(alice) as talk:
        assert (await talk.join(active.pk))["type"] == "session_update"
        posted: dict[str, Any] = json.loads(
            (await run_sync(lambda: api(alice).post(path, body, format="json"))).content
        )
        frame = await talk.hear("new_message", within=2.5)
        assert frame["data"]["message"] == posted
