"""Search over 100,000 encrypted clients, against the same view over plain indexed columns."""

from __future__ import annotations

import itertools
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import psycopg

from benchmarks.plain_clients import INDEXES, TABLE, PlainClient  # sets Django up  # isort: skip

from apps.accounts.services import create_user
from apps.clients.models import Client
from benchmarks import data
from benchmarks.harness import Cost, bar, database_name, get, interleaved, measure, serving, table
from smartsteps.lib import clock
from smartsteps.lib.crypto import decrypt, encrypt

OURS = "smartsteps.asgi:application"
PLAIN = "benchmarks.plain_clients:application"
CLIENTS = 100_000
SYLLABLES = (
    "an",
    "bel",
    "car",
    "do",
    "el",
    "fin",
    "gra",
    "ho",
    "is",
    "jo",
    "ka",
    "lu",
    "mar",
    "ne",
)
SEARCHES = {
    "a whole name": ("marbelka", 10),
    "a beginning": ("marb", 10),
    "an address": ("marbelka.marbelka@1", 10),
    "a hundred rows": ("marb", 100),
    "a seventh of all": ("mar", 10),  # to find, to sort and to count
}


def _rows(chance: random.Random, numbers: range) -> tuple[list[Any], list[Any]]:
    """The same people twice, encrypted and plain. Words of three syllables: 2,744 of them."""
    words = ["".join(parts) for parts in itertools.product(SYLLABLES, repeat=3)]
    encrypted, plain = [], []
    for number in numbers:
        first, last = chance.choice(words), chance.choice(words)
        email = f"{first}.{last}@{number % 50}.example"
        shown = {"first_name": first.title(), "last_name": last.title(), "email": email}
        now = clock.now()
        row = Client(**shown, created_at=now, created_by="bench", updated_at=now)
        row.index()
        encrypted.append(row)
        folded = {"first_folded": first, "last_folded": last, "email_folded": email}
        plain.append(PlainClient(**shown, **folded, id=row.pk, created_at=now))
    return encrypted, plain


def fill() -> None:
    create_user(username="boss", email="boss@bench.test", role="admin", password=None)
    chance = random.Random(1)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(TABLE)
        for start in range(0, CLIENTS, 2000):
            encrypted, plain = _rows(chance, range(start, start + 2000))
            Client.objects.bulk_create(encrypted)
            PlainClient.objects.bulk_create(plain)
        connection.execute(INDEXES)
        connection.execute("VACUUM ANALYZE")


def decryption_us(fields: int = 300) -> float:
    """CPU to decrypt as many fields as a hundred rows of the list have."""
    blob, aad = encrypt("client.identity", b"Marbelka", b"bench"), b"bench"
    costs = []
    for _ in range(20):
        started = time.thread_time()
        for _ in range(fields):
            decrypt("client.identity", blob, aad)
        costs.append(time.thread_time() - started)
    return statistics.median(costs) * 1e6


def main(rounds: int = 5) -> bool:
    url = data.made("clients", "benchmarks.client_search", "fill")
    token = data.token(url, "boss")
    cells: dict[str, Callable[[], Cost]] = {}
    with ExitStack() as stack:
        for name, app in (("encrypted", OURS), ("plain", PLAIN)):
            server = stack.enter_context(serving(app, DATABASE_URL=url))
            for what, (text, limit) in SEARCHES.items():
                request = get(f"/api/v1/clients?limit={limit}&search={text}", token)
                cells[f"{name}, {what}"] = partial(
                    measure, server, request, database=database_name(url), count=120
                )
        costs = interleaved(cells, rounds)
    table(costs)
    share = decryption_us() / costs["encrypted, a hundred rows"].both_us
    met = [
        bar(f"CPU of plain columns', {what}", cost.both_us / plain.both_us, 2)
        for what in SEARCHES
        for cost, plain in [(costs[f"encrypted, {what}"], costs[f"plain, {what}"])]
    ]
    return all([*met, bar("of a hundred rows' answer is decryption", share, 0.05)])


if __name__ == "__main__":
    if sys.argv[1:] == ["fill"]:
        fill()
    else:
        sys.exit(not main())
