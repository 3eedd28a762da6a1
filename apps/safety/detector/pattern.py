"""The pattern language of the rules: words, CONCEPTS, groups, options and bounded gaps.

    I ~2 WANT to? (die | be dead) !of
    GUN & I & (calling | winning)

Lower case is a word, upper case a concept from the lexicon, `~n` up to n words of the same
sentence, none of them a negation, `x?` an option, `!x` "not followed by", `<x` "not preceded by",
`.` any one word, `^` and `$` the sentence's ends; ` & ` joins patterns that must stand in one
sentence in any order. There is no unbounded repetition, so a match costs at most a constant per
starting word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import groupby

_WORD = r"[a-z0-9']+"
# The second is the commonest group, words and nothing else, whole.
_LEX = re.compile(rf"\s*({_WORD}|\((?:{_WORD}\|)+{_WORD}\)|[A-Z][A-Z0-9_]*|~\d|[()|?!<.^$])")
STOP = "."
OTHER = "w"
# Past the characters for which `re` draws a map of 65,536 places per class: compiles in a third of
# the time, and a class of a few ranges is searched as fast.
_FIRST_CHAR = 0x10000
_SENTENCE = 50
_END = ""
_CLOSING = frozenset((_END, "|", ")"))


class PatternError(ValueError):
    """A rule that can't be read; raised when the rules are loaded."""


def _ranges(chars: Iterable[str]) -> str:
    """The inside of a class, `abce` as `a-ce`; neighbours in a list are neighbours as characters,
    so this makes most lists far shorter to parse."""
    codes = sorted(map(ord, chars))
    # Within a run, a code less its place is the same.
    runs = groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0])
    return "".join(_range([chr(code) for _, code in run]) for _, run in runs)


def _range(run: list[str]) -> str:
    return f"{run[0]}-{run[-1]}" if len(run) > 2 else "".join(run)


@cache
def _class(chars: frozenset[str]) -> str:
    return re.escape(*chars) if len(chars) == 1 else f"[{_ranges(chars)}]"


@cache
def _any_but(turning: str) -> str:
    """Any word that neither ends the sentence nor turns its meaning."""
    return f"[^{_ranges(STOP + turning)}]"


class Vocabulary:
    """Every word the rules know, each as one character, so that a text is a short string."""

    def __init__(self) -> None:
        self.char: dict[str, str] = {}

    def intern(self, word: str) -> str:
        if word not in self.char:
            self.char[word] = chr(_FIRST_CHAR + len(self.char))
        return self.char[word]


@dataclass(frozen=True)
class Node:
    def regex(self) -> str:
        raise NotImplementedError

    def needs(self) -> list[Words]:
        """A text must hold one word of each or it can't match."""
        return []


@dataclass(frozen=True)
class Words(Node):
    """Any of these words; `often` says how many of a thousand messages hold one."""

    chars: frozenset[str]
    often: float

    def regex(self) -> str:
        return _class(self.chars)

    def needs(self) -> list[Words]:
        return [self]


@dataclass(frozen=True)
class Raw(Node):
    text: str

    def regex(self) -> str:
        return self.text


@dataclass(frozen=True)
class Sequence(Node):
    parts: tuple[Node, ...]

    def regex(self) -> str:
        return "".join(part.regex() for part in self.parts)

    def needs(self) -> list[Words]:
        return [need for part in self.parts for need in part.needs()]


@dataclass(frozen=True)
class Choice(Node):
    branches: tuple[Node, ...]

    @cached_property
    def _needs(self) -> list[Words]:
        every = [branch.needs() for branch in self.branches]
        if not all(every):
            return []
        return [any_of([rarest(needs) for needs in every])]

    @cached_property
    def _regex(self) -> str:
        single: set[str] = set()
        longer: list[str] = []
        for branch in self.branches:
            if isinstance(branch, Words):
                single |= branch.chars
            else:
                longer.append(branch.regex())
        if single:
            longer.append(_class(frozenset(single)))
        return f"(?:{'|'.join(longer)})"

    def regex(self) -> str:
        return self._regex

    def needs(self) -> list[Words]:
        return self._needs


@dataclass(frozen=True)
class Together(Node):
    """All parts in one sentence, in any order; each part is one group of the match."""

    parts: tuple[Node, ...]

    def regex(self) -> str:
        ahead = (f"(?=[^{STOP}]{{0,{_SENTENCE}}}?({part.regex()}))" for part in self.parts)
        return rf"(?:(?<=[{STOP}])|(?<![\s\S]))" + "".join(ahead)

    def needs(self) -> list[Words]:
        return [need for part in self.parts for need in part.needs()]


@dataclass(frozen=True)
class Option(Node):
    inner: Node

    def regex(self) -> str:
        return f"(?:{self.inner.regex()})?"


@dataclass(frozen=True)
class Look(Node):
    inner: Node
    behind: bool = False

    def regex(self) -> str:
        return f"(?{'<' if self.behind else ''}!{self.inner.regex()})"


def rarest(needs: Iterable[Words]) -> Words:
    return min(needs, key=lambda words: words.often)


def any_of(words: Collection[Words]) -> Words:
    chars = frozenset[str]().union(*(each.chars for each in words))
    return Words(chars, sum(each.often for each in words))


def choice(branches: Iterable[Node]) -> Node:
    """One node for many; plain words and nested choices melt into one class."""
    words: list[Words] = []
    rest: list[Node] = []
    for branch in branches:
        inner = branch.branches if isinstance(branch, Choice) else (branch,)
        for node in inner:
            if isinstance(node, Words):
                words.append(node)
            else:
                rest.append(node)
    if words:
        rest.append(any_of(words))
    return rest[0] if len(rest) == 1 else Choice(tuple(rest))


@dataclass
class Parser:
    word: Callable[[str], Node]
    concept: Callable[[str], Node]
    turning: Callable[[], str]
    _tokens: list[str] = field(default_factory=list)
    _at: int = 0

    def parse(self, source: str) -> Node:
        if " & " in source:
            return Together(tuple(self.parse(part) for part in source.split(" & ")))
        parser = Parser(self.word, self.concept, self.turning, [*_lex(source), _END])
        node = parser._choice()
        if parser._peek() != _END:
            raise PatternError(f"unexpected {parser._tokens[parser._at]!r} in {source!r}")
        return node

    def _peek(self) -> str:
        return self._tokens[self._at]

    def _take(self) -> str:
        token = self._tokens[self._at]
        if token != _END:
            self._at += 1
        return token

    def _choice(self) -> Node:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._take()
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else choice(branches)

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._tokens[self._at] not in _CLOSING:
            parts.append(self._item())
        if not parts:
            raise PatternError(f"empty alternative in {' '.join(self._tokens)!r}")
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _item(self) -> Node:
        node = self._atom(self._take())
        while self._peek() == "?":
            self._at += 1
            node = Option(node)
        return node

    def _atom(self, mark: str) -> Node:
        if mark[0] == "(":
            return self._group() if mark == "(" else choice(map(self.word, mark[1:-1].split("|")))
        if mark in ("!", "<"):
            return Look(self._item(), behind=mark == "<")
        if mark[0] == "~":
            return Raw(f"{_any_but(self.turning())}{{0,{mark[1]}}}?")
        if mark == ".":
            return Raw(_any_but(self.turning()))
        if mark in _MARKS:
            return Raw(_MARKS[mark])
        return self.concept(mark) if mark[0].isupper() else self.word(mark)

    def _group(self) -> Node:
        node = self._choice()
        if self._take() != ")":
            raise PatternError(f"missing ) in {' '.join(self._tokens)!r}")
        return node


_MARKS = {"^": rf"(?:(?<=[{STOP}])|(?<![\s\S]))", "$": rf"(?=[{STOP}]|\Z)"}


def _lex(source: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    source = source.rstrip()
    while at < len(source):
        match = _LEX.match(source, at)
        if match is None:
            raise PatternError(f"can't read {source[at:]!r} in {source!r}")
        tokens.append(match[1])
        at = match.end()
    return tokens
