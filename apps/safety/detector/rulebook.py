"""The rules, each compiled once and indexed by a word it can't do without."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any, Literal

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


@dataclass(frozen=True, eq=False)
class Rule:
    group: Group
    source: str
    node: Node
    filed: frozenset[str]  # under these words it is looked for
    erases: bool
    needed: int  # the bits of all its needs

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Compiled when a text first needs it: to compile all takes half a second at each start."""
        return re.compile(self.node.regex())


class Rulebook:
    """Each need of a rule is one bit; each word carries the bits of the needs it meets."""

    def __init__(self, lexicon: Lexicon, folder: str) -> None:
        self._bits: dict[frozenset[str], int] = {}
        self.rules = [rule for page in load(folder) for rule in self._page(page, lexicon)]
        self._met: dict[str, int] = defaultdict(int)
        for need, bit in self._bits.items():
            for char in need:
                self._met[char] |= bit
        self._index: dict[str, list[tuple[int, Rule]]] = defaultdict(list)
        for rule in self.rules:
            for char in rule.filed:
                self._index[char].append((rule.needed, rule))

    def _page(self, page: dict[str, Any], lexicon: Lexicon) -> Iterator[Rule]:
        for name, body in page["groups"].items():
            group = _group(name, page.get("defaults", {}) | body)
            for source in body["patterns"]:
                yield self._rule(group, source, lexicon.parse(source))

    def _rule(self, group: Group, source: str, node: Node) -> Rule:
        needs = node.needs()
        needed = reduce(or_, (self._bit(need.chars) for need in needs))
        filed = rarest(needs).chars
        return Rule(group, source, node, filed, group.kind == "erase", needed)

    def _bit(self, need: frozenset[str]) -> int:
        return self._bits.setdefault(need, 1 << len(self._bits))

    def candidates(self, sentence: str) -> set[Rule]:
        """Rules whose every need is met by some word of the sentence."""
        known = self._met.keys() & sentence
        met = reduce(or_, map(self._met.__getitem__, known), 0)
        filed = map(self._index.__getitem__, self._index.keys() & known)
        return {rule for rules in filed for needed, rule in rules if needed & met == needed}


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
