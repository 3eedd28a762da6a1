"""`live`: the project as it is deployed, in processes of its own that a test may kill.

What a test writes through it is committed and stays: give things ids of their own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import DjangoDbBlocker
from redis import Redis

from smartsteps.embedded.processes import signal_group, tied_to_us
from tests import log_guard
from tests.isolation import LIVE_REDIS_URL, own_port

REPO = Path(__file__).resolve().parent.parent
READY_WITHIN_S = 60
FIRST_PORT = 21000
PARTS = ("web", "worker", "beat")
# A worker reads before it forks, or each of its children would.
EARLY = {"worker": {"SMARTSTEPS_LOAD_EARLY": "true"}}


def is_healthy(port: int) -> bool:
    """Asked again and again: a client of httpx would load its certificates anew each time."""
    server = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        server.request("GET", "/api/health")
        return server.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        server.close()


started: list[Live] = []


@dataclass
class Live:
    """Names of processes: web, worker, beat."""

    folder: Path
    env: dict[str, str]
    port: int
    server: str
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def command(self, name: str) -> list[str]:
        celery = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A"]
        schedule = str(self.folder / "schedule")
        return {
            "web": [
                *(sys.executable, "manage.py", "serve"),
                *("--port", str(self.port), "--server", self.server),
            ],
            "worker": [*celery, "smartsteps", "worker", "-c", "2", "-l", "WARNING"],
            "beat": [*celery, "smartsteps.clock", "beat", "--pidfile=", "-s", schedule],
        }[name]

    def start(self, *names: str) -> None:
        for name in names:
            with self.log(name).open("ab") as output:
                self.processes[name] = subprocess.Popen(
                    tied_to_us(self.command(name)),
                    cwd=REPO,
                    env={**self.env, **EARLY.get(name, {})},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Signal one process, and wait for its end if the signal is one that ends it."""
        self.processes[name].send_signal(number)
        if number not in (signal.SIGSTOP, signal.SIGCONT):
            self.processes[name].wait(30)
            signal_group(self.processes[name].pid, signal.SIGKILL)

    def restart(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        self.kill(name, number)
        self.start(name)
        self.wait_ready(name)

    def wait_ready(self, *names: str) -> None:
        for name in names:
            self._until(name, {"web": self._web, "worker": self._worker}.get(name, lambda: True))

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `manage.py` command against the same database."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=REPO,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def stop(self) -> None:
        for process in self.processes.values():
            signal_group(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def ensure(self) -> None:
        """Everything runs and is ready, whatever the test before killed."""
        for name in PARTS:
            process = self.processes.get(name)
            if process is None or process.poll() is not None:
                self.start(name)
        self.wait_ready(*PARTS)

    def _until(self, name: str, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while not is_ready():
            late = time.monotonic() > deadline or self.processes[name].poll() is not None
            assert not late, f"{name} does not start:\n{self.log(name).read_text()}"
            time.sleep(0.1)

    def _web(self) -> bool:
        return is_healthy(self.port)

    def _worker(self) -> bool:
        """A worker ready for orders listens to Celery's control channel, by pattern."""
        database = LIVE_REDIS_URL.rpartition("/")[2]
        with Redis.from_url(LIVE_REDIS_URL) as redis:
            clients = redis.client_list()
        return any(each["db"] == database and each["psub"] != "0" for each in clients)


def _environment(folder: Path, port: int) -> dict[str, str]:
    database = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    return {
        **os.environ,
        "DATABASE_URL": urlunsplit(database._replace(path=f"/{name}")),
        "REDIS_URL": LIVE_REDIS_URL,
        "SMARTSTEPS_DATA_DIR": str(folder),
        "SMARTSTEPS_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECURITY__RATE_LIMITING__ENABLED": "false",
        "SMARTSTEPS_ALLOW_PRIVATE_WEBHOOKS": "127.0.0.0/8",
        "PYTHONUNBUFFERED": "1",
    }


def _start(folder: Path, server: str) -> Live:
    port = own_port(FIRST_PORT)
    live = Live(folder, _environment(folder, port), port, server)
    live.start(*PARTS)
    live.wait_ready(*PARTS)
    return live


@pytest.fixture(scope="session")
def live_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django makes the test database only if a test names one of its own fixtures."""
    if connection.settings_dict["NAME"].startswith(TEST_DATABASE_PREFIX):
        yield
        return
    with django_db_blocker.unblock():
        before = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(before, verbosity=0)


@pytest.fixture(scope="session")
def live_processes(live_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    live = _start(tmp_path_factory.mktemp("live"), "daphne")
    started.append(live)
    yield live
    live.stop()
    log_guard.check_files(live.folder)


def leave_nothing(blocker: DjangoDbBlocker) -> None:
    """No process goes on working in the tests' database, and what they committed is gone."""
    for live in started:
        live.stop()
    empty_database(blocker)


def empty_database(blocker: DjangoDbBlocker) -> None:
    with blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)
        connections.close_all()


@pytest.fixture
def live(live_processes: Live, django_db_blocker: DjangoDbBlocker) -> Iterator[Live]:
    live_processes.ensure()
    with django_db_blocker.unblock():
        yield live_processes
        connections.close_all()


@pytest.fixture
def live_uvicorn(live: Live, tmp_path: Path) -> Iterator[Live]:
    """A second web server beside `live`: the same database, worker and beat, behind uvicorn."""
    port = own_port(FIRST_PORT)
    second = Live(tmp_path, {**live.env, "SMARTSTEPS_LOAD_EARLY": "true"}, port, "uvicorn")
    second.start("web")
    second.wait_ready("web")
    yield second
    second.stop()
