"""What stands around a match and may turn it: negation, person, time, fiction, quotation."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from apps.safety.detector.lexicon import Lexicon
from apps.safety.detector.pattern import OTHER, STOP, Words, rarest
from apps.safety.detector.reading import Reading

Person = Literal["self", "other", "you", "generic", "invented", "nobody"]
_NEGATION_REACH = 6
_PERSON_REACH = 12
_SCENES = ("FICTION", "GAME", "LYRIC", "QUOTE", "NEWS", "CLINICAL", "INSURANCE")
_MARKS = (*_SCENES, "PAST_FAR", "RECOVERY", "AGAIN", "WORLDLY", "GLAD", "LAUGH", "SERIOUS",
          "LOSS", "HYPOTHETICAL", "TRIVIAL", "ACCIDENT", "WORRIED", "GRIEF", "ASKED")  # fmt: skip
_FIXED = (
    "SELF_WORD", "OTHER_WORD", "SELF_MARK", "OTHER_MARK", "YOU_WORD", "GENERIC", "INVENTED",
    "NEG", "BUT", "RAISING", "PRONOUN_SUBJECT", "I",
)  # fmt: skip


class Marks:
    """What colours a stretch of text; most marks of most stretches are never asked for."""

    def __init__(self, grammar: Grammar, text: str, start: int, end: int) -> None:
        self._grammar = grammar
        self._stretch = text, start, end
        self._borne: dict[str, bool] = {}

    @cached_property
    def _likely(self) -> set[str]:
        text, start, end = self._stretch
        return self._grammar.likely_marks(text[start:end])

    def __contains__(self, name: str) -> bool:
        if name not in self._likely:
            return False
        if name not in self._borne:
            self._borne[name] = self._grammar.bears(name, *self._stretch)
        return self._borne[name]

    def any_of(self, names: frozenset[str]) -> bool:
        return any(name in self for name in self._likely & names)


@dataclass(slots=True)
class Sentence:
    start: int
    end: int
    marks: Marks
    bare: str | None = None


@dataclass(slots=True)
class Scene:
    """One text with everything about it that a match may ask for.

    `marks` are those that colour all of it. `text` is without idioms.
    """

    reading: Reading
    text: str
    marks: Marks
    sentences: dict[int, Sentence] = field(default_factory=dict)


class Grammar:
    """The lexicon's context concepts, compiled once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._sets = {name: _chars(lexicon, name) for name in _FIXED}
        self._marks = {name: re.compile(lexicon.concept(name).regex()) for name in _MARKS}
        self._cues = _cues(lexicon)
        self._pseudo = re.compile(lexicon.concept("PSEUDO_NEG").regex())
        self._denied_after = re.compile(f"[^{STOP}]{{0,2}}" + lexicon.concept("AFTER_NEG").regex())
        vocabulary = lexicon.vocabulary
        self._ne = vocabulary.intern("ne")
        self._no = vocabulary.intern("no")
        self._that = frozenset(vocabulary.intern(w) for w in ("that", "like", "if", "que", "dass"))

    def is_serious(self, text: str) -> bool:
        return self.bears("SERIOUS", text, 0, len(text))

    def scene(self, reading: Reading, text: str) -> Scene:
        return Scene(reading, text, Marks(self, reading.text, 0, len(text)))

    def sentence(self, scene: Scene, at: int) -> Sentence:
        start = scene.text.rfind(STOP, 0, at) + 1
        if start not in scene.sentences:
            end = scene.text.find(STOP, start)
            end = len(scene.text) if end < 0 else end
            marks = Marks(self, scene.reading.text, start, end)
            scene.sentences[start] = Sentence(start, end, marks)
        return scene.sentences[start]

    def likely_marks(self, text: str) -> set[str]:
        return set[str]().union(*filter(None, map(self._cues.get, {*text})))

    def bears(self, mark: str, text: str, start: int, end: int) -> bool:
        return self._marks[mark].search(text, start, end) is not None

    def person(self, scene: Scene, start: int, end: int) -> Person:
        """Who is meant: a reflexive or `I` in the match, its first person, or the one before it."""
        text = scene.reading.text
        inside = set(scene.text[start:end])
        if inside & self._sets["SELF_MARK"] or inside & self._sets["I"]:
            return "self"
        for index in range(start, end):
            found = self._person_of(text[index])
            if found not in ("nobody", "self") and (found != "generic" or index == start):
                return found
        first = max(self.sentence(scene, start).start, start - _PERSON_REACH)
        before = (self._person_of(text[index]) for index in range(start - 1, first - 1, -1))
        return next((found for found in before if found != "nobody"), "nobody")

    def _person_of(self, char: str) -> Person:
        if char in self._sets["SELF_WORD"]:
            return "self"
        if char in self._sets["INVENTED"]:
            return "invented"
        if char in self._sets["GENERIC"]:
            return "generic"
        if char in self._sets["OTHER_WORD"]:
            return "other"
        return "you" if char in self._sets["YOU_WORD"] else "nobody"

    def negated(self, scene: Scene, start: int, end: int) -> bool:
        """An odd number of negations reaches the match, or it is denied right after."""
        if self._denied_after.match(scene.text, end):
            return True
        sentence = self.sentence(scene, start)
        first = max(sentence.start, start - _NEGATION_REACH)
        if self._sets["NEG"].isdisjoint(scene.reading.text[first:start]):
            return False
        bare = self._bare(scene.reading.text, sentence)
        count = 0
        for index in range(start - 1, first - 1, -1):
            char = bare[index]
            if char in self._sets["BUT"]:
                break
            if char in self._sets["NEG"]:
                count += self._counts(scene, char, index)
            elif char in self._sets["PRONOUN_SUBJECT"] and not self._raised(bare, index):
                break
        return count % 2 == 1

    def _bare(self, text: str, sentence: Sentence) -> str:
        """Up to the sentence's end, without its negations that deny nothing."""
        if sentence.bare is None:
            before, own = text[: sentence.start], text[sentence.start : sentence.end]
            sentence.bare = before + self._pseudo.sub(lambda m: OTHER * len(m[0]), own)
        return sentence.bare

    def _counts(self, scene: Scene, char: str, index: int) -> int:
        """`no,` answers a question, and French `ne` is only half of `ne … pas`."""
        if char == self._ne:
            return 0
        return 0 if char == self._no and scene.reading.after_comma(index + 1) else 1

    def _raised(self, text: str, pronoun: int) -> bool:
        """`I don't think I want`: a negated verb of thinking reaches over the next subject."""
        before = pronoun - 1
        while before >= 0 and text[before] in self._that:
            before -= 1
        if before < 0:
            return False
        reached = text[before] in self._sets["RAISING"] or before != pronoun - 1
        return reached or text[before] in self._sets["NEG"]


def _chars(lexicon: Lexicon, name: str) -> frozenset[str]:
    node = lexicon.concept(name)
    if not isinstance(node, Words):
        raise TypeError(f"{name} must be single words")
    return node.chars


def _cues(lexicon: Lexicon) -> dict[str, set[str]]:
    """The marks that each word may be part of; a text without any of a mark's can't bear it."""
    cues: dict[str, set[str]] = defaultdict(set)
    for name in _MARKS:
        for char in rarest(lexicon.concept(name).needs()).chars:
            cues[char].add(name)
    return cues
