"""One hub per process: reads each new event once and hands it to the process's listeners.

Redis only says "look"; what there is to see are rows. A look each second makes up for a
wake-up that never came, so a dead Redis costs a second and loses nothing.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import wait_for
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Protocol

from django.db import DatabaseError

from apps.realtime.models import Audience, Event, Topic
from apps.realtime.services import REDIS_AWAY, REDIS_WITHIN_S, Work, layer, neighbours
from smartsteps.lib.ids import new_id
from smartsteps.lib.threads import run_sync, serving

logger = logging.getLogger(__name__)
LOOK_EVERY_S = 1.0
PAGE = 200

Render = Callable[[Event], str]


class Listener(Protocol):
    """A socket or stream. `push` never blocks: it queues, or drops the reader for being slow."""

    id: str

    @property
    def staff(self) -> bool: ...

    @property
    def render(self) -> Render: ...

    def push(self, frame: str) -> None: ...

    async def push_slowly(self, frame: str) -> None:
        """For replays: waits until there is room."""

    async def push_gap(self, topic: str, first: int, last: int) -> None: ...

    def whisper(self, frame: dict[str, Any]) -> None: ...


@dataclass
class _Stream:
    cursor: int = -1
    listeners: dict[str, Listener] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    subscribed: bool = False


Check = Callable[[], Awaitable[None]]
Welcome = Callable[[int], Awaitable[None]]


class Hub:
    def __init__(self) -> None:
        self.id = new_id("hub_")
        self.streams: dict[str, _Stream] = {}
        self.checks: list[Check] = []
        self.channel = ""
        self._running: list[asyncio.Task[None]] = []
        self._background: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Idempotent; the tasks live as long as the process's event loop."""
        if not self._running:
            self._loop = asyncio.get_running_loop()
            self._asked = asyncio.Event()  # Redis, for a channel; whatever came of it
            self._running = [
                asyncio.create_task(self._listen()),
                asyncio.create_task(self._watch()),
            ]
            neighbours.append(self)
            serving.append(self._loop)

    async def stop(self) -> None:
        """Forget everything; the next join starts anew, in whatever loop is then running."""
        if self in neighbours:
            neighbours.remove(self)
            serving.remove(self._loop)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, *self._background, return_exceptions=True)
        self._running, self.channel = [], ""
        self.streams.clear()

    async def join(
        self,
        topic: str,
        listener: Listener,
        after: int | None = None,
        welcome: Welcome | None = None,
    ) -> None:
        """Deliver from now on, or everything after number `after`.

        `welcome` is given the position that is reached, before anything after it is delivered.
        """
        self.start()
        if after is not None:  # most of it without holding up the others
            after = await self._replay(topic, listener, after)
        while True:
            stream = self.streams.setdefault(topic, _Stream())
            async with stream.lock:
                if self.streams.get(topic) is stream:  # not left by its last listener meanwhile
                    await self._catch_up(topic, stream, listener, after)
                    if welcome is not None:
                        await welcome(stream.cursor)
                    stream.listeners[listener.id] = listener
                    return

    async def _catch_up(
        self, topic: str, stream: _Stream, listener: Listener, after: int | None
    ) -> None:
        """The caller holds the stream's lock, so nothing comes between replay and live events."""
        if stream.cursor < 0:
            stream.cursor = await run_sync(_last_number, topic)
        await self._subscribe(topic, stream)
        await self._pump(topic, stream)
        if after is not None:
            after = await self._replay(topic, listener, after, until=stream.cursor)
            if after < stream.cursor:
                await listener.push_gap(topic, after + 1, stream.cursor)

    async def leave(self, topic: str, listener: Listener) -> None:
        stream = self.streams.get(topic)
        if stream is None:
            return
        stream.listeners.pop(listener.id, None)
        async with stream.lock:
            if not stream.listeners and self.streams.get(topic) is stream:
                del self.streams[topic]
                await self._unsubscribe(topic, stream)

    async def _replay(
        self, topic: str, listener: Listener, after: int, until: int | None = None
    ) -> int:
        """Old events to one listener; a hole (purged events) is told, not hidden."""
        while events := await run_sync(_read, topic, after, until):
            if events[0].number > after + 1:
                await listener.push_gap(topic, after + 1, events[0].number - 1)
            for event in events:
                if listener.staff or event.audience == Audience.ALL:
                    frame = listener.render(event)
                    if until is None:
                        await listener.push_slowly(frame)
                    else:  # under the stream's lock, where a slow reader must not hold up others
                        listener.push(frame)
            after = events[-1].number
        return after

    async def _pump(self, topic: str, stream: _Stream) -> None:
        """New events to all listeners; the caller holds the stream's lock."""
        full = True
        while full:
            events = await run_sync(_read, topic, stream.cursor)
            for event in events:
                _deliver(event, stream.listeners.values())
                stream.cursor = event.number
            full = len(events) == PAGE

    def told(self, event: Event) -> None:
        """From any thread: an event that this process has just committed."""
        self._loop.call_soon_threadsafe(self._take, event)

    def _take(self, event: Event) -> None:
        """Deliver it unread if it is the next one; else rows have to be read as ever."""
        stream = self.streams.get(event.topic_id)
        if stream is None or event.number <= stream.cursor:
            return
        if stream.cursor == event.number - 1 and not stream.lock.locked():
            _deliver(event, stream.listeners.values())
            stream.cursor = event.number
        else:
            self._in_order({"type": "wake", "topic": event.topic_id, "number": event.number})

    def overheard(self, message: dict[str, Any]) -> None:
        """From any thread: a whisper of this process, which comes by Redis too."""
        self._loop.call_soon_threadsafe(self._pass_on, message.copy())

    def _pass_on(self, message: dict[str, Any]) -> None:
        stream = self.streams.get(message["topic"])
        if stream is None or stream.lock.locked():
            self._in_order(message)
        else:
            _whisper(message, stream.listeners.values())

    def spawn(self, work: Work) -> None:
        """From any thread: something for Redis that nobody waits for."""
        self._loop.call_soon_threadsafe(self._background_task, work)

    def _background_task(self, work: Work) -> None:
        task = self._loop.create_task(self._tolerant(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _tolerant(self, work: Work) -> None:
        try:
            await work()
        except REDIS_AWAY:
            logger.warning("Redis is away: other processes look for events each second")

    async def _subscribe(self, topic: str, stream: _Stream) -> None:
        """Whoever joins as the process starts waits for its channel: a whisper is not kept."""
        if stream.subscribed:
            return
        with suppress(TimeoutError):
            await wait_for(self._asked.wait(), REDIS_WITHIN_S)
        if self.channel:
            try:
                await wait_for(layer().group_add(topic, self.channel), REDIS_WITHIN_S)
                stream.subscribed = True
            except REDIS_AWAY:
                logger.warning("Redis is away: looking for events each second")

    async def _unsubscribe(self, topic: str, stream: _Stream) -> None:
        if stream.subscribed:
            try:
                await wait_for(layer().group_discard(topic, self.channel), REDIS_WITHIN_S)
            except REDIS_AWAY:
                logger.warning("Redis is away: a subscription is left to end by itself")

    async def _listen(self) -> None:
        while True:
            try:
                await self._open_channel()
                message = await layer().receive(self.channel)
                if message.get("hub") != self.id:
                    self._in_order(message)
            except REDIS_AWAY:
                logger.warning("Redis is away: waiting for it")
                await asyncio.sleep(LOOK_EVERY_S)

    async def _open_channel(self) -> None:
        try:
            self.channel = self.channel or await layer().new_channel()
        finally:
            self._asked.set()

    def _in_order(self, message: dict[str, Any]) -> None:
        """Streams work side by side; within one, asyncio's lock serves in order of arrival."""
        self._background_task(partial(self._heard, message))

    async def _heard(self, message: dict[str, Any]) -> None:
        topic = message["topic"]
        stream = self.streams.get(topic)
        if stream is None:
            return
        async with stream.lock:
            if message["type"] != "wake":
                _whisper(message, stream.listeners.values())
            elif message["number"] > stream.cursor:
                await self._try_pump(topic, stream)

    async def _try_pump(self, topic: str, stream: _Stream) -> None:
        try:
            await self._pump(topic, stream)
        except DatabaseError:
            logger.warning("PostgreSQL is away: looking again in a second")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            for check in (self._look, *self.checks):
                await self._guarded(check)

    async def _guarded(self, check: Check) -> None:
        try:
            await check()
        except DatabaseError:
            logger.warning("PostgreSQL is away: looking again in a second")
        except Exception as error:  # the loop's edge: without it nobody is told or closed again
            logger.error("a check of the hub broke", exc_info=error)

    async def _look(self) -> None:
        live = list(self.streams)
        if not live:
            return
        numbers = await run_sync(_last_numbers, live)
        for topic in live:
            stream = self.streams.get(topic)
            if stream is None:
                continue
            async with stream.lock:
                await self._subscribe(topic, stream)
                if numbers.get(topic, 0) > stream.cursor:
                    await self._pump(topic, stream)


def _deliver(event: Event, listeners: Iterable[Listener]) -> None:
    """Each way of rendering is rendered once, however many listen."""
    frames: dict[Render, str] = {}
    for listener in list(listeners):
        if event.audience == Audience.STAFF and not listener.staff:
            continue
        if listener.render not in frames:
            frames[listener.render] = listener.render(event)
        listener.push(frames[listener.render])


def _whisper(message: dict[str, Any], listeners: Iterable[Listener]) -> None:
    for listener in list(listeners):
        if listener.id != message["origin"]:
            listener.whisper(message["frame"])


def _read(topic: str, after: int, until: int | None = None) -> list[Event]:
    events = Event.objects.after(topic, after)
    return list(events[:PAGE] if until is None else events.filter(number__lte=until)[:PAGE])


def _last_number(topic: str) -> int:
    return _last_numbers([topic]).get(topic, 0)


def _last_numbers(topics: list[str]) -> dict[str, int]:
    return dict(Topic.objects.filter(pk__in=topics).values_list("pk", "last_number"))


@cache
def the_hub() -> Hub:
    """This process's hub."""
    return Hub()
