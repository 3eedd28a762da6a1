"""Detector speed in CPU time: messages a second, p99, and the ratio to one plain regex pass.

The machine is not alone with us, so each figure is the median of several rounds, all of new texts.

Run: python -m benchmarks.bench_detector
"""

from __future__ import annotations

import gc
import json
import random
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from apps.safety.detector import _detector, load, screen

LENGTH = 500
TEXTS = 3000
WARM_UP = 300
ROUNDS = 5
# A plain pass takes twenty times as long as ours; a few of the texts tell its mean.
PLAIN_EVERY = 30
CORPUS = Path(__file__).parent.parent / "apps" / "safety" / "corpus"


class Round(NamedTuple):
    """In milliseconds."""

    mean: float
    p50: float
    p99: float
    plain: float


def ordinary(seed: int = 7) -> list[str]:
    """What people mostly write: plain talk from end to end."""
    rng = random.Random(seed)
    plain = [row["text"] for row in rows() if "plain_control" in row["tags"]]
    return [" ".join(rng.choice(plain) for _ in range(30))[:LENGTH] for _ in range(TEXTS)]


def messages(seed: int = 7) -> list[str]:
    """The worst: fourteen hard negatives on end, or thirteen and a line that must be found."""
    rng = random.Random(seed)
    calm = [row["text"] for row in rows() if row["label"] == "none"]
    grave = [row["text"] for row in rows() if row["label"] in ("high", "critical")]
    made = []
    for number in range(TEXTS):
        parts = [rng.choice(calm) for _ in range(14)]
        if number % 3 == 0:
            parts[rng.randrange(6)] = rng.choice(grave)
        made.append(" ".join(parts)[:LENGTH])
    return made


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(CORPUS.glob("*.jsonl")) for line in path.open()]


def timed(work: Callable[[str], object], texts: list[str]) -> list[float]:
    spent = []
    for text in texts:
        start = time.thread_time_ns()
        work(text)
        spent.append((time.thread_time_ns() - start) / 1e6)
    return spent


def plain_pass() -> re.Pattern[str]:
    """One compiled alternation of every word the rules know, the least any screen could do."""
    words = sorted(w for w in _detector.vocabulary if len(w) > 1)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b", re.IGNORECASE)


def one_round(texts: list[str], pattern: re.Pattern[str]) -> Round:
    ours = timed(screen, texts)
    plain = timed(lambda text: [*pattern.finditer(text)], texts[::PLAIN_EVERY])
    p99 = statistics.quantiles(ours, n=100)[98]
    return Round(statistics.mean(ours), statistics.median(ours), p99, statistics.mean(plain))


def report(name: str, rounds: list[Round]) -> None:
    mean, p50, p99, plain = (statistics.median(column) for column in zip(*rounds, strict=True))
    each = ", ".join(f"{one.p99:.2f}" for one in rounds)
    print(f"{name}, {LENGTH} characters: {1000 / mean:,.0f} a second")
    print(f"p50 {p50:.3f} ms, p99 {p99:.3f} ms (rounds: {each})")
    print(f"ratio to a plain regex pass ({plain:.2f} ms): {mean / plain:.2f}")


def main() -> None:
    load()
    # As the workers do: what is loaded by now is spared the collector; what texts leave is not.
    gc.collect()
    gc.freeze()
    pattern = plain_pass()
    corpora = {"ordinary messages": ordinary, "the hardest messages": messages}
    for make in corpora.values():
        timed(screen, make(0)[:WARM_UP])
    rounds: dict[str, list[Round]] = {name: [] for name in corpora}
    for seed in range(1, ROUNDS + 1):
        for name, make in corpora.items():
            rounds[name].append(one_round(make(seed), pattern))
    for name, seen in rounds.items():
        report(name, seen)


if __name__ == "__main__":
    main()
