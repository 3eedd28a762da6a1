"""Fails a test in whose log lines a client's words, a token or a key turn up.

In-process lines are checked after each test; the live processes' log files at the end.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from smartsteps.lib.logs import JsonFormatter

CANARIES = re.compile(
    r"jane\.doe@|\bJane\b|\+1-234-567-8901|1990-05-15"  # who she is
    r"|feel(ing)? (a bit )?stressed|Client appeared more relaxed|Calm\."  # what was said
    r"|sk_ss_[0-9A-Za-z]{32}"  # keys
    r"|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}"  # tokens
    r"|correct-horse-battery"  # passwords
)


class Collector(logging.Handler):
    """Keeps each line as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def leaks(lines: list[str]) -> list[str]:
    """Only where and what kind, so that the report itself does not spread them."""
    found = (CANARIES.search(line) for line in lines)
    return [f"{match[0][:4]}… in: {match.string[:160]}" for match in found if match]


@pytest.fixture(autouse=True)
def nothing_private_is_logged() -> Iterator[None]:
    collector = Collector()
    root = logging.getLogger()
    root.addHandler(collector)
    yield
    root.removeHandler(collector)
    assert not leaks(collector.lines)


def check_files(folder: Path) -> None:
    for file in folder.glob("*.log"):
        assert not leaks(file.read_text(errors="replace").splitlines()), file.name
