"""`manage.py up` as a person meets it: start, second start, kills, Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from smartsteps.embedded.ports import give_back
from smartsteps.embedded.processes import start_ticks, tied_to_us
from tests.isolation import own_port
from tests.live import is_healthy

REPO = Path(__file__).resolve().parent.parent.parent
CHILDREN = ("web", "worker", "beat", "redis", "postgres")


@dataclass
class Up:
    """`up` in one data folder; `start` may be called again after it ended."""

    data_dir: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def command(self) -> list[str]:
        options = ["--data-dir", str(self.data_dir), "--port", str(self.port), "--no-demo"]
        return [sys.executable, "manage.py", "up", *options]

    @property
    def env(self) -> dict[str, str]:
        ours = ("DATABASE_URL", "REDIS_URL", "SMARTSTEPS_")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
        return {**kept, "SMARTSTEPS_LOAD_EARLY": "false"}

    @property
    def output(self) -> str:
        return self.data_dir.with_suffix(".log").read_text()

    def start(self) -> None:
        with self.data_dir.with_suffix(".log").open("w") as log:
            self.process = subprocess.Popen(
                tied_to_us(self.command), cwd=REPO, env=self.env, stdout=log, stderr=log
            )
        self.until(lambda: "ready after" in self.output, 90)

    def until(self, condition: Callable[[], object], within_s: float) -> None:
        deadline = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline, self.output
            assert self.process is None or self.process.poll() in (None, -9), self.output
            time.sleep(0.1)

    def signal(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    def facts(self) -> dict[str, Any]:
        return dict(json.loads((self.data_dir / "up.json").read_text()))

    def healthy(self) -> bool:
        return is_healthy(self.port)

    def processes(self) -> dict[int, str]:
        """Every process that works for this data folder, whoever its parent is by now."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (words := self._words(entry)):
                found[int(entry.name)] = words
        return found

    def _words(self, entry: Path) -> str:
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (entry / "environ").read_bytes().decode(errors="replace")
            folder = str((entry / "cwd").readlink())
        except OSError:
            return ""
        mine = str(self.data_dir) in command + environment + folder
        return command if mine and start_ticks(int(entry.name)) is not None else ""

    def child(self, name: str) -> int:
        assert self.process is not None
        marks = {
            "web": " serve ",
            "worker": " worker ",
            "beat": " beat ",
            "redis": "valkey-server",
            "postgres": "bin/postgres",
        }
        return next(
            pid
            for pid, words in self.processes().items()
            if marks[name] in words and _parent(pid) == self.process.pid
        )


def _parent(pid: int) -> int:
    return int(re.findall(r"PPid:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0])


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    port = own_port(18000)
    give_back(port)  # to the `up` that wants it
    up = Up(tmp_path_factory.mktemp("up") / "var", port)
    yield up
    if up.process and up.process.poll() is None:
        up.signal(signal.SIGTERM)


@pytest.fixture
def running(up: Up) -> Up:
    if up.process is None or up.process.poll() is not None:
        up.start()
    return up


class TestUp:
    """One class, so that one worker runs it all."""

    def test_it_works(self, running: Up) -> None:
        running.until(running.healthy, 30)
        assert f"http://127.0.0.1:{running.port}/admin/" in running.output
        assert running.facts()["ready"]
        for name in ("up.json", "secrets.json"):
            assert stat.S_IMODE((running.data_dir / name).stat().st_mode) == 0o600

    def test_other_commands_find_it(self, running: Up) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", "showmigrations", "accounts"],
            cwd=REPO,
            env={**running.env, "SMARTSTEPS_DATA_DIR": str(running.data_dir)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert "[X] 0001_initial" in done.stdout

    def test_second_up_names_the_first(self, running: Up) -> None:
        done = subprocess.run(
            running.command, cwd=REPO, env=running.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert f"http://127.0.0.1:{running.port}/" in done.stderr
        running.until(running.healthy, 30)

    def test_taken_port_is_said(self, running: Up, tmp_path: Path) -> None:
        command = Up(tmp_path / "var", running.port).command
        done = subprocess.run(
            command, cwd=REPO, env=running.env, capture_output=True, text=True, check=False
        )
        assert (done.returncode, "is taken" in done.stderr) == (1, True)

    def test_killed_children_come_back(self, running: Up) -> None:
        before = {name: running.child(name) for name in CHILDREN}
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        running.until(running.healthy, 60)
        after = {name: running.child(name) for name in CHILDREN}
        assert not set(before.values()) & set(after.values())

    def test_killed_up_leaves_no_orphan_and_starts_again(self, running: Up) -> None:
        running.signal(signal.SIGKILL)
        running.until(lambda: not running.processes(), 20)
        assert (running.data_dir / "up.json").exists()
        (running.data_dir / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
        running.start()
        running.until(running.healthy, 30)

    def test_ctrl_c_stops_everything(self, running: Up) -> None:
        began = time.monotonic()
        assert running.signal(signal.SIGINT) == 0
        assert time.monotonic() - began < 20
        assert running.processes() == {}
        assert not (running.data_dir / "up.json").exists()
