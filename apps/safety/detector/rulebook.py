"""The rules, each compiled once and indexed by a word it can't do without."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Literal, NamedTuple

from apps.safety.detector.finding import Category, Level
from apps.safety.detector.lexicon import Lexicon, load, words_of
from apps.safety.detector.pattern import Node, rarest

Kind = Literal["danger", "erase", "context"]


@dataclass(frozen=True, slots=True)
class Group:
    """What the patterns of one group mean and what may weaken them.

    `third` is the level when it is about somebody else, `sign` the name used by composition,
    `firm` rules hold against the contexts named in it (negation, past, frame, third).
    """

    name: str
    kind: Kind
    level: Level
    category: Category
    third: Level
    signs: frozenset[str]
    firm: frozenset[str]


@dataclass(frozen=True, eq=False, slots=True)
class Rule:
    """`needed` are the bits of all its needs; compiled at the start, or text after text would wait
    for a rule that no text had needed before."""

    number: int
    group: Group
    source: str
    regex: re.Pattern[str]
    filed: frozenset[str]  # under these words it is looked for
    erases: bool
    needed: int


class Filed(NamedTuple):
    """What a word brings: the needs it meets, and the rules to look at where it stands."""

    bits: int
    rules: list[tuple[int, Rule]]


class Rulebook:
    """Each need of a rule is one bit; each word carries the bits of the needs it meets."""

    def __init__(self, lexicon: Lexicon, folder: str) -> None:
        self._bits: dict[frozenset[str], int] = {}
        self.rules: list[Rule] = []
        for page in load(folder):
            for group, source in _patterns(page):
                self.rules.append(self._rule(group, source, lexicon.parse(source)))
        self._words = {char: Filed(bits, []) for char, bits in self._met().items()}
        for rule in self.rules:
            for char in rule.filed:
                self._words[char].rules.append((rule.needed, rule))

    def _rule(self, group: Group, source: str, node: Node) -> Rule:
        needs = node.needs()
        return Rule(
            number=len(self.rules),
            group=group,
            source=source,
            regex=re.compile(node.regex()),
            filed=rarest(needs).chars,
            erases=group.kind == "erase",
            needed=reduce(or_, (self._bit(need.chars) for need in needs)),
        )

    def _bit(self, need: frozenset[str]) -> int:
        return self._bits.setdefault(need, 1 << len(self._bits))

    def _met(self) -> dict[str, int]:
        met: dict[str, int] = defaultdict(int)
        for need, bit in self._bits.items():
            for char in need:
                met[char] |= bit
        return met

    def candidates(self, sentence: str) -> set[Rule]:
        """Rules whose every need is met by some word of the sentence."""
        found = [*filter(None, map(self._words.get, set(sentence)))]
        met = 0
        for bits, _ in found:
            met |= bits
        return {rule for _, rules in found for needed, rule in rules if needed & met == needed}


def _patterns(page: dict[str, Any]) -> Iterator[tuple[Group, str]]:
    for name, body in page["groups"].items():
        group = _group(name, page.get("defaults", {}) | body)
        for source in body["patterns"]:
            yield group, source


def _group(name: str, body: dict[str, Any]) -> Group:
    level: Level = body.get("level", "none")
    return Group(
        name=name,
        kind=body.get("kind", "danger"),
        level=level,
        category=body.get("category", "none"),
        third=body.get("third", level),
        signs=frozenset(words_of(body.get("signs", ""))),
        firm=frozenset(words_of(body.get("firm", ""))),
    )


def repeated_names(rules: list[Rule]) -> list[str]:
    """Sources that stand twice in one group; for the tests."""
    counted = Counter((rule.group.name, rule.source) for rule in rules)
    return [f"{name}: {source}" for (name, source), count in counted.items() if count > 1]
