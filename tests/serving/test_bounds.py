"""What a connection may cost, and what it is told, the same behind either server."""

from __future__ import annotations

import base64
import http.client
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.serving.conftest import Probe

TOKEN = "eyJ-not-for-any-log"
MASK = b"\0\0\0\0"


def close_code(probe: Probe, act: Callable[[ClientConnection], object]) -> int | None:
    """The code that the server closes with; None if it cuts the connection."""
    with connect(probe.ws_url, close_timeout=1) as client:
        try:
            act(client)
            client.recv(timeout=10)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None
    raise AssertionError("it stayed open")


def raw_socket(probe: Probe, path: str = "/ws") -> socket.socket:
    """A WebSocket whose frames nobody reads unless we do."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", probe.port))
    key = base64.b64encode(os.urandom(16)).decode()
    client.sendall(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert b"101" in client.recv(1024)
    return client


def order(text: str) -> bytes:
    return bytes([0x81, 0x80 | len(text)]) + MASK + text.encode()


def test_largest_frame_passes(probe: Probe) -> None:
    size = settings.FRAME_LIMIT_BYTES
    with connect(probe.ws_url) as socket_:
        socket_.send("a" * size)
        assert socket_.recv(timeout=10) == str(size)


def test_breaches_are_told_by_close_code(probe: Probe) -> None:
    size = settings.FRAME_LIMIT_BYTES
    part = struct.pack("!BBH", 0x00, 0x80 | 126, 1000) + MASK + b"a" * 1000
    first = bytes([0x01]) + part[1:]
    breaches: dict[int, Callable[[ClientConnection], object]] = {
        1009: lambda each: each.send("a" * (size + 1)),
        1007: lambda each: each.socket.sendall(b"\x81\x82" + MASK + b"\xff\xff"),
        1002: lambda each: each.socket.sendall(b"\x8b\x80" + MASK),  # a reserved opcode
    }
    assert {code: close_code(probe, act) for code, act in breaches.items()} == {
        code: code for code in breaches
    }
    assert close_code(probe, lambda each: each.socket.sendall(first + part * 99)) == 1009


def test_huge_frame_costs_no_memory(probe: Probe) -> None:
    before = probe.memory_mib()
    # Bytes that nobody reads may turn the close frame into a reset.
    assert close_code(probe, lambda each: each.send("a" * 20_000_000)) in (1009, None)
    assert probe.memory_mib() - before < 10


def test_consumers_may_use_any_close_code(probe: Probe) -> None:
    codes = [1000, 1008, 1011, 1013, 4401]
    assert [
        close_code(probe, lambda each, c=code: each.send(f"close {c}")) for code in codes
    ] == codes


def test_client_that_does_not_read_is_dropped(probe: Probe) -> None:
    before = probe.memory_mib()
    with raw_socket(probe) as client:
        client.sendall(order("flood 20000"))
        probe.until("open_sockets", 1, within_s=5)
        probe.until("open_sockets", 0, within_s=30)
        assert probe.memory_mib() - before < 20


def test_frames_wait_outside_while_the_consumer_is_busy(probe: Probe) -> None:
    before = probe.memory_mib()
    frame = struct.pack("!BBH", 0x81, 0x80 | 126, 60_000) + MASK + b"a" * 60_000
    with raw_socket(probe) as client:
        client.sendall(order("sleep 5"))
        client.settimeout(1)
        with pytest.raises(TimeoutError):
            client.sendall(frame * 1000)
        assert probe.memory_mib() - before < 20


def test_stream_waits_for_its_reader(probe: Probe) -> None:
    before = probe.memory_mib()
    with socket.create_connection(("127.0.0.1", probe.port)) as client:
        client.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        streamed = -1
        while streamed != (streamed := probe.get("/seen")["streamed"]):
            time.sleep(0.5)
        assert streamed < 64 * 1024 * 1024
        assert probe.memory_mib() - before < 20
    probe.until("stream_ended", value=True, within_s=5)


@pytest.mark.parametrize("chunked", [False, True])
def test_huge_body_costs_no_memory(probe: Probe, chunked: bool) -> None:
    def body() -> Iterator[bytes]:
        yield from (b"z" * 1_000_000 for _ in range(100))

    before = probe.memory_mib()
    headers = {} if chunked else {"Content-Length": "100000000"}
    with closing(http.client.HTTPConnection("127.0.0.1", probe.port, timeout=60)) as connection:
        connection.request("POST", "/", body=body(), headers=headers, encode_chunked=chunked)
        size = int(connection.getresponse().read())
    assert size > settings.BODY_LIMIT_BYTES
    assert probe.memory_mib() - before < 20


@pytest.mark.parametrize("line", [b"X-Long: ", b"X-Many: a\r\nX-More: "])
def test_endless_head_is_refused(probe: Probe, line: bytes) -> None:
    before = probe.memory_mib()
    with socket.create_connection(("127.0.0.1", probe.port), timeout=10) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + line)
        with suppress(ConnectionError):
            for _ in range(200):
                client.sendall(b"a" * 100_000 if line.startswith(b"X-Long") else line * 10_000)
            assert client.recv(1024)[9:12] in (b"400", b"")
        assert probe.memory_mib() - before < 10


def test_tokens_stay_out_of_the_log(probe: Probe) -> None:
    probe.get(f"/seen?token={TOKEN}")
    with connect(f"{probe.ws_url}?token={TOKEN}") as socket_:
        socket_.send("hello")
        socket_.recv(timeout=5)
    assert TOKEN not in probe.log.read_text()
