"""Both servers, each in a process of its own, with the probe application."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from smartsteps.embedded.processes import tied_to_us
from tests.isolation import own_port

FIRST_PORT = 19000


@dataclass
class Probe:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as response:
            return json.load(response)

    def memory_mib(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def until(self, name: str, value: object, within_s: float) -> dict[str, Any]:
        deadline = time.monotonic() + within_s
        while (seen := self.get("/seen"))[name] != value:
            assert time.monotonic() < deadline, seen
            time.sleep(0.1)
        return dict(seen)


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def probe(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Probe]:
    port = own_port(FIRST_PORT)
    log = tmp_path_factory.mktemp(request.param) / "log"
    command = [sys.executable, "-m", "tests.serving.probe", request.param, str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(tied_to_us(command), stdout=output, stderr=subprocess.STDOUT)
    server = Probe(process, port, log)
    _wait(server)
    yield server
    process.kill()
    process.wait()


def _wait(server: Probe) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            server.get("/seen")
        except OSError:
            assert time.monotonic() < deadline, server.log.read_text()
            time.sleep(0.05)
        else:
            return
