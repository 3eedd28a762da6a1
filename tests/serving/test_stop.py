"""SIGTERM: take nothing new, finish what is short, end what would never end."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.serving.conftest import Probe


def test_it_works(probe: Probe) -> None:
    with (
        ThreadPoolExecutor() as pool,
        connect(probe.ws_url) as client,
        socket.create_connection(("127.0.0.1", probe.port)) as stream,
    ):
        stream.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        threading.Thread(target=_read_all, args=[stream], daemon=True).start()
        slow = pool.submit(probe.get, "/slow")
        client.send("hello")
        client.recv(timeout=5)
        time.sleep(0.3)
        began = time.monotonic()
        probe.process.terminate()
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        assert slow.result() == "done"
        probe.process.wait(10)
        assert time.monotonic() - began < 10


def _read_all(stream: socket.socket) -> None:
    while stream.recv(1 << 20):
        pass
