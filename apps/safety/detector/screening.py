"""Screens one message, in the light of the few before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from importlib import import_module
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from apps.safety.detector.compose import strongest
from apps.safety.detector.context import Grammar, Scene
from apps.safety.detector.finding import NOTHING, RANK, Category, Finding, Span
from apps.safety.detector.folding import Origin, fold
from apps.safety.detector.judge import Hit, judge
from apps.safety.detector.lexicon import Lexicon
from apps.safety.detector.pattern import OTHER, STOP
from apps.safety.detector.reading import Reader, Reading
from apps.safety.detector.rulebook import Rule, Rulebook
from apps.safety.detector.second_reader import (
    CALM,
    HARMLESS,
    SURE,
    THRESHOLD,
    SecondReader,
    stretches,
)

if TYPE_CHECKING:
    from apps.safety.detector.meaning import Meaning

WINDOW = 6
_MATCHES_PER_RULE = 6
_EARLIER_CHARS = 400
_LONGEST_HALF = 160
_SHORT_TURN_WORDS = 8
_number = attrgetter("number")


@dataclass
class Analysis:
    """Every hit in one text, weak signs too, and what rules matched at first sight.

    Ask no more of it than these before they are complete.
    """

    reading: Reading
    hits: list[Hit] = field(default_factory=list)
    seen: list[tuple[int, str]] = field(default_factory=list)

    @cached_property
    def signs(self) -> frozenset[str]:
        return frozenset[str]().union(*(hit.signs for hit in self.hits))

    def turned_down(self, first: int, last: int) -> bool:
        """A rule matched here, and what stands around it (a story, a denial) speaks against all."""
        stands = any(first <= hit.start < last for hit in self.hits)
        return not stands and any(first <= start < last for start, _ in self.seen)

    def sentence(self, hit: Hit) -> tuple[int, int]:
        text = self.reading.text
        end = text.find(STOP, hit.end)
        return text.rfind(STOP, 0, hit.start) + 1, len(text) if end < 0 else end

    def clues(self, first: int = 0, last: int = 10**6) -> set[str]:
        """What the rules saw between two words, as the second reader knows it."""
        return {clue for start, clue in self._clues if first <= start < last}

    @cached_property
    def _clues(self) -> list[tuple[int, str]]:
        hits = [(hit.start, f"hit:{hit.group}") for hit in self.hits]
        signs = [(hit.start, f"sign:{sign}") for hit in self.hits for sign in hit.signs]
        return [*hits, *signs, *((start, f"seen:{group}") for start, group in self.seen)]


class Work(NamedTuple):
    """A sentence with the rules that matter in it."""

    start: int
    end: int
    dangers: list[Rule]
    idioms: list[Rule]


class Stretch(NamedTuple):
    """A few lines of a text, where they stand in it as typed, and the second reader's odds.

    `turned_down`: a rule matched there, and what stands around it speaks against all.
    """

    span: Span
    odds: float
    turned_down: bool
    category: Callable[[], Category]


class Detector:
    """Read by `load` or for the first text; holds no state of any text, so threads may share it."""

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon()

    @cached_property
    def rulebook(self) -> Rulebook:
        return Rulebook(self._lexicon, "rules")

    @cached_property
    def grammar(self) -> Grammar:
        return Grammar(self._lexicon)

    @cached_property
    def reader(self) -> Reader:
        """Every word of rules and grammar has to be known by then."""
        _ = self.rulebook, self.grammar
        return self._lexicon.reader

    @cached_property
    def second(self) -> SecondReader:
        return SecondReader()

    @cached_property
    def meaning(self) -> Meaning:
        """numpy, which it needs, is read when it is: most commands screen nothing."""
        found: Meaning = import_module("apps.safety.detector.meaning").Meaning()
        return found

    @property
    def vocabulary(self) -> dict[str, str]:
        _ = self.reader
        return self._lexicon.vocabulary.char

    def load(self) -> None:
        """Read everything now, so that no text waits half a second for it."""
        _ = self.reader, self.second, self.meaning

    def screen(
        self, text: str, before: Sequence[str] = (), known: frozenset[str] = frozenset()
    ) -> Finding:
        folded = fold(text)
        analysis = self.analyse(folded.text)
        earlier = [fold(turn[-_EARLIER_CHARS:]).text for turn in before[-WINDOW:]]
        origin = Origin(folded, len(text))
        own = self._second_opinion(_verdict(analysis, origin), analysis, origin)
        if not (earlier or known):
            return own
        joined = self._across(earlier[-1], folded.text) if earlier else NOTHING
        known = known.union(*(self.analyse(turn).signs for turn in earlier))
        return max(own, joined, _together(analysis, known), key=lambda f: RANK[f.level])

    def signs(self, turn: str) -> frozenset[str]:
        """What `screen` goes by of an earlier turn, unless it is the last one."""
        return self.analyse(fold(turn[-_EARLIER_CHARS:]).text).signs

    def read(self, text: str) -> Reading:
        return self.reader.read(fold(text).text)

    def analyse_text(self, text: str) -> Analysis:
        return self.analyse(fold(text).text)

    def analyse(self, folded: str) -> Analysis:
        reading = self.reader.read(folded)
        analysis = Analysis(reading)
        todo = [*self._todo(reading.text)]
        if not todo:
            return analysis
        scene = self.grammar.scene(reading, self._without_idioms(reading.text, todo))
        for work in todo:
            analysis.seen += [(work.start, rule.group.name) for rule in work.dangers]
            for rule in work.dangers:
                self._judge_all(rule, scene, work, analysis.hits)
        return analysis

    def _todo(self, text: str) -> Iterator[Work]:
        """The sentences where a danger matches at first sight; no pattern reaches past a stop."""
        start = 0
        for sentence in text.split(STOP):
            end = start + len(sentence)
            rules = self.rulebook.candidates(sentence)
            dangers = [r for r in rules if not r.erases and r.regex.search(text, start, end)]
            if dangers:
                # A set has no order, and of two equal hits the first one is told of.
                dangers.sort(key=_number)
                yield Work(start, end, dangers, [rule for rule in rules if rule.erases])
            start = end + 1

    def _without_idioms(self, text: str, todo: list[Work]) -> str:
        """Blots idioms out, so that no rule takes their words at face value."""
        blotted = [*text]
        found = [(rule, work) for work in todo for rule in work.idioms]
        kept = {rule for rule, _ in found if "serious" in rule.group.firm}
        if kept and not self.grammar.is_serious(text):
            kept.clear()
        for rule, work in found:
            if rule not in kept:
                _blot(rule.regex.finditer(text, work.start, work.end), blotted)
        return "".join(blotted)

    def _judge_all(self, rule: Rule, scene: Scene, work: Work, hits: list[Hit]) -> None:
        matches = rule.regex.finditer(scene.text, work.start, work.end)
        for match in islice(matches, _MATCHES_PER_RULE):
            hit = judge(rule.group, scene, _parts(match), self.grammar)
            if hit is not None:
                hits.append(hit)

    def weigh(self, text: str) -> list[Stretch]:
        """What the readers make of each stretch of a text, for one that knows more."""
        folded = fold(text)
        return [*self._weighed(self.analyse(folded.text), Origin(folded, len(text)))]

    def _weighed(self, analysis: Analysis, origin: Origin) -> Iterator[Stretch]:
        reading = analysis.reading
        places = [*stretches(reading.text)] if reading.words else []
        for place, odds in zip(places, self._odds(analysis, places), strict=True):
            category = partial(self._category, analysis, place)
            span = origin.span(*reading.span(*place))
            yield Stretch(span, odds, analysis.turned_down(*place), category)

    def _second_opinion(self, own: Finding, analysis: Analysis, origin: Origin) -> Finding:
        """Doubts what the rules saw, and raises what they missed."""
        border = SURE if own.level == "low" else THRESHOLD
        own = self._doubted(own, analysis)
        if own.is_crisis:
            return own
        for part in self._weighed(analysis, origin):
            if part.odds > (SURE if part.turned_down else border):
                reason = f"second reader, odds {part.odds:.1f}"
                return Finding("moderate", part.category(), part.span, reason)
        return own

    def _doubted(self, own: Finding, analysis: Analysis) -> Finding:
        """Only the sentences of the hits are asked: no company of harmless words lowers a level."""
        if own.level not in ("moderate", "high"):
            return own
        parts = [*{analysis.sentence(hit) for hit in analysis.hits if RANK[hit.level] > 1}]
        if not parts or max(self._odds(analysis, parts)) >= HARMLESS:
            return own
        return replace(own, level="low", reason=f"{own.reason}, in harmless wording")

    def _odds(self, analysis: Analysis, parts: list[tuple[int, int]]) -> list[float]:
        """Of each part, what its wording and, unless that is calm enough, its meaning say."""
        odds = [self.second.odds(*self._seen(analysis, *part)) for part in parts]
        asked = [place for place, wording in enumerate(odds) if wording > CALM]
        if asked:
            words = analysis.reading.words
            meaning = self.meaning.odds(words, [parts[place] for place in asked])
            for place, other in zip(asked, meaning, strict=True):
                odds[place] = (odds[place] + other) / 2
        return odds

    def _category(self, analysis: Analysis, part: tuple[int, int]) -> Category:
        return self.second.category(*self._seen(analysis, *part))

    def _seen(self, analysis: Analysis, first: int, last: int) -> tuple[list[int], set[str]]:
        codes = self.second.codes.read(analysis.reading.words[first:last])
        return codes, analysis.clues(first, last)

    def _across(self, earlier: str, text: str) -> Finding:
        """A sentence begun in the last message and ended in this one."""
        if not earlier or len(earlier) > _LONGEST_HALF or len(text) > _LONGEST_HALF:
            return NOTHING
        analysis = self.analyse(f"{earlier} {text}")
        seam = sum(place[1] <= len(earlier) for place in analysis.reading.places)
        hits = [hit for hit in analysis.hits if hit.start < seam < hit.end]
        best = max(hits, key=lambda hit: RANK[hit.level], default=None)
        if best is None:
            return NOTHING
        return Finding(best.level, best.category, (0, len(text)), f"{best.group}, over two turns")


def _blot(matches: Iterator[re.Match[str]], text: list[str]) -> None:
    for match in matches:
        text[match.start() : match.end()] = OTHER * (match.end() - match.start())


def _parts(match: re.Match[str]) -> list[tuple[int, int]]:
    """A rule of parts in any order matches no characters itself; its parts do."""
    if match.end() > match.start():
        return [match.span()]
    return [match.span(group) for group in range(1, match.re.groups + 1)]


def _verdict(analysis: Analysis, origin: Origin) -> Finding:
    if not analysis.hits:
        return NOTHING
    best = max(analysis.hits, key=_weight)
    signs = analysis.signs
    met = strongest(signs)
    if met is not None and RANK[met.level] > RANK[best.level]:
        parts = [hit for hit in analysis.hits if hit.signs & met.signs]
        span = _span(analysis, min(h.start for h in parts), max(h.end for h in parts), origin)
        return Finding(met.level, met.category, span, f"together: {' + '.join(sorted(met.signs))}")
    if best.level == "none":
        return NOTHING
    span = _span(analysis, best.start, best.end, origin)
    alike = [h for h in analysis.hits if RANK[h.level] > 1 and h.category == best.category]
    third = bool(alike) and all(hit.third_person for hit in alike)
    return Finding(best.level, best.category, span, best.group, third)


def _weight(hit: Hit) -> tuple[int, int]:
    return RANK[hit.level], hit.end - hit.start


def _together(analysis: Analysis, known: frozenset[str]) -> Finding:
    new = analysis.signs
    if len(analysis.reading.words) > _SHORT_TURN_WORDS:
        new -= {"now"}
    met = strongest(known | new, new, known - new)
    if met is None:
        return NOTHING
    reason = f"together over turns: {' + '.join(sorted(met.signs))}"
    return Finding(met.level, met.category, None, reason)


def _span(analysis: Analysis, start: int, end: int, origin: Origin) -> tuple[int, int]:
    return origin.span(*analysis.reading.span(start, end))
