"""`stack`: the deployed processes with a Redis of their own to kill and a provider on a leash."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from django.db import connection
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from apps.accounts import actors
from apps.accounts import services as accounts
from apps.clients import services as clients
from apps.sessions import services as sessions
from apps.sessions.models import Message, Session
from smartsteps.embedded.redis import binary
from smartsteps.lib.ids import random_text
from tests import factories, log_guard
from tests.databases import from_outside
from tests.isolation import own_port
from tests.live import FIRST_PORT, Live, _environment, empty_database
from tests.stubs.openai_stub import OpenAIStub

FIRST_REDIS_PORT = 23000
WITHIN_S = 15.0


def eventually(is_so: Callable[[], Any], within: float = WITHIN_S) -> float:
    """Wait until it is so; the seconds it took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < within, "it did not come to pass"
        time.sleep(0.05)
    return time.monotonic() - began


@dataclass
class Stack(Live):
    redis_port: int = 0
    provider: OpenAIStub = field(default_factory=OpenAIStub)

    def command(self, name: str) -> list[str]:
        if name == "redis":
            quiet = ["--save", "", "--appendonly", "no", "--loglevel", "warning"]
            return [str(binary()), "--port", str(self.redis_port), "--bind", "127.0.0.1", *quiet]
        return super().command(name)

    @property
    def broker(self) -> redis.Redis:
        return redis.Redis(port=self.redis_port)

    def _redis(self) -> bool:
        try:
            return bool(self.broker.ping())
        except redis.RedisError:
            return False

    def _worker(self) -> bool:
        with self.broker as server, suppress(redis.RedisError):
            return any(each["psub"] != "0" for each in server.client_list())
        return False

    def ensure(self) -> None:
        """Everything runs, and the provider answers, whatever the test before did."""
        self.provider.steps.clear()
        self.provider.requests.clear()
        parts = {"redis": self._redis, "web": self._web, "worker": self._worker}
        for name in (*parts, "beat"):
            process = self.processes.get(name)
            if process is None or process.poll() is not None:
                self.start(name)
        for name, is_ready in parts.items():
            self._until(name, is_ready)

    def kill_children(self, name: str) -> None:
        """Celery's pool processes alone; their parent stays."""
        parent = self.processes[name].pid
        told = subprocess.run(
            ["ps", "--ppid", str(parent), "-o", "pid="], capture_output=True, text=True, check=True
        )
        for pid in told.stdout.split():
            os.kill(int(pid), signal.SIGKILL)


@pytest.fixture(scope="module")
def stack_processes(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("stack")
    port, redis_port = own_port(FIRST_PORT), own_port(FIRST_REDIS_PORT)
    with OpenAIStub() as provider:
        env = {
            **_environment(folder, port),
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
            "LLM_PROVIDER": "openai",
            "OPENAI_API_KEY": "sk-test-key-of-the-stack",
            "OPENAI_BASE_URL": provider.url,
            "LLM_MAX_RETRIES": "0",
            "LLM_TIMEOUT_S": "4",
        }
        stack = Stack(folder, env, port, "daphne", redis_port=redis_port, provider=provider)
        yield stack
        stack.stop()
        empty_database(django_db_blocker)
        log_guard.check_files(stack.folder)


@pytest.fixture
def stack(transactional_db: None, stack_processes: Stack) -> Stack:
    stack_processes.ensure()
    return stack_processes


@dataclass
class Talk:
    """One active session in the live stack, and its clinician's REST client."""

    session: Session
    http: httpx.Client
    token: str

    def send(self, content: str = "I feel stressed.", **fields: Any) -> httpx.Response:
        body = {"content": content, "sender_type": "client", **fields}
        return self.http.post(f"/api/v1/sessions/{self.session.pk}/messages", json=body)

    def lines(self) -> list[dict[str, Any]]:
        """The transcript as the API tells it."""
        messages: list[dict[str, Any]] = self.http.get(
            f"/api/v1/sessions/{self.session.pk}/messages"
        ).json()["messages"]
        return messages

    def answers(self) -> list[Message]:
        return list(self.session.messages.filter(sender_type="persona").order_by("number"))


@pytest.fixture
def talk(stack: Stack) -> Iterator[Talk]:
    name = f"u{random_text(10)}"
    user = accounts.create_user(
        username=name, email=f"{name}@example.com", role="clinician", password=None
    )
    by = actors.for_user(user)
    factories.persona("dr_morgan_hayes")
    jane = clients.create_client(first_name="Jane", last_name="Doe", by=by)
    session = sessions.create_session(
        client_id=jane.pk, persona_id="dr_morgan_hayes", duration_minutes=45, by=by
    )
    session = sessions.start_session(session.pk, by=by)
    token = accounts.open_login(user=user).token
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=stack.base_url, headers=headers, timeout=15) as http:
        yield Talk(session, http, token)


def end_database_connections() -> int:
    """As a failing or restarting server does; all but the test's own. Waits for their end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


@contextmanager
def database_away() -> Iterator[None]:
    """Nobody is let in to the database, and those in it are put out; all but the test itself."""
    name = sql.Identifier(connection.settings_dict["NAME"])
    with from_outside() as outside:
        outside.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        try:
            end_database_connections()
            yield
        finally:
            outside.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
