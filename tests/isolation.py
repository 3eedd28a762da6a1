"""Loaded before the settings: gives every pytest process Redis databases of its own."""

from __future__ import annotations

import os

from smartsteps.embedded.ports import CANDIDATES, take_from

PER_WORKER = 2  # one for the tests themselves, one for the processes that `live` starts


def worker_number() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def own_port(first: int) -> int:
    """A free port that no other pytest process looks at."""
    return take_from(first + CANDIDATES * worker_number())


def _redis_url(offset: int) -> str:
    server = os.environ["REDIS_URL"].rpartition("/")[0]
    return f"{server}/{PER_WORKER * worker_number() + offset}"


if "REDIS_URL" not in os.environ:
    raise SystemExit('No REDIS_URL: run the tests with `make test ARGS="tests/…"`.')

LIVE_REDIS_URL = _redis_url(1)
os.environ["REDIS_URL"] = _redis_url(0)
