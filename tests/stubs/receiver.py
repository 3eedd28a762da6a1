"""A webhook receiver over real HTTP that behaves as a script says, well or badly.

`with Receiver() as receiver:` listens on 127.0.0.1. Each request takes the next of
`receiver.steps`; with none left it is answered with `receiver.default`.
"""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import orjson


@dataclass(frozen=True)
class Hit:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> str:
        name: str = orjson.loads(self.body)["event"]
        return name

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = orjson.loads(self.body)["data"]
        return data


Step = Callable[["Connection"], bool]  # whether the connection goes on


def answer(status: int = 200, body: bytes = b"ok", **headers: str) -> Step:
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return raw("\r\n".join([*lines, "", ""]).encode() + body, goes_on=True)


def raw(text: bytes, *, goes_on: bool = False) -> Step:
    def step(connection: Connection) -> bool:
        connection.wfile.write(text)
        return goes_on

    return step


def hang(connection: Connection) -> bool:
    connection.server.receiver.over.wait(30)
    return False


def flood(head: bytes, part: bytes) -> Step:
    """`head`, and then `part` for ever, as fast as it is read."""

    def step(connection: Connection) -> bool:
        connection.wfile.write(head)
        while True:
            connection.wfile.write(part)
            connection.server.receiver.flooded += len(part)

    return step


class Connection(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.server.receiver.connections += 1
        with contextlib.suppress(OSError):
            while self._one():
                pass

    def _one(self) -> bool:
        start = self.rfile.readline().decode()
        if not start:
            return False
        headers = {}
        while line := self.rfile.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", 0)))
        return self.server.receiver.took(Hit(start.split()[1], headers, body))(self)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 200
    receiver: Receiver


@dataclass
class Receiver:
    default: Step = field(default_factory=answer)
    steps: deque[Step] = field(default_factory=deque)
    hits: list[Hit] = field(default_factory=list)
    connections: int = 0
    flooded: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def took(self, hit: Hit) -> Step:
        self.hits.append(hit)
        return self.steps.popleft() if self.steps else self.default

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def __enter__(self) -> Self:
        self.server = _Server(("127.0.0.1", 0), Connection)
        self.server.receiver = self
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
