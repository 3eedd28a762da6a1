"""Gives each request an id and one log line that names the route, never the path or query."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from io import BytesIO

import csp.middleware
from csp.constants import HEADER
from csp.utils import build_policy
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware

from smartsteps.lib.ids import new_id
from smartsteps.lib.logs import request_id
from smartsteps.wire.views import too_large

logger = logging.getLogger("smartsteps.access")
SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestContextMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        token = request_id.set(given if SAFE_ID.fullmatch(given) else new_id("req"))
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            self._log(request, response.status_code, time.perf_counter() - started)
        finally:
            request_id.reset(token)
        return response

    def _log(self, request: HttpRequest, status: int, seconds: float) -> None:
        if not logger.isEnabledFor(logging.INFO):
            return
        match = request.resolver_match
        facts = {
            "method": request.method,
            "route": match.route if match else None,
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        logger.info("request", extra={"facts": facts})


class BodyLimitMiddleware:
    """Answers 413 where the ASGI handler stopped reading; inside the others for their headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if getattr(request, "too_large", False):
            return too_large(request)
        return self.get_response(request)


class CSPMiddleware(csp.middleware.CSPMiddleware):
    """django-csp builds its header anew for each answer; ours is the same for all of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self.policy = build_policy()

    def process_request(self, request: HttpRequest) -> None:
        """Nothing to prepare, since there are no nonces."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault(HEADER, self.policy)
        return response


class SafetyHeadersMiddleware:
    """The headers of three others, which give all answers the same: they are asked only once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.headers = {secure: _safety_headers(secure) for secure in (False, True)}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in self.headers[request.is_secure()]:
            response.headers.setdefault(name, value)
        return response


def _safety_headers(secure: bool) -> list[tuple[str, str]]:
    """What they add to a bare answer, by HTTPS or not."""
    scope = {"method": "GET", "path": "/", "headers": [], "scheme": "https" if secure else "http"}
    request, response = ASGIRequest(scope, BytesIO()), HttpResponse()
    del response["Content-Type"]
    for middleware in (XFrameOptionsMiddleware, CSPMiddleware, SecurityMiddleware):
        middleware(lambda _: response).process_response(request, response)
    return list(response.items())
