"""A socket's bounded queue of outgoing frames: a slow reader is dropped, never waited for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

MAX_BYTES = 1024 * 1024


class Outbox:
    """`write(frame)` sends one frame; `overflow()` is called once, when the reader is too slow."""

    def __init__(
        self,
        write: Callable[[str], Awaitable[None]],
        overflow: Callable[[], None],
        max_frames: int,
    ) -> None:
        self.write = write
        self.overflow = overflow
        self.max_frames = max_frames
        self.frames: deque[str] = deque()
        self.bytes = 0
        self.closed = False
        self._filled = asyncio.Event()
        self._drained = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    def push(self, frame: str) -> None:
        if self.closed:
            return
        self.frames.append(frame)
        self.bytes += len(frame)
        self._filled.set()
        if len(self.frames) > self.max_frames or self.bytes > MAX_BYTES:
            self.close()
            self.overflow()

    async def push_slowly(self, frame: str) -> None:
        """Wait until the queue is half empty, so that a long replay is no overflow."""
        while len(self.frames) > self.max_frames // 2 and not self.closed:
            self._drained.clear()
            await self._drained.wait()
        self.push(frame)

    async def flush(self) -> None:
        while self.frames and not self.closed:
            self._drained.clear()
            await self._drained.wait()

    def close(self) -> None:
        self.closed = True
        self.frames.clear()
        self._drained.set()
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self.frames:
                frame = self.frames[0]
                await self.write(frame)
                self.frames.popleft()
                self.bytes -= len(frame)
                self._drained.set()
