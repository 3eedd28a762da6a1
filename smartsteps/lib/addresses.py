"""Which addresses a stranger may make us dial."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]

URL_CHARS = 2048
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
    vet(resolve(parts.hostname), allowed, secure=parts.scheme == "https")


def resolve(host: str) -> list[Address]:
    """As the C library reads it, odd spellings of addresses included; empty if it knows none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(item[4][0]).partition("%")[0]) for item in found]


def vet(addresses: Sequence[Address], allowed: Networks, *, secure: bool) -> None:
    """Every address must be open; plain http is only for networks that ops have allowed."""
    if not all(is_open(address, allowed) for address in addresses):
        raise Refused(PRIVATE)
    trusted = [_within(_plain(address), allowed) for address in addresses]
    if not secure and not (trusted and all(trusted)):
        raise Refused("It must be an https:// URL")
