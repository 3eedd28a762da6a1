"""A thousand sockets on one session: CPU per delivery, against groups and plain sockets."""

from __future__ import annotations

import asyncio
import statistics
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field

import orjson
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import data
from benchmarks.harness import Server, bar, serving
from benchmarks.message_latency import message

SOCKETS = 1000
MESSAGES = 12
PAUSE_S = 0.2
IDLE_S = 60
GOING_BY = 32  # sockets that are opened at a time


@dataclass
class Crowd:
    """Sockets at one server; `kind` is the type of the frames that are counted."""

    server: Server
    path: str
    session_id: str
    kind: bytes
    sockets: list[ClientConnection] = field(default_factory=list)
    readers: list[asyncio.Task[None]] = field(default_factory=list)
    seen: int = 0
    lost: int = 0
    missed: int = 0
    costs_us: list[float] = field(default_factory=list)

    async def gather(self) -> None:
        gate = asyncio.Semaphore(GOING_BY)
        await asyncio.gather(*(self._join(gate) for _ in range(SOCKETS)))

    async def _join(self, gate: asyncio.Semaphore) -> None:
        url = f"ws://127.0.0.1:{self.server.port}{self.path}"
        body = {"type": "join_session", "id": "join", "data": {"session_id": self.session_id}}
        async with gate:
            socket = await connect(url, compression=None, ping_interval=None, open_timeout=60)
            if self.kind == b'"new_message"':
                await socket.send(orjson.dumps(body).decode())
                while b'"session_update"' not in await socket.recv(decode=False):
                    pass
        self.sockets.append(socket)
        self.readers.append(asyncio.create_task(self._read(socket)))

    async def _read(self, socket: ClientConnection) -> None:
        async for frame in socket:
            self.seen += self.kind in frame if isinstance(frame, bytes) else 0
            self.seen += self.kind.decode() in frame if isinstance(frame, str) else 0
        self.lost += 1

    async def burst(self) -> None:
        """Some messages to all; notes the CPU per delivery."""
        before, self.seen = self.server.cpu_s(), 0
        for _ in range(MESSAGES):
            await self.sockets[0].send(message(self.session_id))
            await asyncio.sleep(PAUSE_S)
        for _ in range(200):
            if self.seen >= MESSAGES * SOCKETS:
                break
            await asyncio.sleep(0.1)
        self.missed += MESSAGES * SOCKETS - self.seen
        self.costs_us.append((self.server.cpu_s() - before) / self.seen * 1e6)

    @property
    def cost_us(self) -> float:
        return statistics.median(self.costs_us[1:])


async def _measure(crowds: dict[str, Crowd], rounds: int) -> None:
    for crowd in crowds.values():
        await crowd.gather()
    for _ in range(rounds + 1):
        for crowd in crowds.values():
            await crowd.burst()
    await asyncio.sleep(IDLE_S)
    for name, crowd in crowds.items():
        kept = len(crowd.costs_us)
        await crowd.burst()
        del crowd.costs_us[kept:]
        print(f"{name}: {crowd.lost} sockets of {SOCKETS} lost, {crowd.missed} frames missed")


def main(rounds: int = 3) -> bool:
    url = data.database_of(1000)
    token = data.token(url, "carer")
    first, second = data.active_session(url, "carer"), data.active_session(url, "carer")
    project = "benchmarks.socket_app:application"
    with ExitStack() as stack:
        uvicorn = stack.enter_context(serving(project, DATABASE_URL=url))
        daphne = stack.enter_context(serving(project, server="daphne", DATABASE_URL=url))
        plain = stack.enter_context(serving("benchmarks.plain_sockets", server="program"))
        ours, anything = (f"/ws?token={token}", b'"new_message"'), b'"send_message"'
        crowds = {
            "ours, uvicorn": Crowd(uvicorn, ours[0], first, ours[1]),
            "ours, daphne": Crowd(daphne, ours[0], second, ours[1]),
            "groups, uvicorn": Crowd(uvicorn, "/bench", first, anything),
            "plain websockets": Crowd(plain, "/", first, anything),
        }
        asyncio.run(_measure(crowds, rounds))
    for name, crowd in crowds.items():
        print(f"{name:20}{crowd.cost_us:8.1f} us of CPU per delivery")
    whole = _whole(crowds["ours, uvicorn"]) and _whole(crowds["ours, daphne"])
    print(f"{'met   ' if whole else 'MISSED'} none of ours lost, idle for {IDLE_S} s")
    return _bars({name: crowd.cost_us for name, crowd in crowds.items()}) and whole


def _bars(us: dict[str, float]) -> bool:
    counted = [
        bar("a group's CPU, uvicorn", us["ours, uvicorn"] / us["groups, uvicorn"], 0.2),
        bar("plain websockets' CPU, uvicorn", us["ours, uvicorn"] / us["plain websockets"], 3),
    ]
    bar("a group's CPU, daphne (not counted)", us["ours, daphne"] / us["groups, uvicorn"], 0.2)
    daphne = us["ours, daphne"] / us["plain websockets"]
    bar("plain websockets' CPU, daphne (not counted)", daphne, 3)
    return all(counted)


def _whole(crowd: Crowd) -> bool:
    return crowd.lost == crowd.missed == 0


if __name__ == "__main__":
    sys.exit(not main())
