"""`make test`: servers of our own, every check, the whole suite.

Arguments go to pytest, and the other checks are left out. Nothing is printed after pytest,
so that its summary is the last line.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

from smartsteps.embedded import postgres, redis
from smartsteps.embedded.ports import take_from
from smartsteps.embedded.processes import tied_to_us
from smartsteps.embedded.supervisor import StartError, Supervisor

REPO = Path(__file__).resolve().parent.parent
LOG = REPO / "var" / "test-servers.log"
PASSWORD = "of-servers-that-live-as-long-as-the-tests"
PYTHON = sys.executable
CHECKS = {
    "ruff check": (PYTHON, "-m", "ruff", "check", "."),
    "ruff format": (PYTHON, "-m", "ruff", "format", "--check", "."),
    "mypy": (PYTHON, "-m", "mypy"),
    "import contracts": (
        PYTHON,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
    ),
    "migrations": (PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"),
}
LAST_WORDS_S = 5
WHOLE_SUITE = ("-n", "3", "--dist", "loadscope", "--no-loadscope-reorder")


def environment(folder: Path, both: tuple[postgres.Postgres, redis.Redis]) -> dict[str, str]:
    foreign = ("SMARTSTEPS_", "OPENAI_", "LLM_", "BO_", "EMAIL_", "SECURITY__", "PYTEST_")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    # Without byte code each of the fifty processes that the tests start would compile everything.
    if inherited.pop("PYTHONDONTWRITEBYTECODE", None):
        inherited["PYTHONPYCACHEPREFIX"] = str(REPO / "var" / "bytecode")
    return {
        **inherited,
        "DATABASE_URL": both[0].url(),
        "REDIS_URL": both[1].url(),
        "SMARTSTEPS_DATA_DIR": str(folder),
        "SMARTSTEPS_LOAD_EARLY": "false",
        "SMARTSTEPS_SECRET_KEY": PASSWORD,
        "SMARTSTEPS_ENCRYPTION_KEYS": "1:" + base64.b64encode(bytes(range(32))).decode(),
    }


async def run(command: Sequence[str], env: dict[str, str], *, quiet: bool) -> int:
    """Run to the end; a quiet command's output is shown only if it fails."""
    process = subprocess.Popen(
        tied_to_us([shutil.which(command[0]) or command[0], *command[1:]]),
        cwd=REPO,
        env=env,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
    )
    try:
        output = await asyncio.to_thread(process.stdout.read) if process.stdout else b""
        while (code := process.poll()) is None:
            await asyncio.sleep(0.2)
    except asyncio.CancelledError:
        await asyncio.to_thread(last_words, process)
        raise
    if code:
        sys.stdout.write(output.decode())
    return code


def last_words(process: subprocess.Popen[bytes]) -> None:
    """After a Ctrl-C, which it got from the terminal too, pytest says where it was."""
    try:
        process.wait(LAST_WORDS_S)
    except subprocess.TimeoutExpired:
        process.kill()


async def check(name: str, env: dict[str, str]) -> bool:
    began = time.monotonic()
    failed = await run(CHECKS[name], env, quiet=True)
    word = "FAILED" if failed else "ok"
    sys.stdout.write(f"{name:<18} {word} ({time.monotonic() - began:.1f} s)\n")
    sys.stdout.flush()
    return not failed


async def check_and_test(env: dict[str, str]) -> int:
    """Types are checked beside what else there is, as that takes one core half a minute."""
    types = asyncio.create_task(check("mypy", env))
    passed = [await check(name, env) for name in CHECKS if name != "mypy"]
    failed = await pytest(WHOLE_SUITE, env)
    return failed or int(not all([await types, *passed]))


async def pytest(arguments: Sequence[str], env: dict[str, str]) -> int:
    return await run((PYTHON, "-m", "pytest", *arguments), env, quiet=False)


def _write(log: TextIO, name: str, line: str) -> None:
    log.write(f"{name}: {line}\n")
    log.flush()


@asynccontextmanager
async def servers(folder: Path, *, durable: bool = False) -> AsyncIterator[dict[str, str]]:
    """A PostgreSQL and a Redis in the folder, and the environment that leads to them."""
    both = (
        postgres.Postgres(
            folder / "postgres", take_from(25432), PASSWORD, PASSWORD, durable=durable
        ),
        redis.Redis(folder / "redis", take_from(26379), PASSWORD, durable=durable),
    )
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("w") as log:
        supervisor = Supervisor(lambda name, line: _write(log, name, line))
        try:
            both[0].initialise()
            await supervisor.start(*(server.service() for server in both))
            both[0].ensure_database()
            yield environment(folder, both)
        finally:
            await supervisor.stop("redis", "postgres")


async def until_interrupted(main: Coroutine[None, None, int]) -> int:
    """Stop the servers whatever ends us; if it is SIGKILL, the kernel stops them."""
    loop, work = asyncio.get_running_loop(), asyncio.create_task(main)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, work.cancel)
    try:
        return await work
    except asyncio.CancelledError:
        return 130


async def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="smartsteps-test-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's own user has to pass through
        async with servers(folder) as env:
            return await (pytest(arguments, env) if arguments else check_and_test(env))


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(until_interrupted(main(sys.argv[1:]))))
    except StartError as error:
        sys.exit(f"The test servers do not start: {error}")
