"""Start in order, restart what dies, stop everything, leave no orphan."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from smartsteps.embedded.processes import start_ticks, tied_to_us
from smartsteps.embedded.supervisor import Service, StartError, Supervisor

SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); open({!r}, 'w'); time.sleep(60)"
PARENT = """
import subprocess, sys, time
from smartsteps.embedded.processes import tied_to_us
print(subprocess.Popen(tied_to_us([sys.executable, "-S", "-c", "import time; time.sleep(60)"])).pid)
sys.stdout.flush()
time.sleep(60)
"""


async def ready() -> bool:
    return True


def until(condition: Callable[[], object], within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
async def supervisor(lines: list[str]) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(lambda name, line: lines.append(f"{name}: {line}"))
    yield supervisor
    await supervisor.stop(*supervisor.kept)


def pid_of(supervisor: Supervisor, name: str) -> int:
    process = supervisor.kept[name].process
    assert process is not None
    return process.pid


async def test_it_works(supervisor: Supervisor, lines: list[str]) -> None:
    talk = [sys.executable, "-c", "print('good'); print('morning', flush=True); input()"]
    await supervisor.start(Service("a", SLEEP, ready), Service("b", [*talk[:-1], talk[-1]], ready))
    while "b: morning" not in lines:
        await asyncio.sleep(0.02)
    assert lines[:2] == ["b: good", "b: morning"]


async def test_what_dies_starts_again(supervisor: Supervisor, lines: list[str]) -> None:
    await supervisor.start(Service("a", SLEEP, ready))
    first = pid_of(supervisor, "a")
    os.kill(first, signal.SIGKILL)
    while pid_of(supervisor, "a") == first:
        await asyncio.sleep(0.05)
    assert lines == ["a: ended by SIGKILL; starting it again in 0.5 s"]


async def test_what_never_starts_is_an_error(supervisor: Supervisor) -> None:
    async def never() -> bool:
        return False

    with pytest.raises(StartError, match="a does not start"):
        await supervisor.start(Service("a", [sys.executable, "-c", "exit(3)"], never))


async def test_missing_program_is_an_error(supervisor: Supervisor) -> None:
    with pytest.raises(StartError, match="failed"):
        await supervisor.run("gone", ["/does/not/exist"], {})


async def test_failing_command_is_an_error(supervisor: Supervisor, lines: list[str]) -> None:
    with pytest.raises(StartError, match=r"prepare failed \(ended with exit code 1\)"):
        await supervisor.run("prepare", [sys.executable, "-c", "exit('no table')"], {})
    assert lines == ["prepare: no table"]


async def test_stop_ends_by_force_what_does_not_listen(
    supervisor: Supervisor, lines: list[str], tmp_path: Path
) -> None:
    began = tmp_path / "began"
    command = [sys.executable, "-c", STUBBORN.format(str(began))]
    await supervisor.start(Service("a", command, ready, stop_within_s=0.3))
    while not began.exists():
        await asyncio.sleep(0.02)
    pid = pid_of(supervisor, "a")
    await supervisor.stop("a")
    assert lines == ["a: did not stop in time: killed"]
    assert start_ticks(pid) is None


async def test_very_long_line_is_passed_on_in_parts(
    supervisor: Supervisor, lines: list[str]
) -> None:
    await supervisor.run("a", [sys.executable, "-c", "print('x' * 200_000)"], {})
    assert sum(len(line.removeprefix("a: ")) for line in lines) == 200_000


def test_child_dies_with_a_killed_parent() -> None:
    command = tied_to_us([sys.executable, "-c", PARENT])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert start_ticks(child) is not None
        parent.kill()
    until(lambda: start_ticks(child) is None)
