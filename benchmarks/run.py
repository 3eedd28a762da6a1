"""`make bench`: the figures, on servers of our own whose data stays in var/bench.

Arguments are names of modules here; without any, all are run. The status tells if a bar was missed.
"""

from __future__ import annotations

import asyncio
import sys

from benchmarks.harness import REPO
from tests.run import PYTHON, run, servers, until_interrupted

FOLDER = REPO / "var" / "bench"
FIGURES = (
    "bench_detector",
    "sessions_list",
    "client_search",
    "message_latency",
    "fan_out",
    "conversations",
    "webhooks",
)


async def main(names: list[str]) -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    FOLDER.chmod(0o711)  # PostgreSQL's own user has to pass through
    failed = 0
    async with servers(FOLDER, durable=True) as env:
        for name in names or FIGURES:
            sys.stdout.write(f"\n## {name}\n")
            sys.stdout.flush()
            failed |= await run((PYTHON, "-m", f"benchmarks.{name}"), env, quiet=False)
    return failed


if __name__ == "__main__":
    sys.exit(asyncio.run(until_interrupted(main(sys.argv[1:]))))
