"""Families of words of like meaning, so that a word never met in training still says something."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("families.txt")


@cache
def load() -> dict[str, tuple[str, str]]:
    """word -> names of its narrow and its wide family.

    A line is one narrow family, headed by the number of the wide one it belongs to. The families
    come from clustering the vectors of 18,000 frequent English words (see corpus/README.md).
    """
    found = {}
    for number, line in enumerate(_FILE.read_text("utf-8").splitlines()):
        wide, *words = line.split()
        for word in words:
            found[word] = (f"={number}", f"~{wide}")
    return found
