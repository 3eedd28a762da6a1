"""The rules, each compiled once and indexed by a word it can't do without."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
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


@dataclass(frozen=True, eq=False, slots=True)
class Rule:
    """Compiled at the start, or text after text would wait for a rule that none had needed yet."""

    number: int
    group: Group
    source: str
    regex: re.Pattern[str]
    filed: frozenset[str]  # under these words it is looked for
    erases: bool
    needed: int  # the bits of its other needs


@dataclass(slots=True)
class Filed:
    """What a word brings: the needs it meets, and the rules to look at where it stands."""

    bits: int = 0
    rules: list[tuple[int, Rule]] = field(default_factory=list)


class Rulebook:
    """A rule is filed under the words of its rarest need; each other need is one bit, and each
    word carries the bits of those it meets."""

    def __init__(self, lexicon: Lexicon, folder: str) -> None:
        self._bits: dict[frozenset[str], int] = {}
        self.rules: list[Rule] = []
        for page in load(folder):
            for group, source in _patterns(page):
                self.rules.append(self._rule(group, source, lexicon.parse(source)))
        self._every_bit = reduce(or_, self._bits.values(), 0)
        self._words: dict[str, Filed] = defaultdict(Filed)
        for need, bit in self._bits.items():
            for char in need:
                self._words[char].bits |= bit
        for rule in self.rules:
            for char in rule.filed:
                self._words[char].rules.append((rule.needed, rule))

    def _rule(self, group: Group, source: str, node: Node) -> Rule:
        needs = {need.chars for need in node.needs()}
        filed = rarest(node.needs()).chars
        return Rule(
            number=len(self.rules),
            group=group,
            source=source,
            regex=re.compile(node.regex()),
            filed=filed,
            erases=group.kind == "erase",
            needed=reduce(or_, map(self._bit, needs - {filed}), 0),
        )

    def _bit(self, need: frozenset[str]) -> int:
        return self._bits.setdefault(need, 1 << len(self._bits))

    def candidates(self, sentence: str) -> set[Rule]:
        """Rules whose every need is met by some word of the sentence."""
        found = [*filter(None, map(self._words.get, set(sentence)))]
        met = 0
        for word in found:
            met |= word.bits
        missing = self._every_bit ^ met
        return {rule for word in found for needed, rule in word.rules if not needed & missing}


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
