"""Loads words, concepts, short forms and rules from the YAML files beside this module."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from apps.safety.detector.common_words import PER_THOUSAND, RARE
from apps.safety.detector.pattern import (
    STOP,
    Node,
    Parser,
    PatternError,
    Sequence,
    Vocabulary,
    Words,
    choice,
)
from apps.safety.detector.reading import Reader
from apps.safety.detector.spelling import Speller

# The same safe loader, in C where the wheel brings it: ten times faster at start.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HERE = Path(__file__).parent


def load(folder: str) -> list[dict[str, Any]]:
    paths = sorted((_HERE / folder).glob("*.yaml"))
    return [_read(path) for path in paths]


def _read(path: Path) -> dict[str, Any]:
    page: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 is safe
    return page


def words_of(text: str | Iterable[str]) -> list[str]:
    return text.split() if isinstance(text, str) else [w for line in text for w in line.split()]


def without_accents(text: str) -> str:
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if unicodedata.category(char) != "Mn")


class Lexicon:
    """Concepts are read on first use, so a concept may build on another one."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self.vocabulary.char[STOP] = STOP
        self._sources: dict[str, list[str]] = {}
        self._nodes: dict[str, Node] = {}
        self._words: dict[str, Node] = {}
        self._pending: set[str] = set()
        self._spelling: dict[str, list[str]] = {"core": [], "protected": []}
        self.short_forms: dict[str, tuple[str, ...]] = {}
        self._parser = Parser(self.word, self.concept, self._turning)
        for page in load("lexicon"):
            self._add(page)
        self.concept("NEG")

    def _add(self, page: dict[str, Any]) -> None:
        for name, entries in page.get("concepts", {}).items():
            listed = [entries] if isinstance(entries, str) else entries
            self._sources.setdefault(name, []).extend(listed)
        for key, words in page.get("spelling", {}).items():
            self._spelling[key].extend(words_of(words))
        for short, long in page.get("short_forms", {}).items():
            self.short_forms[str(short)] = tuple(long.split())

    def concept(self, name: str) -> Node:
        if name not in self._nodes:
            if name not in self._sources or name in self._pending:
                raise PatternError(f"unknown or circular concept {name}")
            self._pending.add(name)
            self._nodes[name] = choice(self.parse(source) for source in self._sources[name])
            self._pending.discard(name)
        return self._nodes[name]

    def parse(self, source: str) -> Node:
        """A pattern; after `=` a bare list of words, each an alternative."""
        source = without_accents(source)
        if source.startswith("="):
            return choice(self.word(word) for word in source[1:].split())
        return self._parser.parse(source)

    def _turning(self) -> str:
        """Negations, which no gap may swallow."""
        node = self._nodes.get("NEG")
        return "".join(sorted(node.chars)) if isinstance(node, Words) else ""

    def word(self, word: str) -> Node:
        """A word as the reader will spell it: `mum` is read as `mom`, `wanna` as `want to`."""
        if word not in self._words:
            self._words[word] = self._word(word)
        return self._words[word]

    def _word(self, word: str) -> Node:
        parts = self.short_forms.get(word, (word,))
        intern = self.vocabulary.intern
        nodes = tuple(
            Words(frozenset(intern(part)), PER_THOUSAND.get(part, RARE)) for part in parts
        )
        return nodes[0] if len(nodes) == 1 else Sequence(nodes)

    @cached_property
    def reader(self) -> Reader:
        """Ask for it after every rule has been parsed: the vocabulary is complete only then."""
        known = self.vocabulary.char.keys() | self.short_forms.keys()
        speller = Speller(known, self._spelling["core"], set(self._spelling["protected"]))
        return Reader(self.vocabulary.char, self.short_forms, speller)
