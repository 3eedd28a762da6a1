"""Requests to addresses that somebody else chose: resolved, vetted, dialled as vetted, bounded.

The last check stands where the socket is made and sees the very address that it will dial, so
no odd spelling and no DNS answer that changes meanwhile gets around it. Redirects are not
followed; answers are read up to a limit, as they come, and never decompressed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from smartsteps.lib.addresses import PRIVATE, Address, Networks, Refused, is_open, resolve, vet

TOTAL_S = 10.0
ANSWER_LIMIT_BYTES = 64 * 1024
LOOKUPS = 32  # at once; a name server that hangs must not hold up other names


class Failed(Exception):
    """No answer came; the message says what went wrong, in a word or two."""


@dataclass(frozen=True)
class Answer:
    status: int
    head: bytes
    retry_after: str | None


class _Resolver(AbstractResolver):
    """All answers must be open: one bad one among them is an attempt at something."""

    def __init__(self, allowed: Networks) -> None:
        self.allowed = allowed
        self.pool = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = await asyncio.get_running_loop().run_in_executor(self.pool, resolve, host)
        if not addresses:
            raise Failed("unknown_host")
        vet(addresses, self.allowed, secure=True)
        return [_dialled(host, port, address) for address in addresses]

    async def close(self) -> None:
        self.pool.shutdown(wait=False)


def _dialled(host: str, port: int, address: Address) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=str(address),
        port=port,
        family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
        proto=0,
        flags=socket.AI_NUMERICHOST,
    )


class Caller:
    """A pool of connections to strangers; belongs to one event loop. The caller bounds calls."""

    def __init__(self, *, allowed: Networks = ()) -> None:
        self.allowed = allowed
        self.resolver = _Resolver(allowed)
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,
                resolver=self.resolver,
                use_dns_cache=False,
                happy_eyeballs_delay=None,
                socket_factory=self._socket,
            ),
            timeout=aiohttp.ClientTimeout(total=TOTAL_S),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        await self.resolver.close()

    def _socket(self, target: Any) -> socket.socket:
        """For exactly one canonical, open address; whatever else the URL says, this is dialled."""
        family, kind, protocol, _, place = target
        try:
            address = ipaddress.ip_address(place[0])
        except ValueError as error:
            raise Refused(PRIVATE) from error
        if not is_open(address, self.allowed):
            raise Refused(PRIVATE)
        return socket.socket(family, kind, protocol)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises Refused, or Failed when no complete status line and headers came in time."""
        try:
            async with self.session.post(
                url,
                data=body,
                headers={**headers, "Accept-Encoding": "identity"},
                allow_redirects=False,
            ) as answer:
                head = await _head(answer)
                return Answer(answer.status, head, answer.headers.get("Retry-After"))
        except TimeoutError as error:
            raise Failed("timeout") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Failed(_reason(error)) from error


async def _head(answer: aiohttp.ClientResponse) -> bytes:
    """The beginning of the answer's body; the rest is cut off with the connection.

    A status that came is an answer, even if its body breaks off or never ends.
    """
    head = b""
    try:
        async for part in answer.content.iter_any():
            head += part
            if len(head) >= ANSWER_LIMIT_BYTES:
                break
    except (aiohttp.ClientError, TimeoutError):
        answer.close()
    if not answer.content.at_eof():
        answer.close()
    return head[:ANSWER_LIMIT_BYTES]


REASONS: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ClientConnectorCertificateError, "certificate"),
    (aiohttp.ClientSSLError, "tls"),
    (ConnectionRefusedError, "connection_refused"),
    (aiohttp.ServerDisconnectedError, "connection_closed"),
    (ConnectionError, "connection_closed"),
    (aiohttp.ClientConnectorError, "unreachable"),
    (aiohttp.ClientResponseError, "not_http"),
    (aiohttp.InvalidURL, "not_a_url"),
)


def _reason(error: Exception) -> str:
    cause = getattr(error, "os_error", None) or error
    for kind, reason in REASONS:
        if isinstance(cause, kind) or isinstance(error, kind):
            return reason
    return type(error).__name__
