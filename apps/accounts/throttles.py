"""Rate limits of REST calls (spec 1, Rate Limiting)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from apps.accounts.actors import Actor
from apps.accounts.callers import client_address
from smartsteps.lib import limits
from smartsteps.lib.errors import rate_limited

LOGIN_PATH = "/api/v1/auth/login"


def _rate(actor: Actor | None) -> str:
    rules = settings.RATE_LIMITS
    if actor is None:
        return str(rules.default_limit)
    if actor.api_key_id:
        return str(rules.api_keys)
    return str(rules.per_user.get(actor.role, rules.per_user["default"]))


def check(request: HttpRequest | Request, actor: Actor | None) -> None:
    """Raises DomainError 429 with Retry-After."""
    who = actor.throttle_key if actor else client_address(request)
    check_rate(_rate(actor), "api", who)


def check_endpoint(request: HttpRequest | Request, *who: str) -> None:
    """An endpoint's own limit, per address and, if told, per account."""
    _check_path(request.path, request, *who)


def check_login(request: HttpRequest, name: str) -> None:
    """The back office's log-in shares the API's limit, so the two can't be tried in turn."""
    _check_path(LOGIN_PATH, request, name)


def _check_path(path: str, request: HttpRequest | Request, *who: str) -> None:
    rate = settings.RATE_LIMITS.per_endpoint.get(path)
    if rate:
        check_rate(rate, path, client_address(request))
        for name in who:
            check_rate(rate, path, name)


def check_rate(rate: str, *who: str) -> None:
    if not settings.RATE_LIMITS.enabled:
        return
    if wait := limits.hit(rate, *who):
        raise rate_limited(wait)
