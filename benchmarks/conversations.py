"""200 conversations at once, each to its end, against one alone: the time of a turn per core.

Nobody thinks here: each player answers the moment the next question comes, so 200 of them keep
the server busy all the time. A turn then waits for 199 others, and what is compared is its time
against that of one alone, times the players, divided by the cores.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time

import orjson
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import data
from benchmarks.harness import bar, serving
from tests.characters.player import TERSE

PLAYERS = 200
ALONE = 8  # talks one after the other, before and after the crowd
PATH = "/ws/conversational-character-creation"


async def _until(socket: ClientConnection, kind: str) -> dict[str, str]:
    while (frame := orjson.loads(await socket.recv()))["type"] != kind:
        if frame["type"] == "error":
            raise SystemExit(f"{frame}")
    return dict(frame)


async def _talk(port: int, player: dict[str, str]) -> list[float]:
    """Seconds from each answer to the next question; the last to the finished character."""
    taken = []
    url = f"ws://127.0.0.1:{port}{PATH}?token={player['token']}"
    async with connect(url, open_timeout=60) as socket:
        await _until(socket, "assistant_message")
        start = {"type": "start_conversation", "player_id": player["id"]}
        await socket.send(orjson.dumps(start).decode())
        begun = await _until(socket, "progress_update")
        answer = {"type": "user_response", "conversation_id": begun["conversation_id"]}
        for line in TERSE:
            started = time.perf_counter()
            await socket.send(orjson.dumps(answer | {"content": line}).decode())
            await _until(socket, "assistant_message")
            taken.append(time.perf_counter() - started)
        await _until(socket, "conversation_completed")
    return taken


async def _alone(port: int, players: list[dict[str, str]]) -> list[float]:
    return [taken for player in players for taken in await _talk(port, player)]


async def _together(port: int, players: list[dict[str, str]]) -> list[float]:
    talks = await asyncio.gather(*(_talk(port, player) for player in players))
    return [taken for talk in talks for taken in talk]


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def main(server: str = "uvicorn") -> bool:
    url = data.database_of(1000)
    people = data.players(url, PLAYERS + 3 * ALONE)
    crowd, (warm, before, after) = people[:PLAYERS], _groups(people[PLAYERS:])
    with serving("smartsteps.asgi:application", server=server, DATABASE_URL=url) as process:
        asyncio.run(_alone(process.port, warm))
        alone = asyncio.run(_alone(process.port, before))
        started = time.perf_counter()
        crowded = asyncio.run(_together(process.port, crowd))
        lasted = time.perf_counter() - started
        alone += asyncio.run(_alone(process.port, after))
    fair = statistics.median(alone) * PLAYERS / (os.cpu_count() or 1)
    print(
        f"{server}: alone {statistics.median(alone) * 1e3:.1f} ms (p50), {PLAYERS} at once "
        f"{_p95(crowded) * 1e3:.0f} ms (p95), {len(crowded) / lasted:.0f} turns a second"
    )
    return bar("a turn alone, times players, per core", _p95(crowded) / fair, 5)


def _groups(people: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    return [people[at : at + ALONE] for at in range(0, len(people), ALONE)]


if __name__ == "__main__":
    sys.exit(not main(*sys.argv[1:2]))
