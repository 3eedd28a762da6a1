"""Who runs in a data folder: the lock that admits one `up`, and the file that describes it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any

from smartsteps.embedded.keys import write_private
from smartsteps.embedded.processes import start_ticks

LEAVING_S = 20.0


class AlreadyRunningError(Exception):
    """Another process holds the lock."""


def lock(path: Path, wait_s: float = 0) -> int:
    """Take the lock for the rest of the process, and of those that inherit the descriptor.

    The kernel frees it with the last of them, however they end, so it can't go stale.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise AlreadyRunningError(str(path)) from None
            time.sleep(0.1)
        else:
            return descriptor


def describe(data_dir: Path, description: dict[str, Any]) -> None:
    pid = os.getpid()
    facts = {"pid": pid, "start_ticks": start_ticks(pid), **description}
    write_private(data_dir / "up.json", facts)


def forget(data_dir: Path) -> None:
    (data_dir / "up.json").unlink(missing_ok=True)


def find(data_dir: Path) -> dict[str, Any] | None:
    """What the running `up` says about itself; None if none runs or the file is not ours to read.

    A file that a killed `up` left is told by its start time, even when its pid is in use again.
    """
    try:
        facts: dict[str, Any] = json.loads((data_dir / "up.json").read_text())
    except (FileNotFoundError, PermissionError, json.JSONDecodeError):
        return None
    return facts if start_ticks(facts["pid"]) == facts["start_ticks"] else None
