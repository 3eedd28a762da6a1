"""Sockets are authenticated like REST, and closed within two seconds of losing the right."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Protocol
from urllib.parse import parse_qs

from apps.accounts.actors import Actor
from apps.accounts.authentication import actor_from, withdrawn
from apps.accounts.callers import of_socket
from smartsteps.lib.errors import unauthenticated
from smartsteps.lib.threads import run_sync

UNAUTHENTICATED = 4401


class AuthenticatedSocket(Protocol):
    actor: Actor | None
    close_with: Callable[[BaseException, int], Awaitable[None]]


open_sockets: set[Any] = set()


def credential_in(scope: Mapping[str, Any], authorization: str) -> str | None:
    """From the `Authorization` header, else from `?token=`."""
    kind, _, credential = authorization.partition(" ")
    if kind.lower() == "bearer" and credential:
        return credential.strip()
    tokens = parse_qs(scope["query_string"].decode("latin1")).get("token")
    return tokens[0] if tokens else None


async def authenticate(credential: str, scope: Mapping[str, Any]) -> Actor:
    """Raises DomainError 401 or 403."""
    return await run_sync(actor_from, credential, partial(of_socket, scope))


async def close_ended() -> None:
    """Close the sockets whose token has expired or whose key or login was revoked."""
    actors = {socket: socket.actor for socket in open_sockets if socket.actor is not None}
    if not actors:
        return
    ended = await run_sync(withdrawn, set(actors.values()))
    error = unauthenticated("The token has expired or was revoked")
    closing = [
        socket.close_with(error, UNAUTHENTICATED)
        for socket, actor in actors.items()
        if actor in ended
    ]
    await asyncio.gather(*closing)
