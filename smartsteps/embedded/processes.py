"""Wrap commands so that they die with us, and tell processes apart by more than their pid."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

CHILD = Path(__file__).with_name("child.py")


def tied_to_us(
    command: Sequence[str | Path],
    *,
    death_signal: signal.Signals = signal.SIGKILL,
    user: str = "",
    folder: Path = Path("/"),
) -> list[str]:
    """The command line that runs `command` as `user` until it ends or our calling thread does."""
    how = [str(os.getpid()), str(int(death_signal)), user, str(folder)]
    return [sys.executable, "-I", "-S", str(CHILD), *how, *map(str, command)]


def start_ticks(pid: int) -> int | None:
    """When the process began, in clock ticks since boot; with the pid it names one process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *fields = stat.rpartition(")")[2].split()
    return None if state in "ZX" else int(fields[18])


def working_in(folder: Path, name: str) -> Iterator[int]:
    """Pids of the processes called `name` whose working directory is `folder`."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _works_in(entry, folder, name):
            yield int(entry.name)


def _works_in(entry: Path, folder: Path, name: str) -> bool:
    try:
        return (entry / "comm").read_text().strip() == name and (
            (entry / "cwd").readlink() == folder.resolve()
        )
    except OSError:  # gone meanwhile, or another user's
        return False


def signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
