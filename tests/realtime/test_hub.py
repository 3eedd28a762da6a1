"""The hub's short cut: what this process has committed is delivered unread, once, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.db import transaction

from apps.realtime import services
from apps.realtime.hub import Hub, Render
from apps.realtime.models import Event
from smartsteps.lib.threads import run_sync

pytestmark = pytest.mark.django_db(transaction=True)
TOPIC = "session.sample"


def render(event: Event) -> str:
    return f"{event.number} {event.body['word']}"


class Reader:
    id = "reader"
    staff = True

    def __init__(self) -> None:
        self.seen: list[str] = []

    @property
    def render(self) -> Render:
        return render

    def push(self, frame: str) -> None:
        self.seen.append(frame)

    async def push_slowly(self, frame: str) -> None:
        self.push(frame)

    async def push_gap(self, topic: str, first: int, last: int) -> None:
        self.push(f"gap {first}-{last}")

    def whisper(self, frame: dict[str, Any]) -> None:
        self.push(str(frame))

    async def has(self, *frames: str) -> None:
        for _ in range(100):
            if self.seen == list(frames):
                return
            await asyncio.sleep(0.05)
        assert self.seen == list(frames)


def publish(word: str) -> Event:
    with transaction.atomic():
        return services.publish(topic=TOPIC, type="word", body={"word": word})


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    hub = Hub()
    hub.start()
    yield hub
    await hub.stop()


async def test_what_is_published_here_arrives_once(hub: Hub) -> None:
    reader = Reader()
    await hub.join(TOPIC, reader)
    for word in ("one", "two", "three"):
        await run_sync(publish, word)
    await reader.has("1 one", "2 two", "3 three")
    await asyncio.sleep(0.3)  # for the wake-ups by Redis, which find nothing new
    await reader.has("1 one", "2 two", "3 three")


async def test_events_that_are_told_out_of_order_are_read(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader()
    await hub.join(TOPIC, reader)
    monkeypatch.setattr(services, "_announce", lambda event: None)
    events = [await run_sync(publish, word) for word in ("one", "two", "three")]
    for event in (events[1], events[0], events[2]):
        hub.told(event)
    await reader.has("1 one", "2 two", "3 three")


async def test_what_happens_during_the_welcome_comes_after_it(hub: Hub) -> None:
    reader, other = Reader(), Reader()
    other.id = "other"
    await hub.join(TOPIC, other)

    async def welcome(position: int) -> None:
        await run_sync(publish, "meanwhile")
        await asyncio.sleep(0.1)
        reader.push(f"welcome at {position}")

    await hub.join(TOPIC, reader, welcome=welcome)
    await reader.has("welcome at 0", "1 meanwhile")
    await other.has("1 meanwhile")


async def test_a_whisper_is_heard_once_and_before_what_follows(hub: Hub) -> None:
    reader, far = Reader(), Hub()
    far.start()
    services.neighbours.remove(far)  # as the hub of another process
    await hub.join(TOPIC, reader)
    far_reader = Reader()
    await far.join(TOPIC, far_reader)
    await services.whisper(TOPIC, {"typing": True})
    await run_sync(publish, "one")
    await far_reader.has("{'typing': True}", "1 one")
    await asyncio.sleep(0.2)  # for what came by Redis
    await reader.has("{'typing': True}", "1 one")
    await far.stop()


async def test_a_whisper_reaches_whoever_joined_before_redis_had_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_channel = services.layer().new_channel

    async def slowly() -> str:
        await asyncio.sleep(0.3)
        name: str = await open_channel()
        return name

    monkeypatch.setattr(services.layer(), "new_channel", slowly, raising=False)
    reader, hub = Reader(), Hub()
    hub.start()
    services.neighbours.remove(hub)  # as the hub of another process
    await hub.join(TOPIC, reader)
    await services.whisper(TOPIC, {"typing": True})
    await reader.has("{'typing': True}")
    await hub.stop()
