"""Reads a folded text as a string with one character per word, the form the rules match on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

from apps.safety.detector.pattern import OTHER, STOP
from apps.safety.detector.spelling import Speller

_TOKEN = re.compile(
    r"(?P<word>\d+(?:[.,:]\d+)+|[a-z0-9]+(?:['!@$*|][a-z0-9]+)*'?|[@$][a-z0-9]+)"
    r"|(?P<stop>\.{1,12}|[?!\n]{1,12})|(?P<soft>[,;:()])|(?P<quote>[\"'])"
)
_SPACED = re.compile(
    r"(?<![a-z0-9'])[a-z0-9](?:[ .\-_*/+]{1,3}[a-z0-9!@$](?![a-z0-9'])){3,200}[.]?"
)
_MIXED = re.compile(r"[^a-z]")
_WORD_PARTS = re.compile(r"[a-z0-9]+")
_ELISION = {"j": "je", "d": "de", "n": "ne", "m": "me", "t": "te", "s": "se", "c": "ce",
            "l": "le", "qu": "que", "jusqu": "jusque"}  # fmt: skip
_SUFFIX = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would", "em": "them"}
_SHORTENED_IS = frozenset(
    {
        "he", "she", "it", "that", "what", "there", "who", "everyone", "everything", "nobody",
        "everybody", "someone", "something", "today", "tonight", "here", "this", "one", "where",
        "how", "when", "tomorrow", "note",
    }
)  # fmt: skip
_SPLIT_WORDS = {(who, "self"): who + "self" for who in ("my", "him", "her", "your")}
_SPLIT_WORDS |= {("my", "slef"): "myself", ("every", "one"): "everyone", ("any", "one"): "anyone"}
_SECOND_HALVES = frozenset({"self", "slef", "one"})
_ABBREVIATIONS = frozenset(["mr", "mrs", "ms", "dr", "st", "vs", "etc"])
_LONGEST_WORD = 14
_REMEMBERED = 8192


class Word(NamedTuple):
    plain: str
    start: int
    end: int
    quoted: bool
    after_comma: bool


_word = partial(tuple.__new__, Word)


@dataclass(frozen=True, slots=True)
class Reading:
    """`text[i]` is the class of word i; both count words, not letters."""

    words: tuple[Word, ...]
    text: str

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Where words `first` up to, not including, `after` stand in the folded text."""
        return self.words[first].start, self.words[after - 1].end


class Reader:
    """Made once from the lexicon; `read` is safe to call from any thread."""

    def __init__(
        self, chars: dict[str, str], short_forms: dict[str, tuple[str, ...]], speller: Speller
    ) -> None:
        self._chars = chars
        self._short = short_forms
        self._speller = speller
        special = short_forms.keys() | _SECOND_HALVES | {STOP}
        self.plain_words = {
            word: char
            for word, char in chars.items()
            if word not in special and _WORD_PARTS.fullmatch(word)  # `small-talk` is read as two
        }
        self.expand = lru_cache(maxsize=_REMEMBERED)(self._expand)

    def read(self, folded: str) -> Reading:
        run = _Run(folded, self)
        position = 0
        for spaced in _SPACED.finditer(folded):
            run.plain(position, spaced.start())
            run.spaced(spaced)
            position = spaced.end()
        run.plain(position, len(folded))
        return Reading(tuple(run.words), "".join(run.chars))

    def char(self, plain: str) -> str:
        return self._chars.get(plain, OTHER)

    def _expand(self, token: str) -> tuple[str, ...]:
        """The plain words of one token: `don't` is two, `k1ll` is one."""
        if token in self._short:
            return self._short[token]
        if token in self._chars:
            return (token,)
        if "'" in token:
            return self._apostrophe(token.rstrip("'"))
        word = self._speller.read(token)
        if word in self._short:
            return self._short[word]
        if word == token and _MIXED.search(token) and not token.isalnum():
            return tuple(_WORD_PARTS.findall(token))
        return (word,)

    def _apostrophe(self, token: str) -> tuple[str, ...]:
        head, _, tail = token.rpartition("'")
        if not head:
            return (self._speller.read(token),)
        if token in self._short:
            return self._short[token]
        if head in _ELISION:
            return (_ELISION[head], *self.expand(tail))
        if tail in _SUFFIX:
            return (*self.expand(head), _SUFFIX[tail])
        if tail == "s":
            return (*self.expand(head), "is") if head in _SHORTENED_IS else self.expand(head)
        if tail == "t" and head.endswith("n"):
            return (*self.expand(head[:-1]), "not")
        return (*self.expand(head), *self.expand(tail))

    def segment(self, letters: str) -> list[str] | None:
        """Known words that make up letters typed one by one, the fewest; None if they don't."""
        best: list[list[str] | None] = [[]] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - _LONGEST_WORD), end):
                head, word = best[start], letters[start:end]
                if head is None or not (word in self._chars or word in self._short):
                    continue
                current = best[end]
                if current is None or len(head) + 1 < len(current):
                    best[end] = [*head, word]
        return best[-1]


class _Run:
    """One pass over one text; `chars` are the words' classes."""

    def __init__(self, folded: str, reader: Reader) -> None:
        self.words: list[Word] = []
        self.chars: list[str] = []
        self._folded = folded
        self._reader = reader
        self._plain = reader.plain_words
        self._quote = ""
        self._comma = False

    def plain(self, start: int, end: int) -> None:
        """Most of what stands between two blanks is a word that the rules know; keep it cheap."""
        at = start
        for part in self._folded[start:end].split(" "):
            after = at + len(part)
            if part and not self._known(part, at, after):
                self._tokens(at, after)
            at = after + 1

    def _known(self, token: str, start: int, end: int) -> bool:
        char = self._plain.get(token)
        if char is None or self._quote:
            return False
        self.words.append(_word((token, start, end, False, self._comma)))
        self.chars.append(char)
        self._comma = False
        return True

    def _tokens(self, start: int, end: int) -> None:
        for match in _TOKEN.finditer(self._folded, start, end):
            kind = match.lastgroup
            if kind == "word":
                if not self._known(match[0], *match.span()):
                    self._word(match[0], *match.span())
            elif kind == "stop":
                self._stop(match)
            elif kind == "soft":
                self._comma = True
            else:
                self._toggle(match)

    def spaced(self, match: re.Match[str]) -> None:
        letters = "".join(_WORD_PARTS.findall(match[0]))
        words = self._reader.segment(letters)
        if words is None:
            self.plain(match.start(), match.end())
            return
        for word in words:
            for part in self._reader.expand(word):
                self._add(part, *match.span(), bool(self._quote), False)

    def _add(self, plain: str, start: int, end: int, quoted: bool, after_comma: bool) -> None:
        self.words.append(_word((plain, start, end, quoted, after_comma)))
        self.chars.append(self._reader.char(plain))

    def _word(self, token: str, start: int, end: int) -> None:
        words = self.words
        if token in _SECOND_HALVES and words and (words[-1][0], token) in _SPLIT_WORDS:
            whole = _SPLIT_WORDS[words[-1][0], token]
            words[-1] = words[-1]._replace(plain=whole, end=end)
            self.chars[-1] = self._reader.char(whole)
            return
        closes = self._quote == "'" and token[-1] == "'"
        quoted = bool(self._quote)
        for word in self._reader.expand(token):
            self._add(word, start, end, quoted, self._comma)
            self._comma = False
        if closes:
            self._quote = ""

    def _stop(self, match: re.Match[str]) -> None:
        mark = match[0]
        last = self.words[-1][0] if self.words else ""
        # Dots of hesitation and abbreviations don't end a sentence.
        soft = mark[0] == "." and (len(mark) > 1 or len(last) == 1 or last in _ABBREVIATIONS)
        if soft:
            self._comma = True
        elif last != STOP:
            self._add(STOP, *match.span(), False, False)

    def _toggle(self, match: re.Match[str]) -> None:
        mark, at = match[0], match.start()
        if mark == '"':
            self._quote = "" if self._quote == '"' else '"'
        elif self._quote == "'":
            self._quote = ""
        elif not self._quote and not self._folded[at - 1 : at].isalnum():
            self._quote = "'"
