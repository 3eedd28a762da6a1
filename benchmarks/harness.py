"""What the figures share: servers as processes, CPU per unit, interleaved rounds, medians."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil

REPO = Path(__file__).resolve().parent.parent
UNLIMITED = "100000000/minute"  # rate limits are counted as always, but never reached
ENVIRONMENT = {
    "SECURITY__RATE_LIMITING__DEFAULT_LIMIT": UNLIMITED,
    "SECURITY__RATE_LIMITING__PER_USER": f'{{"default": "{UNLIMITED}", "admin": "{UNLIMITED}"}}',
    "LOG_LEVEL": "WARNING",
}


@dataclass
class Server:
    port: int
    process: psutil.Process

    def cpu_s(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"a server ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit("a server did not start")


def command(app: str, server: str, port: int) -> list[str]:
    """`server` is one of ours, or "plain" (uvicorn as it comes), or "program"."""
    if server == "program":
        return ["-m", app, str(port)]
    if server == "plain":
        quiet = ["--no-access-log", "--log-level", "warning", "--lifespan", "off"]
        return ["-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), *quiet, app]
    return ["-m", "benchmarks.serve", server, app, str(port)]


@contextlib.contextmanager
def serving(app: str, *, server: str = "uvicorn", **environment: str) -> Iterator[Server]:
    """`app` on a port of its own, in one process."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, *command(app, server, port)],
        cwd=REPO,
        env={**os.environ, **ENVIRONMENT, **environment},
    )
    try:
        _wait_for(port, process)
        yield Server(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(10)


def database_cpu_s(name: str) -> float:
    """CPU of the PostgreSQL processes that serve database `name` (PostgreSQL on this machine)."""
    total = 0.0
    for process in psutil.process_iter(["cmdline", "cpu_times"]):
        title = " ".join(process.info["cmdline"] or [])
        if title.startswith("postgres:") and f" {name} " in title:
            total += process.info["cpu_times"].user + process.info["cpu_times"].system
    return total


def database_name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


@dataclass
class Cost:
    """Per unit, in microseconds of CPU; `p50_ms` as the caller saw it."""

    server_us: float
    database_us: float = 0.0
    p50_ms: float = 0.0

    @property
    def both_us(self) -> float:
        return self.server_us + self.database_us


@dataclass
class Load:
    """Keep-alive GET requests, `concurrency` at a time; anything but 200 ends the run."""

    request: bytes
    count: int
    concurrency: int
    seconds: list[float] = field(default_factory=list)

    async def run(self, port: int) -> None:
        await asyncio.gather(*(self._one(port) for _ in range(self.concurrency)))

    async def _one(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(self.count // self.concurrency):
            started = time.perf_counter()
            writer.write(self.request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r", 1)[0])
            body = await reader.readexactly(length)
            self.seconds.append(time.perf_counter() - started)
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"{head!r} {body!r}")
        writer.close()


def get(path: str, token: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}"]
    return "\r\n".join([*lines, "", ""]).encode()


def measure(
    server: Server, request: bytes, *, database: str = "", count: int = 240, concurrency: int = 8
) -> Cost:
    load = Load(request, count, concurrency)
    server_before, database_before = server.cpu_s(), database_cpu_s(database)
    asyncio.run(load.run(server.port))
    return Cost(
        (server.cpu_s() - server_before) / count * 1e6,
        (database_cpu_s(database) - database_before) / count * 1e6 if database else 0.0,
        statistics.median(load.seconds) * 1e3,
    )


def interleaved(cells: dict[str, Callable[[], Cost]], rounds: int) -> dict[str, Cost]:
    """Each cell once as a warm-up, then `rounds` times in turn; the medians."""
    seen: dict[str, list[Cost]] = {name: [] for name in cells}
    for turn in range(rounds + 1):
        for name, cell in cells.items():
            cost = cell()
            if turn:
                seen[name].append(cost)
    return {name: _median(costs) for name, costs in seen.items()}


def _median(costs: list[Cost]) -> Cost:
    return Cost(
        *(
            statistics.median(getattr(cost, name) for cost in costs)
            for name in ("server_us", "database_us", "p50_ms")
        )
    )


def table(costs: dict[str, Cost]) -> None:
    print(f"{'':44}{'server us':>11}{'database us':>13}{'p50 ms':>9}")
    for name, cost in costs.items():
        print(f"{name:44}{cost.server_us:11.0f}{cost.database_us:13.0f}{cost.p50_ms:9.2f}")


def bar(what: str, ratio: float, limit: float) -> bool:
    met = ratio <= limit
    print(f"{'met   ' if met else 'MISSED'} {ratio:7.2f}x (bar {limit:.2f}x)  {what}")
    return met
