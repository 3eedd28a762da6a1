"""Detector speed in CPU time: messages a second, p99, and the ratio to one plain regex pass.

Run: python -m benchmarks.bench_detector
"""

from __future__ import annotations

import json
import random
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from apps.safety.detector import _detector, screen

LENGTH = 500
ROUNDS = 3000
CORPUS = Path(__file__).parent.parent / "apps" / "safety" / "corpus"


def ordinary() -> list[str]:
    """What people mostly write: plain talk from end to end."""
    rng = random.Random(7)
    rows = [json.loads(line) for path in CORPUS.glob("*.jsonl") for line in path.open()]
    plain = [row["text"] for row in rows if "plain_control" in row["tags"]]
    return [" ".join(rng.choice(plain) for _ in range(30))[:LENGTH] for _ in range(ROUNDS)]


def messages() -> list[str]:
    """The worst: fourteen hard negatives on end, or thirteen and a line that must be found."""
    rng = random.Random(7)
    rows = [json.loads(line) for path in CORPUS.glob("*.jsonl") for line in path.open()]
    calm = [row["text"] for row in rows if row["label"] == "none"]
    grave = [row["text"] for row in rows if row["label"] in ("high", "critical")]
    made = []
    for number in range(ROUNDS):
        parts = [rng.choice(calm) for _ in range(14)]
        if number % 3 == 0:
            parts[rng.randrange(6)] = rng.choice(grave)
        made.append(" ".join(parts)[:LENGTH])
    return made


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


def report(name: str, texts: list[str], pattern: re.Pattern[str]) -> None:
    for text in texts[:300]:
        screen(text)
    ours = timed(screen, texts)
    plain = timed(lambda text: [*pattern.finditer(text)], texts)
    p99 = statistics.quantiles(ours, n=100)[98]
    print(f"{name}, {LENGTH} characters: {1000 / statistics.mean(ours):,.0f} a second")
    print(f"p50 {statistics.median(ours):.3f} ms, p99 {p99:.3f} ms")
    print(f"ratio to a plain regex pass: {statistics.mean(ours) / statistics.mean(plain):.2f}")


def main() -> None:
    pattern = plain_pass()
    report("ordinary messages", ordinary(), pattern)
    report("the hardest messages", messages(), pattern)


if __name__ == "__main__":
    main()
