"""Rate limits that hold across processes, for REST and sockets alike.

Counting is atomic in Redis. While Redis is away each process counts for itself: a limit is
then looser by the number of processes, but never gone.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import cache

import redis
from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter

logger = logging.getLogger(__name__)
REDIS_PAUSE_S = 5.0  # after a failure, don't ask Redis again for so long


@cache
def _parse(rate: str) -> RateLimitItem:
    return parse(rate)


@cache
def _local() -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(MemoryStorage())


@cache
def _shared() -> FixedWindowRateLimiter:
    storage = RedisStorage(
        settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, key_prefix="limits"
    )
    return FixedWindowRateLimiter(storage)


class _Outage:
    until = 0.0


def hit(rate: str, *who: str) -> int:
    """Count a call of `who` against `rate` ("20/minute"): 0, or the seconds to wait."""
    item = _parse(rate)
    limiter = _shared() if time.monotonic() >= _Outage.until else _local()
    try:
        return _hit(limiter, item, who)
    except redis.RedisError:
        logger.warning("Redis is away: rate limits are counted per process")
        _Outage.until = time.monotonic() + REDIS_PAUSE_S
        return _hit(_local(), item, who)


def _hit(limiter: FixedWindowRateLimiter, item: RateLimitItem, who: tuple[str, ...]) -> int:
    if limiter.hit(item, *who):
        return 0
    reset = limiter.get_window_stats(item, *who).reset_time
    return max(1, round(reset - time.time()))


@dataclass
class TokenBucket:
    """A limit inside one process: `rate` tokens a second, at most `burst` saved up."""

    rate: float
    burst: float
    tokens: float = -1.0
    at: float = 0.0

    def take(self) -> bool:
        moment = time.monotonic()
        saved = self.burst if self.tokens < 0 else self.tokens + (moment - self.at) * self.rate
        self.at, self.tokens = moment, min(self.burst, saved)
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True
