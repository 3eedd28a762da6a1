"""`/api/health`: for load balancers; says which part is away."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

logger = logging.getLogger(__name__)


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def _database_answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _state(check: Callable[[], object]) -> str:
    try:
        check()
    except (DatabaseError, redis.RedisError, OSError) as error:
        logger.warning("health check failed", exc_info=error)
        return "unavailable"
    return "ok"


def health(request: HttpRequest) -> JsonResponse:
    """200 while requests can be served (`degraded` without Redis), 503 without PostgreSQL."""
    database, broker = _state(_database_answers), _state(lambda: _redis().ping())
    ok = {"ok": "ok", "unavailable": "degraded"}[broker] if database == "ok" else "unavailable"
    body = {"status": ok, "database": database, "redis": broker}
    return JsonResponse(body, status=503 if ok == "unavailable" else 200)
