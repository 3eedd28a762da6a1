"""Serve everything on this machine: database, broker, web, worker and clock, until Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from smartsteps.embedded import running
from smartsteps.embedded.ports import NoFreePortError, take, take_from
from smartsteps.embedded.stack import REPO, Stack
from smartsteps.embedded.supervisor import StartError, print_line

DEFAULT_PORT = 8000


class Command(BaseCommand):
    help = "Start PostgreSQL, Redis, the web server, a Celery worker and beat; stop with Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help=f"default {DEFAULT_PORT}, or the next free")
        parser.add_argument("--data-dir", type=Path, help="default var/ beside manage.py")
        parser.add_argument("--no-demo", action="store_true", help="load no demo data")

    def handle(self, *, port: int | None, data_dir: Path | None, **options: Any) -> None:
        folder = self._prepare_folder(data_dir)
        up_lock, servers_lock = self._lock(folder)
        try:
            stack = Stack(folder, self._port(port), not options["no_demo"], print_line)
            asyncio.run(self._serve(stack, servers_lock))
        except (StartError, NoFreePortError) as error:
            raise CommandError(str(error)) from error
        finally:
            running.forget(folder)
            os.close(servers_lock)
            os.close(up_lock)

    def _prepare_folder(self, data_dir: Path | None) -> Path:
        os.umask(0o077)
        default = os.environ.get("SMARTSTEPS_DATA_DIR", REPO / "var")
        folder = (data_dir or Path(default)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        # PostgreSQL's user, who is not root, has to pass through; names inside stay hidden.
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        if (folder / "postgres").exists() and not (folder / "secrets.json").exists():
            raise CommandError(f"{folder} has a database but no secrets.json: restore that file")
        return folder

    def _lock(self, folder: Path) -> tuple[int, int]:
        try:
            up_lock = running.lock(folder / "up.lock")
        except running.AlreadyRunningError:
            raise CommandError(_already_running(folder)) from None
        try:
            # Held by the servers of a former `up` that was killed, until they are gone.
            return up_lock, running.lock(folder / "servers.lock", running.LEAVING_S)
        except running.AlreadyRunningError:
            raise CommandError(f"Servers of a former run still work in {folder}.") from None

    def _port(self, port: int | None) -> int:
        if port is None:
            return take_from(DEFAULT_PORT)
        try:
            return take(port)
        except NoFreePortError as error:
            raise CommandError(f"{error}: choose another with --port.") from error

    async def _serve(self, stack: Stack, servers_lock: int) -> None:
        began = time.monotonic()
        stop = _stop_requested(stack)
        starting = asyncio.create_task(stack.start(servers_lock))
        waiting = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                self._announce(stack, time.monotonic() - began)
                await waiting
            starting.cancel()
        finally:
            self.stdout.write("Stopping…")
            await stack.stop()

    def _announce(self, stack: Stack, seconds: float) -> None:
        self.stdout.write(f"\nSmart Steps is ready after {seconds:.1f} s.")
        for name, url in stack.urls.items():
            self.stdout.write(f"  {name:<12} {url}")
        for login in stack.demo_logins():
            self.stdout.write("  Demo login   " + "  ".join(map(str, login.values())))
        self.stdout.write(f"  Data         {stack.data_dir}\nCtrl-C stops everything.\n")
        self.stdout.flush()


def _stop_requested(stack: Stack) -> asyncio.Event:
    """Set by the first Ctrl-C or SIGTERM; the second one stops waiting for anybody."""
    stop = asyncio.Event()

    def on_signal() -> None:
        if stop.is_set():
            stack.supervisor.kill()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    return stop


def _already_running(folder: Path) -> str:
    facts = running.find(folder)
    if facts is None:
        return f"Another `up` in {folder} is just starting or stopping."
    urls = "".join(f"\n  {name:<12} {url}" for name, url in facts["urls"].items())
    return f"Already running in {folder} (pid {facts['pid']}):{urls}"
