"""A real HTTP server that speaks OpenAI's chat completions, well or badly, as a script says.

`with OpenAIStub() as stub:` listens on a free port of 127.0.0.1 (`stub.url`, to be used as
OPENAI_BASE_URL). Each request takes the next step put there with `stub.script(...)`; with no step
left, `stub.default` answers. What came in is in `stub.requests`; `stub.cut` notes the moments at
which a reader left before its answer was complete.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Step = Callable[["Exchange"], None]
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


class ReaderLeft(Exception):
    """The client closed its connection while an answer was under way."""


@dataclass
class Exchange:
    """One request under way, and the means to answer it."""

    handler: BaseHTTPRequestHandler
    body: dict[str, Any]
    stub: OpenAIStub

    @property
    def system(self) -> str:
        return "\n".join(m["content"] for m in self.body["messages"] if m["role"] == "system")

    @property
    def prompt(self) -> str:
        return "\n".join(m["content"] for m in self.body["messages"])

    def send(self, status: int, raw: bytes, headers: dict[str, str] | None = None) -> None:
        self.handler.send_response(status)
        sent = {"Content-Type": "application/json", **(headers or {})}
        for name, value in {**sent, "Content-Length": str(len(raw))}.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.write(raw)

    def begin_stream(self) -> None:
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "text/event-stream")
        self.handler.send_header("Transfer-Encoding", "chunked")
        self.handler.end_headers()

    def event(self, payload: object) -> None:
        data = payload if isinstance(payload, str) else json.dumps(payload)
        self.chunk(f"data: {data}\n\n".encode())

    def chunk(self, raw: bytes) -> None:
        self.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")

    def end_stream(self) -> None:
        self.write(b"0\r\n\r\n")

    def write(self, raw: bytes) -> None:
        try:
            self.handler.wfile.write(raw)
            self.handler.wfile.flush()
        except OSError as error:
            raise ReaderLeft from error

    def drop(self) -> None:
        """Close the connection without another byte."""
        self.handler.close_connection = True
        with contextlib.suppress(OSError):
            self.handler.connection.shutdown(socket.SHUT_RDWR)

    def wait(self, seconds: float) -> None:
        """Sit still, but not longer than the stub lives."""
        self.stub.stopping.wait(seconds)


def _completion(exchange: Exchange, message: dict[str, Any], usage: object, finish: str) -> None:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    body = {"id": "x", "object": "chat.completion", "model": exchange.body["model"]}
    exchange.send(200, json.dumps({**body, "choices": [choice], "usage": usage}).encode())


def _chunk(exchange: Exchange, delta: dict[str, Any], finish: str | None = None) -> None:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    head = {"id": "x", "object": "chat.completion.chunk", "model": exchange.body["model"]}
    exchange.event({**head, "choices": [choice]})


def _words(text: str) -> Iterable[str]:
    return [word + " " for word in text.split(" ")[:-1]] + [text.split(" ")[-1]]


def say(text: str, *, usage: object = USAGE, finish: str = "stop", gap_s: float = 0.0) -> Step:
    """Answer `text`, streamed word by word when the request asks for a stream."""

    def step(exchange: Exchange) -> None:
        if not exchange.body.get("stream"):
            return _completion(exchange, {"content": text}, usage, finish)
        exchange.begin_stream()
        for word in _words(text):
            _chunk(exchange, {"content": word})
            exchange.wait(gap_s)
        _chunk(exchange, {}, finish)
        if usage and exchange.body.get("stream_options", {}).get("include_usage"):
            exchange.event({"model": exchange.body["model"], "choices": [], "usage": usage})
        exchange.event("[DONE]")
        exchange.end_stream()
        return None

    return step


def answer(make: Callable[[Exchange], str], **options: Any) -> Step:
    """Like `say`, with a text made from the request: a model that obeys, echoes, or leaks."""
    return lambda exchange: say(make(exchange), **options)(exchange)


def refuse(reason: str = "I can't help with that.") -> Step:
    def step(exchange: Exchange) -> None:
        _completion(exchange, {"content": None, "refusal": reason}, USAGE, "stop")

    return step


def status(code: int, *, headers: dict[str, str] | None = None, kind: str = "error") -> Step:
    raw = json.dumps({"error": {"message": "scripted", "code": kind, "type": kind}}).encode()
    return lambda exchange: exchange.send(code, raw, headers)


def raw(body: bytes, content_type: str = "application/json") -> Step:
    """A 200 with these very bytes: not JSON, half JSON, a list, nothing."""
    return lambda exchange: exchange.send(200, body, {"Content-Type": content_type})


def empty_choices() -> Step:
    return raw(json.dumps({"choices": [], "usage": USAGE}).encode())


def hang(seconds: float = 60.0) -> Step:
    def step(exchange: Exchange) -> None:
        exchange.wait(seconds)
        exchange.drop()

    return step


def cut(after: str = "") -> Step:
    """Break the connection off: before the first byte, or in the middle of a stream."""

    def step(exchange: Exchange) -> None:
        if after:
            exchange.begin_stream()
            for word in _words(after):
                _chunk(exchange, {"content": word})
        exchange.drop()

    return step


def end_early(text: str) -> Step:
    """A stream that ends politely without saying that it was finished."""

    def step(exchange: Exchange) -> None:
        exchange.begin_stream()
        _chunk(exchange, {"content": text})
        exchange.end_stream()

    return step


def stream_error(text: str) -> Step:
    def step(exchange: Exchange) -> None:
        exchange.begin_stream()
        _chunk(exchange, {"content": text})
        exchange.event({"error": {"message": "scripted"}})
        exchange.end_stream()

    return step


def drip(gap_s: float = 0.1, seconds: float = 60.0) -> Step:
    """A byte now and then: no single read is ever late, and the answer never complete."""

    def step(exchange: Exchange) -> None:
        exchange.begin_stream()
        until = time.monotonic() + seconds
        while time.monotonic() < until and not exchange.stub.stopping.is_set():
            exchange.chunk(b" ")
            exchange.wait(gap_s)

    return step


@dataclass
class OpenAIStub:
    default: Step = field(default_factory=lambda: say("That sounds like a lot to carry."))
    steps: deque[Step] = field(default_factory=deque)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    cut: list[float] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def script(self, *steps: Step) -> None:
        self.steps.extend(steps)

    def take(self, headers: dict[str, str], body: dict[str, Any]) -> Step:
        with self.lock:
            self.requests.append(body)
            self.headers.append(headers)
            return self.steps.popleft() if self.steps else self.default


def _handler(stub: OpenAIStub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            # An idle kept-alive connection must not hold the stub's end up.
            self.connection.settimeout(10)

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            exchange = Exchange(self, json.loads(raw), stub)
            headers = {name.lower(): value for name, value in self.headers.items()}
            step = stub.take(headers, exchange.body)
            if self.path != "/v1/chat/completions":
                step = status(404)
            try:
                step(exchange)
            except ReaderLeft:
                stub.cut.append(time.monotonic())
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """The tests' output stays clean."""

    return Handler
