"""A small ASGI application behind the real servers, to see what they let through.

`python -m tests.serving.probe SERVER PORT`
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from importlib import import_module
from typing import Any

from smartsteps.serving import limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartsteps.settings")
seen: dict[str, Any] = {"open_sockets": 0, "streamed": 0, "stream_ended": False}


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await sockets(receive, send)
    else:
        await {"/seen": show, "/slow": slow, "/stream": stream}.get(scope["path"], count)(
            receive, send
        )


async def respond(send: Any, body: object) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


async def show(receive: Any, send: Any) -> None:
    await respond(send, seen)


async def slow(receive: Any, send: Any) -> None:
    await asyncio.sleep(1.5)
    await respond(send, "done")


async def count(receive: Any, send: Any) -> None:
    """How many bytes of the body reach an application."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await respond(send, size)


async def stream(receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    sending = asyncio.ensure_future(_stream(send))
    while (await receive())["type"] != "http.disconnect":
        pass
    sending.cancel()
    seen["stream_ended"] = True


async def _stream(send: Any) -> None:
    while True:
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
        seen["streamed"] += 65536
        await asyncio.sleep(0)


async def sockets(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    seen["open_sockets"] += 1
    try:
        while (message := await receive())["type"] != "websocket.disconnect":
            await obey(message.get("text", ""), send)
    finally:
        seen["open_sockets"] -= 1


async def obey(order: str, send: Any) -> None:
    word, _, argument = order.partition(" ")
    if word == "flood":
        for _ in range(int(argument)):
            await send({"type": "websocket.send", "text": "y" * 1000})
            await asyncio.sleep(0)
    elif word == "sleep":
        await asyncio.sleep(float(argument))
    elif word == "close":
        await send({"type": "websocket.close", "code": int(argument)})
    else:
        await send({"type": "websocket.send", "text": str(len(order))})


if __name__ == "__main__":
    limits.STALLED_AFTER_S = 3  # which the tests have to wait for
    module = import_module(f"smartsteps.serving.{sys.argv[1]}_server")
    module.run(application, "127.0.0.1", int(sys.argv[2]))
