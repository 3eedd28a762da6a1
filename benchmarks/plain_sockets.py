"""The baseline: a program of `websockets` and redis-py alone, sending a channel to all."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import redis.asyncio
import websockets

sockets: set[Any] = set()
published = redis.asyncio.from_url(os.environ["REDIS_URL"], socket_timeout=None)


async def handle(socket: Any) -> None:
    sockets.add(socket)
    try:
        async for frame in socket:
            await published.publish("bench.plain", frame)
    finally:
        sockets.discard(socket)


async def main(port: int) -> None:
    async with published.pubsub() as channel:
        await channel.subscribe("bench.plain")
        async with websockets.serve(handle, "127.0.0.1", port, compression=None):
            async for message in channel.listen():
                if message["type"] == "message":
                    websockets.broadcast(sockets, message["data"].decode())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
