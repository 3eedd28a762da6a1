"""One `up` per data folder, told apart by more than its pid; secrets made once."""

from __future__ import annotations

import json
import os
import socket
import stat
from pathlib import Path

import pytest

from smartsteps.embedded import keys, running
from smartsteps.embedded.ports import NoFreePortError, give_back, take, take_from
from tests.isolation import own_port


def test_it_works(tmp_path: Path) -> None:
    running.describe(tmp_path, {"env": {"REDIS_URL": "redis://"}})
    facts = running.find(tmp_path)
    assert facts is not None
    assert (facts["pid"], facts["env"]) == (os.getpid(), {"REDIS_URL": "redis://"})
    running.forget(tmp_path)
    assert running.find(tmp_path) is None


def test_reused_pid_is_not_an_up(tmp_path: Path) -> None:
    running.describe(tmp_path, {})
    file = tmp_path / "up.json"
    facts = json.loads(file.read_text())
    file.write_text(json.dumps({**facts, "start_ticks": facts["start_ticks"] - 1}))
    assert running.find(tmp_path) is None


def test_lock_admits_one(tmp_path: Path) -> None:
    held = running.lock(tmp_path / "lock")
    with pytest.raises(running.AlreadyRunningError):
        running.lock(tmp_path / "lock")
    os.close(held)
    os.close(running.lock(tmp_path / "lock"))


def test_secrets_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    first = keys.load_or_create(file)
    assert keys.load_or_create(file) == first
    assert keys.new_keys() != first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_port_is_taken_once() -> None:
    port = own_port(23000)
    assert take_from(port) > port
    with pytest.raises(NoFreePortError, match=f"Port {port} is taken"):
        take(port)
    give_back(port)
    assert take(port) == port


def test_port_of_a_stranger_is_passed_over() -> None:
    port = own_port(23000)
    give_back(port)
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        assert take_from(port) > port
