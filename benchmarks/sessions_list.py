"""`GET /api/v1/sessions`: ten rows, authentication and total, against FastAPI and stock ASGI."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial

from benchmarks import data
from benchmarks.harness import (
    Cost,
    Server,
    bar,
    database_name,
    get,
    interleaved,
    measure,
    serving,
    table,
)

OURS = "smartsteps.asgi:application"
TWIN = "benchmarks.fastapi_twin:app"
STOCK = "benchmarks.stock_asgi:application"
DEEP = "/api/v1/sessions?page=50001"
FIRST = "/api/v1/sessions"


def main(rounds: int = 5) -> bool:
    small, large = data.database_of(1000), data.database_of(1_000_000)
    with ExitStack() as stack:

        def cell(app: str, url: str, who: str, path: str = FIRST, **kwargs: int) -> partial[Cost]:
            key = (app, url)
            if key not in servers:
                server = "uvicorn" if app == OURS else "plain"
                servers[key] = stack.enter_context(serving(app, server=server, DATABASE_URL=url))
            request = get(path, data.token(url, who))
            return partial(measure, servers[key], request, database=database_name(url), **kwargs)

        servers: dict[tuple[str, str], Server] = {}
        costs = interleaved(
            {
                "ours, a clinician's 1,000 of 1,000": cell(OURS, small, "carer"),
                "FastAPI, a clinician's 1,000 of 1,000": cell(TWIN, small, "carer"),
                "stock ASGI, a clinician's 1,000 of 1,000": cell(STOCK, small, "carer", count=160),
                "ours, a clinician's 1,000 of 1,000,000": cell(OURS, large, "carer"),
                "FastAPI, a clinician's 1,000 of 1,000,000": cell(TWIN, large, "carer"),
                "ours, all of 1,000": cell(OURS, small, "boss"),
                "FastAPI, all of 1,000": cell(TWIN, small, "boss"),
                "ours, all of 1,000,000": cell(OURS, large, "boss"),
                "ours, row 500,000": cell(OURS, large, "boss", DEEP),
                "FastAPI, all of 1,000,000": cell(TWIN, large, "boss", count=24),
                "FastAPI, row 500,000": cell(TWIN, large, "boss", DEEP, count=24),
            },
            rounds,
        )
    table(costs)
    return _bars(costs)


def _bars(costs: dict[str, Cost]) -> bool:
    small, large = "a clinician's 1,000 of 1,000", "a clinician's 1,000 of 1,000,000"
    mine, twin = costs[f"ours, {small}"], costs[f"FastAPI, {small}"]
    stock, mine_large = costs[f"stock ASGI, {small}"], costs[f"ours, {large}"]
    all_small, twin_all = costs["ours, all of 1,000"], costs["FastAPI, all of 1,000"]
    all_large, deep = costs["ours, all of 1,000,000"], costs["ours, row 500,000"]
    met = [
        bar("server CPU of FastAPI's, a clinician", mine.server_us / twin.server_us, 1),
        bar("server CPU of FastAPI's, an admin", all_small.server_us / twin_all.server_us, 1),
        bar("server CPU of stock ASGI's", mine.server_us / stock.server_us, 0.25),
        bar("CPU at 1,000,000 rows, a clinician", mine_large.both_us / mine.both_us, 1.3),
        bar("CPU at 1,000,000 rows, an admin", all_large.both_us / all_small.both_us, 1.3),
        bar("time at 1,000,000 rows, an admin", all_large.p50_ms / all_small.p50_ms, 1.3),
        bar("CPU at row 500,000 of the first page's", deep.both_us / all_large.both_us, 1.5),
        bar("time at row 500,000 of the first page's", deep.p50_ms / all_large.p50_ms, 1.5),
    ]
    return all(met)


if __name__ == "__main__":
    sys.exit(not main())
