"""Publishing: a row in the caller's transaction, and a wake-up after its commit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol

import redis
from asgiref.sync import async_to_sync
from channels.layers import BaseChannelLayer, channel_layers
from django.db import connection, transaction

from apps.realtime.models import Audience, Event
from smartsteps.lib.batch import Batch, Query, Rows
from smartsteps.lib.commit import after_commit

logger = logging.getLogger(__name__)
REDIS_AWAY = (redis.RedisError, OSError)
REDIS_WITHIN_S = 1.0

NEXT_NUMBER = """
    INSERT INTO realtime_topic (name, last_number) VALUES (%s, 1)
    ON CONFLICT (name) DO UPDATE SET last_number = realtime_topic.last_number + 1
    RETURNING last_number
"""


LAST_NUMBER = "SELECT last_number FROM realtime_topic WHERE name = %s FOR NO KEY UPDATE"
RAISE_NUMBER = "UPDATE realtime_topic SET last_number = %s WHERE name = %s"


def layer() -> BaseChannelLayer:
    return channel_layers["default"]


def _next_number(topic: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [topic])
        number: int = cursor.fetchone()[0]
    return number


def lock(topic: str) -> Query:
    """For `publish`, in a round trip that the transaction needs anyway."""
    return Query(LAST_NUMBER, [topic])


def _number(topic: str, locked: Rows, batch: Batch) -> int:
    if not locked:  # not asked, or the topic is new
        return _next_number(topic)
    number = int(locked[0][0]) + 1
    batch.add(RAISE_NUMBER, number, topic)
    return number


def publish(
    *,
    topic: str,
    type: str,
    body: dict[str, Any],
    audience: str = Audience.ALL,
    batch: Batch | None = None,
    locked: Rows | None = None,
) -> Event:
    """Append to the topic's stream. Must run in the transaction that makes the fact true.

    What else the transaction has collected in `batch` is written with the event. `locked` is what
    `lock` found, if the transaction has asked; it is good for one event.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("publish() belongs in a transaction")
    batch = batch or Batch()
    number = _number(topic, locked or [], batch)
    event = Event(
        id=f"{topic}.{number}",
        topic_id=topic,
        number=number,
        type=type,
        audience=audience,
        body=body,
    )
    batch.insert(event)
    batch.write()
    # Robust: the fact is committed, and listeners look for themselves each second.
    after_commit(_announce, event)
    return event


Work = Callable[[], Awaitable[None]]


class Neighbour(Protocol):
    """The hub of this process; it need not be told through Redis, nor read what it is given."""

    id: str

    def told(self, event: Event) -> None: ...

    def overheard(self, message: dict[str, Any]) -> None: ...

    def spawn(self, work: Work) -> None: ...


neighbours: list[Neighbour] = []


def _announce(event: Event) -> None:
    message = {"type": "wake", "topic": event.topic_id, "number": event.number}
    wake = partial(tell, event.topic_id, message)
    for hub in neighbours[:1]:
        hub.told(event)
        hub.spawn(wake)
        return
    async_to_sync(tell)(event.topic_id, message)


async def tell(topic: str, message: dict[str, Any]) -> None:
    """Raises one of REDIS_AWAY; a Redis that hangs is as good as one that is away."""
    await asyncio.wait_for(layer().group_send(topic, message), REDIS_WITHIN_S)


async def whisper(topic: str, frame: dict[str, Any], origin: str = "") -> None:
    """Something that need not be kept (typing); `origin` is the socket not to tell."""
    message = {"type": "whisper", "topic": topic, "frame": frame, "origin": origin}
    for hub in neighbours[:1]:  # the way by Redis would be overtaken by events told at once
        hub.overheard(message)
        message["hub"] = hub.id
    try:
        await tell(topic, message)
    except REDIS_AWAY:
        logger.warning("Redis is away: a typing indicator was not shown")
