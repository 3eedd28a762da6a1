"""Rate limits that hold across processes, for REST and sockets alike.

Counting is atomic in Redis. While Redis is away each process counts for itself: a limit is
then looser by the number of processes, but never gone. Of a generous limit a process counts a
hundredth at a time and lets so many calls by without asking again, so with many processes the
limit may be met some hundredths early, never late.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import cache
from threading import Lock

import redis
from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter

logger = logging.getLogger(__name__)
REDIS_PAUSE_S = 5.0  # after a failure, don't ask Redis again for so long
SHARES = 100
MOST_LEASES = 10_000


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


@dataclass
class _Lease:
    """Calls that Redis has counted already, good until the window's end."""

    left: int
    until: float

    def take(self) -> bool:
        self.left -= 1
        return self.left >= 0 and time.time() < self.until


_leases: dict[tuple[str, ...], _Lease] = {}
_leasing = Lock()


def _leased(key: tuple[str, ...]) -> bool:
    with _leasing:
        lease = _leases.get(key)
        if lease is None or lease.take():
            return lease is not None
        del _leases[key]
        return False


def forget() -> None:
    """Drop what is leased, for instance when the counters in Redis were deleted."""
    with _leasing:
        _leases.clear()


def hit(rate: str, *who: str) -> int:
    """Count a call of `who` against `rate` ("20/minute"): 0, or the seconds to wait."""
    if _leased((rate, *who)):
        return 0
    item = _parse(rate)
    limiter = _shared() if time.monotonic() >= _Outage.until else _local()
    try:
        return _hit(limiter, item, rate, who)
    except redis.RedisError:
        logger.warning("Redis is away: rate limits are counted per process")
        _Outage.until = time.monotonic() + REDIS_PAUSE_S
        return _hit(_local(), item, rate, who)


def _share(amount: int) -> int:
    """Shares must add up to the limit, so that a lone process meets it exactly."""
    share = max(1, amount // SHARES)
    return share if amount % share == 0 else 1


def _hit(
    limiter: FixedWindowRateLimiter, item: RateLimitItem, rate: str, who: tuple[str, ...]
) -> int:
    share = _share(item.amount)
    passed = limiter.hit(item, *who, cost=share)
    if passed and share == 1:
        return 0
    reset = limiter.get_window_stats(item, *who).reset_time
    if not passed:
        return max(1, round(reset - time.time()))
    with _leasing:
        if len(_leases) >= MOST_LEASES:
            _leases.clear()
        _leases[(rate, *who)] = _Lease(share - 1, reset)
    return 0


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
