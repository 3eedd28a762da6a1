"""Our own PostgreSQL survives what a killed one leaves behind."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from smartsteps.embedded.postgres import Postgres, unprivileged_user
from smartsteps.embedded.processes import working_in
from smartsteps.embedded.redis import Redis
from smartsteps.embedded.supervisor import StartError, Supervisor
from tests.isolation import own_port


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    folder = tmp_path_factory.mktemp("cluster") / "postgres"
    server = Postgres(folder, own_port(22000), "super", "own")
    server.initialise()
    return server


@pytest.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(lambda name, line: None)
    yield supervisor
    await supervisor.stop(*supervisor.kept)


async def test_it_works(postgres: Postgres, supervisor: Supervisor) -> None:
    await supervisor.start(postgres.service())
    postgres.ensure_database()
    postgres.ensure_database()
    with psycopg.connect(postgres.url()) as connection:
        owner = connection.execute("SELECT current_user, current_setting('is_superuser')")
        assert owner.fetchone() == ("smartsteps", "off")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.url().replace(":own@", ":wrong@"))


async def test_root_is_handed_over(postgres: Postgres, supervisor: Supervisor) -> None:
    await supervisor.start(postgres.service())
    process = supervisor.kept["postgres"].process
    assert process is not None
    assert Path(f"/proc/{process.pid}").stat().st_uid != 0
    assert bool(unprivileged_user()) == (os.geteuid() == 0)


async def test_reused_pid_does_not_matter(postgres: Postgres, supervisor: Supervisor) -> None:
    """The pid file of a killed server names a process that is now somebody else's."""
    lines = [str(os.getpid()), str(postgres.folder), "1", str(postgres.port), "", "127.0.0.1"]
    (postgres.folder / "postmaster.pid").write_text("\n".join(lines) + "\n")
    await supervisor.start(postgres.service())
    assert os.getpid() not in working_in(postgres.folder, "postgres")


async def test_killed_server_comes_back(postgres: Postgres, supervisor: Supervisor) -> None:
    await supervisor.start(postgres.service())
    postgres.ensure_database()
    with psycopg.connect(postgres.url(), autocommit=True) as busy:
        busy.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        busy.execute("INSERT INTO kept VALUES ('here')")
        process = supervisor.kept["postgres"].process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        while await postgres.is_ready():
            await asyncio.sleep(0.02)
    async with asyncio.timeout(20):
        while not await postgres.is_ready():
            await asyncio.sleep(0.1)
    with psycopg.connect(postgres.url()) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("here",)


async def test_second_server_on_the_same_folder_is_refused(
    postgres: Postgres, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smartsteps.embedded.postgres.LEAVING_S", 0.3)
    await supervisor.start(postgres.service())
    with pytest.raises(StartError, match=r"another PostgreSQL \(pid \d+\) works in"):
        await postgres.clear_leftovers()


def test_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    draft = tmp_path / "postgres.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18")
    postgres = Postgres(tmp_path / "postgres", 1, "super", "own", durable=False)
    postgres.initialise()
    assert (postgres.folder / "postgresql.conf").exists()
    assert not draft.exists()


async def test_redis_keeps_its_data_and_its_password(
    tmp_path: Path, supervisor: Supervisor
) -> None:
    redis = Redis(tmp_path / "redis", own_port(24000), "secret")
    await supervisor.start(redis.service())
    assert await redis.ask("SET word here") == b"+OK"
    process = supervisor.kept["redis"].process
    assert process is not None
    assert "secret" not in Path(f"/proc/{process.pid}/cmdline").read_text()
    await asyncio.sleep(1.2)  # appendfsync everysec
    os.kill(process.pid, signal.SIGKILL)
    async with asyncio.timeout(10):
        while await redis.ask("STRLEN word") != b":4":
            await asyncio.sleep(0.1)
    stranger = Redis(tmp_path / "redis", redis.port, "wrong")
    assert not await stranger.is_ready()
