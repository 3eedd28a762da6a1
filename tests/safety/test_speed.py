"""Hostile text must not stall a worker; the figures proper are in benchmarks/bench_detector.py."""

from __future__ import annotations

import time

import pytest

from apps.safety.detector import screen

HOSTILE = {
    "one word": "want " * 2000,
    "rule words": "i want to not die kill myself tonight pills " * 230,
    "letters": "a" * 10_000,
    "spaced letters": "k i l l " * 1250,
    "quotes": "'\"" * 5000,
    "leet": "!1|$0" * 2000,
    "leet words": "k1ll!1|!1|!1|!1|!1|!1|!1| " * 400,
    "zero width": "\u200b" * 10_000,
    "marks": "e\u0301" * 5000,
    "no stops": "he she my brother told me he would end it if i leave " * 190,
    "stops": ".!?" * 3300,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_ten_kilobytes(name: str) -> None:
    text = HOSTILE[name]
    screen(text)
    spent = min(_cpu_seconds(text) for _ in range(3))
    assert spent < 0.05


def _cpu_seconds(text: str) -> float:
    start = time.thread_time()
    screen(text)
    return time.thread_time() - start
