"""Take TCP ports to listen on, so that two starts at the same time don't choose the same."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"
CANDIDATES = 200  # our defaults and these stay below the range that outgoing connections use

_taken: dict[int, socket.socket] = {}


class NoFreePortError(Exception):
    """The port, or every candidate, is taken."""


def take(port: int) -> int:
    """Keep this port for our servers until we end. Raises NoFreePortError.

    A server binds its port only seconds after we looked, so one abstract socket per port, which
    the kernel frees when we end, tells our own kind that it is spoken for.
    """
    guard = socket.socket(socket.AF_UNIX)
    try:
        guard.bind(f"\0smartsteps-port-{port}")
        _probe(port)
    except OSError as error:
        guard.close()
        raise NoFreePortError(f"Port {port} is taken") from error
    _taken[port] = guard
    return port


def take_from(preferred: int) -> int:
    """The preferred port or the next free one above it."""
    for port in range(preferred, preferred + CANDIDATES):
        try:
            return take(port)
        except NoFreePortError:
            continue
    raise NoFreePortError(f"No port from {preferred} to {preferred + CANDIDATES - 1} is free")


def give_back(port: int) -> None:
    _taken.pop(port).close()


def _probe(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections may linger
        probe.bind((HOST, port))
