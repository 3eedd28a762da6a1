"""Find TCP ports to listen on."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"
CANDIDATES = 200  # our defaults and these stay below the range that outgoing connections use


class NoFreePortError(Exception):
    """Every candidate is taken."""


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port(preferred: int) -> int:
    """The preferred port or the next free one above it."""
    for port in range(preferred, preferred + CANDIDATES):
        if is_free(port):
            return port
    raise NoFreePortError(f"no free port from {preferred} to {preferred + CANDIDATES - 1}")
