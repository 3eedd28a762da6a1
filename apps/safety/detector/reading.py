"""Reads a folded text as a string with one character per word, the form the rules match on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from apps.safety.detector.pattern import OTHER, STOP
from apps.safety.detector.spelling import Speller

_ONE_WORD = re.compile(r"\d+(?:[.,:]\d+)+|[a-z0-9]+(?:['!@$*|][a-z0-9]+)*'?|[@$][a-z0-9]+")
_TOKEN = re.compile(
    rf"(?P<word>{_ONE_WORD.pattern})"
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
_LONGEST_REMEMBERED = 24
_REMEMBERED = 8192


# Start, end, whether it's quoted, and whether it comes after a comma; to make a named tuple costs
# more than all the rest of reading a word.
Place = tuple[int, int, bool, bool]


@dataclass(frozen=True, slots=True)
class Reading:
    """`text[i]` is the class of `words[i]`, plainly spelt; so places in it count words."""

    words: list[str]
    places: list[Place]
    text: str

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Where words `first` up to, not including, `after` stand in the folded text."""
        return self.places[first][0], self.places[after - 1][1]

    def quoted(self, at: int) -> bool:
        return self.places[at][2]

    def after_comma(self, at: int) -> bool:
        return at < len(self.places) and self.places[at][3]


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
            word
            for word in chars
            if word not in special and _WORD_PARTS.fullmatch(word)  # `small-talk` is read as two
        }
        self.expand = lru_cache(maxsize=_REMEMBERED)(self._expand)
        self.whole = lru_cache(maxsize=_REMEMBERED)(self._whole)

    def read(self, folded: str) -> Reading:
        run = _Run(folded, self)
        position = 0
        for spaced in _SPACED.finditer(folded):
            run.plain(position, spaced.start())
            run.spaced(spaced)
            position = spaced.end()
        run.plain(position, len(folded))
        text = "".join([self._chars.get(word, OTHER) for word in run.words])
        return Reading(run.words, run.places, text)

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

    def _whole(self, part: str) -> tuple[str, ...] | None:
        """The plain words of what stands between two blanks, if it is one token."""
        short = len(part) <= _LONGEST_REMEMBERED
        return self.expand(part) if short and _ONE_WORD.fullmatch(part) else None

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
    """One pass over one text."""

    def __init__(self, folded: str, reader: Reader) -> None:
        self.words: list[str] = []
        self.places: list[Place] = []
        self._folded = folded
        self._reader = reader
        self._plain = reader.plain_words
        self._quote = ""
        self._comma = False

    def plain(self, start: int, end: int) -> None:
        """Most of what stands between two blanks is a word that the rules know; keep it cheap."""
        words, places, known, whole = self.words, self.places, self._plain, self._reader.whole
        at = start
        for part in self._folded[start:end].split(" "):
            after = at + len(part)
            if part in known:
                words.append(part)
                places.append((at, after, self._quote != "", self._comma))
                self._comma = False
            elif (plain := whole(part)) is not None:
                self._word(part, plain, at, after)
            elif part:
                self._tokens(at, after)
            at = after + 1

    def _tokens(self, start: int, end: int) -> None:
        for match in _TOKEN.finditer(self._folded, start, end):
            kind = match.lastgroup
            if kind == "word":
                self._word(match[0], self._reader.expand(match[0]), *match.span())
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
                self.words.append(part)
                self.places.append((*match.span(), self._quote != "", False))

    def _add(self, plain: str, start: int, end: int) -> None:
        self.words.append(plain)
        self.places.append((start, end, self._quote != "", self._comma))
        self._comma = False

    def _word(self, token: str, plain: tuple[str, ...], start: int, end: int) -> None:
        words, places = self.words, self.places
        if token in _SECOND_HALVES and words and (words[-1], token) in _SPLIT_WORDS:
            words[-1] = _SPLIT_WORDS[words[-1], token]
            places[-1] = (places[-1][0], end, *places[-1][2:])
            return
        for word in plain:
            self._add(word, start, end)
        if self._quote == "'" and token[-1] == "'":
            self._quote = ""

    def _stop(self, match: re.Match[str]) -> None:
        mark = match[0]
        last = self.words[-1] if self.words else ""
        # Dots of hesitation and abbreviations don't end a sentence.
        soft = mark[0] == "." and (len(mark) > 1 or len(last) == 1 or last in _ABBREVIATIONS)
        if soft:
            self._comma = True
        elif last != STOP:
            self.words.append(STOP)
            self.places.append((*match.span(), False, False))

    def _toggle(self, match: re.Match[str]) -> None:
        mark, at = match[0], match.start()
        if mark == '"':
            self._quote = "" if self._quote == '"' else '"'
        elif self._quote == "'":
            self._quote = ""
        elif not self._quote and not self._folded[at - 1 : at].isalnum():
            self._quote = "'"
