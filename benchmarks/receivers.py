"""Webhook receivers in one process: `/<milliseconds>/…` answers after so long.

`GET /seen` tells the path and the monotonic time of each request so far, and forgets them.
"""

from __future__ import annotations

import asyncio
import sys
import time

import orjson

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
seen: list[tuple[str, float]] = []


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            length = head.lower().partition(b"content-length:")[2].split(b"\r", 1)[0]
            await reader.readexactly(int(length or 0))
            writer.write(_told() if path == "/seen" else await _answer(path))
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _answer(path: str) -> bytes:
    seen.append((path, time.monotonic()))
    if delay := int(path.split("/")[1]):
        await asyncio.sleep(delay / 1000)
    return OK


def _told() -> bytes:
    body = orjson.dumps(seen)
    seen.clear()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


async def main(port: int) -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", port, backlog=1000)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
