"""What `manage.py up` runs, in which order, and how each part shows that it serves."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smartsteps.embedded import keys, postgres, redis, running
from smartsteps.embedded.ports import HOST, take_from
from smartsteps.embedded.supervisor import Log, Service, Supervisor

REPO = Path(__file__).resolve().parent.parent.parent
ANSWER_S = 2.0
STOP_ORDER = (("prepare", "beat"), ("web", "worker"), ("redis",), ("postgres",))
HEALTH_PATH = "/api/health"


@dataclass
class Stack:
    data_dir: Path
    port: int
    demo: bool
    log: Log
    began_at: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(self.log)
        self.url = f"http://{HOST}:{self.port}"
        self.keys = keys.load_or_create(self.data_dir / "secrets.json")
        self.postgres = postgres.Postgres(
            self.data_dir / "postgres",
            take_from(postgres.DEFAULT_PORT),
            self.keys.superuser_password,
            self.keys.database_password,
        )
        self.redis = redis.Redis(
            self.data_dir / "redis", take_from(redis.DEFAULT_PORT), self.keys.redis_password
        )

    @property
    def urls(self) -> dict[str, str]:
        return {
            "Front page": f"{self.url}/",
            "Admin": f"{self.url}/admin/",
            "API docs": f"{self.url}/api/docs",
        }

    @property
    def env(self) -> dict[str, str]:
        """What other `manage.py` commands need to work with this installation."""
        return {
            "DATABASE_URL": self.postgres.url(),
            "REDIS_URL": self.redis.url(),
            "SMARTSTEPS_SECRET_KEY": self.keys.secret_key,
            "SMARTSTEPS_ENCRYPTION_KEYS": self.keys.encryption_keys,
            "SMARTSTEPS_PUBLIC_URL": os.environ.get("SMARTSTEPS_PUBLIC_URL", self.url),
        }

    async def start(self, servers_lock: int) -> None:
        """Return when everything serves. Raises StartError."""
        self.postgres.initialise()
        inherited = (servers_lock,)
        await self.supervisor.start(self.postgres.service(inherited), self.redis.service(inherited))
        self.postgres.ensure_database()
        self._describe(ready=False)
        await self._prepare()
        await self.supervisor.start(*self._processes())
        self._describe(ready=True)

    async def _prepare(self) -> None:
        """Bring the database up to date, unless this very code and demo choice did so before."""
        mark = f"prepared by {_fingerprint()}, demo {self.demo}"
        if self.postgres.remark() == mark:
            return
        command = self._manage("prepare", *([] if self.demo else ["--no-demo"]))
        await self.supervisor.run("prepare", command, self._child_env())
        self.postgres.set_remark(mark)

    async def stop(self) -> None:
        running.forget(self.data_dir)
        for names in STOP_ORDER:
            await self.supervisor.stop(*names)

    def demo_logins(self) -> list[dict[str, Any]]:
        file = self.data_dir / "demo.json"
        return list(json.loads(file.read_text())["logins"]) if self.demo and file.exists() else []

    def _describe(self, *, ready: bool) -> None:
        facts = {
            "began_at": self.began_at,
            "ready": ready,
            "urls": self.urls,
            "secrets": str(self.data_dir / "secrets.json"),
            "env": self.env,
        }
        running.describe(self.data_dir, facts)

    def _child_env(self) -> Mapping[str, str]:
        own = {"SMARTSTEPS_DATA_DIR": str(self.data_dir), "PYTHONUNBUFFERED": "1"}
        return {**self.env, **own}

    def _manage(self, *arguments: str) -> list[str]:
        return [sys.executable, str(REPO / "manage.py"), *arguments]

    def _processes(self) -> list[Service]:
        quietly = ["-W", "ignore:You're running the worker with superuser"]
        celery = [sys.executable, *quietly, "-m", "celery", "--quiet"]
        celery += ["--workdir", str(REPO), "-A"]
        schedule = self.data_dir / "celerybeat-schedule"
        level = ["--loglevel", os.environ.get("LOG_LEVEL", "WARNING")]
        worker = [
            *celery,
            "smartsteps",
            "worker",
            "--without-gossip",
            "--without-mingle",
            "--concurrency",
            "2",
        ]
        beat = [*celery, "smartsteps.clock", "beat", "--pidfile=", "--schedule", str(schedule)]
        serve = self._manage("serve", "--port", str(self.port))
        env = self._child_env()
        return [
            Service("web", serve, self._web_answers, env=env, stop_within_s=12),
            Service("worker", [*worker, *level], self._worker_listens, env=env, stop_within_s=5),
            Service("beat", [*beat, *level], _written_since(schedule, time.time()), env=env),
        ]

    async def _web_answers(self) -> bool:
        return await http_status(self.port, HEALTH_PATH) == 200

    async def _worker_listens(self) -> bool:
        """A worker ready for orders listens to Celery's control channel; only it uses patterns."""
        return await self.redis.ask("PUBSUB NUMPAT") not in (None, b":0")


def _fingerprint() -> str:
    """Changes with every file that migrations, personas or demo data may come from."""
    facts = sorted(
        (str(file), file.stat().st_mtime_ns, file.stat().st_size)
        for folder in ("apps", "smartsteps", "requirements")
        for file in (REPO / folder).rglob("*")
        if file.suffix in {".py", ".yaml", ".txt", ".json", ".md"}
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _written_since(file: Path, moment: float) -> Callable[[], Awaitable[bool]]:
    """Beat writes its schedule when it begins; the dbm at hand may add endings to the name."""

    async def is_written() -> bool:
        parts = file.parent.glob(file.name + "*")
        return any(part.stat().st_mtime >= moment for part in parts)

    return is_written


async def http_status(port: int, path: str) -> int | None:
    """The status of a GET, or None while nobody answers."""
    try:
        async with asyncio.timeout(ANSWER_S):
            return await _http_status(port, path)
    except (OSError, TimeoutError, ValueError, IndexError):
        return None


async def _http_status(port: int, path: str) -> int:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\nHost: {HOST}:{port}\r\n\r\n".encode())
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()
