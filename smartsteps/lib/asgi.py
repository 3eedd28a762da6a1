"""Django's ASGI handler with the whole synchronous chain in a single thread hop.

The stock handler hops to a thread and back for every middleware (about 2 ms of CPU for a
trivial view). Here the body is read on the event loop, middleware and view run once in a
thread, and the answer, streaming or not, is sent from the event loop again.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core import signals
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpResponseBase, StreamingHttpResponse
from django.urls import set_script_prefix
from django.utils.module_loading import import_string

from smartsteps.lib.threads import in_thread

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
SPOOL_BYTES = 256 * 1024


class Disconnected(Exception):
    """The client went away before its request was complete."""


class ApiHandler(BaseHandler):
    """What answers the API: the middleware that it needs, and its views.

    It runs what middleware does around a view, no `process_view` and the like.
    """

    _view_middleware: list[Any] = []
    _template_response_middleware: list[Any] = []
    _exception_middleware: list[Any] = []

    def __init__(self) -> None:
        super().__init__()
        chain = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]  # unknown to the stubs
        for path in reversed(settings.API_MIDDLEWARE):
            chain = convert_exception_to_response(import_string(path)(chain))
        self._middleware_chain = chain


class OneHopHandler(ASGIHandler):
    """Serves HTTP scopes; a body over settings.BODY_LIMIT_BYTES makes `request.too_large` true."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._api = ApiHandler()
        self._body_limit: int = settings.BODY_LIMIT_BYTES
        self._api_prefix: str = settings.API_PREFIX

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(Disconnected):
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        first = await _receive(receive)
        with _body_file(first) as body:
            complete = await _read_body(body, first, receive, self._body_limit)
            request = self.request_class(_normal(scope, body.tell()), body)
            request.too_large = not complete  # type: ignore[attr-defined]  # for the middleware
            body.seek(0)
            response = await in_thread(self._in_thread, request)
            try:
                await _send_response(response, receive, send)
            finally:
                if response.streaming:
                    await in_thread(response.close)

    def _in_thread(self, request: ASGIRequest) -> HttpResponseBase:
        set_script_prefix(request.scope.get("root_path") or "/")
        signals.request_started.send(sender=self.__class__, scope=request.scope)
        of_api = request.path_info.startswith(self._api_prefix)
        response = (self._api if of_api else self).get_response(request)
        if not response.streaming:
            # Sends request_finished, at which Django looks after the database connection.
            response.close()
        return response


async def _receive(receive: Receive) -> Mapping[str, Any]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Disconnected
    return message


def _body_file(first: Mapping[str, Any]) -> IO[bytes]:
    """In memory if all of it is there; else it may get large."""
    if first.get("more_body", False):
        return tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)
    return BytesIO()


async def _read_body(
    body: IO[bytes], message: Mapping[str, Any], receive: Receive, limit: int
) -> bool:
    """Copy the request's body; False as soon as it is larger than `limit` bytes."""
    body.write(message.get("body", b""))
    while message.get("more_body", False) and body.tell() <= limit:
        message = await _receive(receive)
        body.write(message.get("body", b""))
    return body.tell() <= limit


def _normal(scope: Scope, length: int) -> Scope:
    """The scope as Django needs it.

    A chunked request has no Content-Length, without which DRF would drop its body; and a query
    string may hold bytes that are no UTF-8, at which Django's request would break.
    """
    headers = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
    query = scope.get("query_string", b"").decode("utf-8", "replace").encode()
    length_header = (b"content-length", str(length).encode())
    return {**scope, "headers": [*headers, length_header], "query_string": query}


def _start(response: HttpResponseBase) -> dict[str, Any]:
    headers = [(key.encode("ascii"), value.encode("latin1")) for key, value in response.items()]
    cookies = [
        (b"Set-Cookie", cookie.output(header="").strip().encode("ascii"))
        for cookie in response.cookies.values()
    ]
    return {
        "type": "http.response.start",
        "status": response.status_code,
        "headers": headers + cookies,
    }


async def _send_response(response: HttpResponseBase, receive: Receive, send: Send) -> None:
    await send(_start(response))
    if isinstance(response, StreamingHttpResponse):
        await _stream(response, receive, send)
    else:
        content: bytes = response.content  # type: ignore[attr-defined]  # not streaming
        await send({"type": "http.response.body", "body": content})


async def _stream(response: StreamingHttpResponse, receive: Receive, send: Send) -> None:
    """Send the parts as they are made; stop making them when the client leaves."""
    sending = asyncio.ensure_future(_send_parts(response, send))
    leaving = asyncio.ensure_future(_until_disconnect(receive))
    done, pending = await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    if sending in done:
        sending.result()


async def _until_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_parts(response: StreamingHttpResponse, send: Send) -> None:
    if response.is_async:
        async with aclosing(response.__aiter__()) as parts:  # type: ignore[type-var]
            async for part in parts:
                await send({"type": "http.response.body", "body": part, "more_body": True})
    else:
        parts_sync = iter(response)
        while (chunk := await in_thread(next, parts_sync, None)) is not None:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body"})
