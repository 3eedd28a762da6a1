"""Requests to addresses that somebody else chose: resolved, vetted, dialled as vetted, bounded.

The last check stands where the socket is made and sees the very address that it will dial, so
no odd spelling and no DNS answer that changes meanwhile gets around it. Redirects are not
followed; answers are read up to a limit, as they come, and never decompressed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]

TOTAL_S = 10.0
ANSWER_LIMIT_BYTES = 64 * 1024
URL_CHARS = 2048
LOOKUPS = 32  # at once; a name server that hangs must not hold up other names
IPV6_INTERNET = ipaddress.ip_network("2000::/3")
# Python 3.11 calls some of these global, or merely "not private"; none is an open host.
NEVER: Networks = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)
PRIVATE = "It leads to a private, local or reserved address"


class Refused(Exception):
    """The URL may not be called; retrying won't help. The message says why."""


class Failed(Exception):
    """No answer came; the message says what went wrong, in a word or two."""


@dataclass(frozen=True)
class Answer:
    status: int
    head: bytes
    retry_after: str | None


def _within(address: Address, networks: Networks) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def _plain(address: Address) -> Address:
    """`::ffff:10.0.0.1` is 10.0.0.1 to the kernel, so it is here."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_open(address: Address, allowed: Networks) -> bool:
    """Whether a stranger may make us dial this address."""
    plain = _plain(address)
    if _within(plain, allowed):
        return True
    if _within(plain, NEVER) or not plain.is_global:
        return False
    return plain.version == 4 or plain in IPV6_INTERNET


def check_url(url: str, allowed: Networks) -> None:
    """Raises Refused for what could never be called. Looks its host up, so not in a transaction.

    A name without an address passes: it may get one, and is vetted at each call anyway.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("It is not a URL") from error
    if len(url) > URL_CHARS or not url.isascii() or not url.isprintable() or "\\" in url:
        raise Refused("It is too long or holds characters that no URL has")
    if parts.scheme not in ("https", "http") or not parts.hostname or " " in url or port == 0:
        raise Refused("It must be an https:// URL")
    if "%" in parts.netloc or "@" in parts.netloc or "#" in url:
        raise Refused("It must not hold a user, a password or a fragment")
    _vet(_resolve(parts.hostname), allowed, secure=parts.scheme == "https")


def _resolve(host: str) -> list[Address]:
    """As the C library reads it, odd spellings of addresses included; empty if it knows none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(item[4][0]).partition("%")[0]) for item in found]


def _vet(addresses: Sequence[Address], allowed: Networks, *, secure: bool) -> None:
    """Every address must be open; plain http is only for networks that ops have allowed."""
    if not all(is_open(address, allowed) for address in addresses):
        raise Refused(PRIVATE)
    trusted = [_within(_plain(address), allowed) for address in addresses]
    if not secure and not (trusted and all(trusted)):
        raise Refused("It must be an https:// URL")


class _Resolver(AbstractResolver):
    """All answers must be open: one bad one among them is an attempt at something."""

    def __init__(self, allowed: Networks) -> None:
        self.allowed = allowed
        self.pool = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = await asyncio.get_running_loop().run_in_executor(self.pool, _resolve, host)
        if not addresses:
            raise Failed("unknown_host")
        _vet(addresses, self.allowed, secure=True)
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
