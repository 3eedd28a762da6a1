"""Start services in order, restart what dies, stop everything: one asyncio loop, no threads."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from smartsteps.embedded.processes import signal_group, tied_to_us

READY_WITHIN_S = 120.0
POLL_EVERY_S = 0.1
LAST_WORDS_S = 1.0
FIRST_BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 15.0
STEADY_AFTER_S = 30.0  # a service that lived this long starts again without waiting
TRIES_AT_START = 3
LINE_LIMIT_BYTES = 64 * 1024
NAME_WIDTH = 8

Log = Callable[[str, str], None]


class StartError(Exception):
    """Something can't be started; the message is for the person who typed the command."""


async def _always() -> bool:
    return True


@dataclass(frozen=True)
class Service:
    """A process to keep alive, how to see that it serves, and how to end it."""

    name: str
    command: Sequence[str | Path]
    is_ready: Callable[[], Awaitable[bool]]
    before_start: Callable[[], Awaitable[object]] = _always
    env: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within_s: float = 10.0
    death_signal: signal.Signals = signal.SIGKILL  # what it gets when we are killed
    user: str = ""
    folder: Path = Path("/")
    inherited: tuple[int, ...] = ()  # file descriptors that stay open in it


@dataclass
class Kept:
    """A service under supervision; `failures` counts the quick exits in a row."""

    service: Service
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    error: str = ""
    keeper: asyncio.Task[None] | None = None


class Supervisor:
    def __init__(self, log: Log) -> None:
        self.log = log
        self.stopping = False
        self.kept: dict[str, Kept] = {}

    async def start(self, *services: Service) -> None:
        """Start them together; return when all of them serve. Raises StartError."""
        for service in services:
            kept = self.kept[service.name] = Kept(service)
            kept.keeper = asyncio.create_task(self._keep(kept))
        await asyncio.gather(*(self._until_ready(self.kept[each.name]) for each in services))

    async def run(self, name: str, command: Sequence[str | Path], env: Mapping[str, str]) -> None:
        """Run one command to its end. Raises StartError when it fails."""
        kept = self.kept[name] = Kept(Service(name, command, is_ready=_always, env=env))
        code = await self._live(kept)
        del self.kept[name]
        if code:
            raise StartError(f"{name} failed ({_ending(code)}); its lines above say why")

    async def stop(self, *names: str) -> None:
        """Stop these services together; one that takes too long ends by force."""
        self.stopping = True
        await asyncio.gather(*(self._stop(self.kept[name]) for name in names if name in self.kept))

    def kill(self) -> None:
        """End everything at once, for a person who does not want to wait."""
        for kept in self.kept.values():
            if kept.process and kept.process.poll() is None:
                signal_group(kept.process.pid, signal.SIGKILL)

    async def _keep(self, kept: Kept) -> None:
        while not self.stopping:
            try:
                await kept.service.before_start()
                code = await self._live(kept)
            except (OSError, StartError) as error:
                kept.error, kept.failures = str(error), TRIES_AT_START
                self.log(kept.service.name, kept.error)
                return
            if not self.stopping:
                await self._back_off(kept, code)

    async def _live(self, kept: Kept) -> int:
        """From birth to death; returns the exit code."""
        process = kept.process = self._spawn(kept.service)
        kept.started_at = time.monotonic()
        pump = asyncio.create_task(self._pump(kept.service.name, process))
        while (code := process.poll()) is None:
            await asyncio.sleep(POLL_EVERY_S)
        signal_group(process.pid, signal.SIGKILL)  # children that outlived their parent
        await asyncio.wait([pump], timeout=LAST_WORDS_S)
        pump.cancel()
        return code

    async def _back_off(self, kept: Kept, code: int) -> None:
        lived_s = time.monotonic() - kept.started_at
        kept.failures = 1 if lived_s > STEADY_AFTER_S else kept.failures + 1
        delay_s = min(FIRST_BACKOFF_S * 2 ** (kept.failures - 1), LONGEST_BACKOFF_S)
        self.log(kept.service.name, f"{_ending(code)}; starting it again in {delay_s:g} s")
        await asyncio.sleep(delay_s)

    def _spawn(self, service: Service) -> subprocess.Popen[bytes]:
        command = tied_to_us(
            service.command,
            death_signal=service.death_signal,
            user=service.user,
            folder=service.folder,
        )
        return subprocess.Popen(  # noqa: S603 (our own commands)
            command,
            env={**os.environ, **service.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C in the terminal is ours alone to pass on
            pass_fds=service.inherited,
        )

    async def _pump(self, name: str, process: subprocess.Popen[bytes]) -> None:
        """Pass its output on, line by line."""
        reader = asyncio.StreamReader(limit=LINE_LIMIT_BYTES)
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: protocol, process.stdout)
        try:
            while line := await _next_line(reader):
                self.log(name, line.decode(errors="replace").rstrip())
        finally:
            transport.close()

    async def _until_ready(self, kept: Kept) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        name = kept.service.name
        while kept.process is None or not await kept.service.is_ready():
            if kept.failures >= TRIES_AT_START:
                raise StartError(f"{name} does not start: {kept.error or 'its lines say why'}")
            if time.monotonic() > deadline:
                raise StartError(f"{name} is not ready after {READY_WITHIN_S:g} s")
            await asyncio.sleep(POLL_EVERY_S)

    async def _stop(self, kept: Kept) -> None:
        process = kept.process
        if process is not None and process.poll() is None:
            process.send_signal(kept.service.stop_signal)
            if not await _ends_within(process, kept.service.stop_within_s):
                self.log(kept.service.name, "did not stop in time: killed")
                signal_group(process.pid, signal.SIGKILL)
                await _ends_within(process, LAST_WORDS_S)
        if kept.keeper:
            await asyncio.wait([kept.keeper], timeout=LAST_WORDS_S)
            kept.keeper.cancel()


async def _ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        await asyncio.sleep(POLL_EVERY_S)
    return process.poll() is not None


async def _next_line(output: asyncio.StreamReader) -> bytes:
    try:
        return await output.readuntil()
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError as error:
        return await output.readexactly(error.consumed)


def _ending(code: int) -> str:
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def print_line(name: str, line: str) -> None:
    """One prefixed line to standard output; a closed terminal must not stop the supervisor."""
    try:
        sys.stdout.write(f"{name:<{NAME_WIDTH}} | {line}\n")
        sys.stdout.flush()
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 (for the rest of our life)
