"""From a message to `new_message` at a second socket, against a bare echo through Channels."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from itertools import count

import orjson
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import data
from benchmarks.harness import bar, serving

BLOCK = 15  # messages in a row, slower than the limit of frames per second
PAUSE_S = 0.06
numbers = count()


def message(session_id: str) -> str:
    content = f"I slept a little better this week, number {next(numbers)}."
    body = {"session_id": session_id, "content": content, "sender_type": "client"}
    return orjson.dumps({"type": "send_message", "id": "bench", "data": body}).decode()


async def _until(socket: ClientConnection, kind: str) -> None:
    while orjson.loads(await socket.recv())["type"] != kind:
        pass


async def _one(sender: ClientConnection, reader: ClientConnection, frame: str, kind: str) -> float:
    started = time.perf_counter()
    await sender.send(frame)
    await _until(reader, kind)
    return time.perf_counter() - started


async def _measure(port: int, token: str, session_id: str, rounds: int) -> tuple[float, float]:
    """Medians in seconds: ours, and the echo."""
    join = {"type": "join_session", "id": "join", "data": {"session_id": session_id}}
    ours, echo = f"ws://127.0.0.1:{port}/ws?token={token}", f"ws://127.0.0.1:{port}/bench"
    times: tuple[list[float], list[float]] = ([], [])
    async with connect(ours) as a, connect(ours) as b, connect(echo) as c, connect(echo) as d:
        for socket in (a, b):
            await socket.send(orjson.dumps(join).decode())
            await _until(socket, "session_update")
        for turn in range(rounds + 1):
            for kind, sender, reader, seen in (
                ("new_message", a, b, times[0]),
                ("send_message", c, d, times[1]),
            ):
                for _ in range(BLOCK):
                    taken = await _one(sender, reader, message(session_id), kind)
                    seen.extend([taken] if turn else [])  # the first turn warms up
                    await asyncio.sleep(PAUSE_S)
    return statistics.median(times[0]), statistics.median(times[1])


def main(server: str = "uvicorn", rounds: int = 7) -> bool:
    url = data.database_of(1000)
    token, session_id = data.token(url, "carer"), data.active_session(url, "carer")
    app = "benchmarks.socket_app:application"
    with serving(app, server=server, DATABASE_URL=url) as process:
        ours, echo = asyncio.run(_measure(process.port, token, session_id, rounds))
    print(f"{server}: ours {ours * 1e3:.2f} ms, echo {echo * 1e3:.2f} ms (p50)")
    return bar("a bare echo's time from socket to socket", ours / echo, 3)


if __name__ == "__main__":
    sys.exit(not main(*sys.argv[1:2]))
