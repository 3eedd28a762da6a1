"""Webhook receivers in one process: `/<milliseconds>/…` answers after so long.

`GET /seen` tells the path and the monotonic time of each request so far, and forgets them. They
stand for other people's machines, so they are as cheap as can be: on uvloop, without streams.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import cast

import orjson
import uvloop

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
END = b"\r\n\r\n"
seen: list[tuple[str, float]] = []


class Receiver(asyncio.Protocol):
    """One request after the other, as clients without pipelining send them."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.pending += data
        head, end, body = self.pending.partition(END)
        if end and len(body) >= _length(head):
            self.pending = b""
            self._answer(head.split(b" ", 2)[1].decode())

    def _answer(self, path: str) -> None:
        if path == "/seen":
            self.transport.write(_told())
            return
        seen.append((path, time.monotonic()))
        delay_s = int(path.split("/")[1]) / 1000
        asyncio.get_running_loop().call_later(delay_s, self._end)

    def _end(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(OK)


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].split(b"\r", 1)[0] or 0)


def _told() -> bytes:
    body = orjson.dumps(seen)
    seen.clear()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


async def main(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Receiver, "127.0.0.1", port, backlog=1000)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
