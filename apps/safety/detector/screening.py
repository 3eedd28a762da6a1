"""Screens one message, in the light of the few before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple

from apps.safety.detector.compose import strongest
from apps.safety.detector.context import Grammar, Scene
from apps.safety.detector.finding import NOTHING, RANK, Finding
from apps.safety.detector.folding import Origin, fold
from apps.safety.detector.judge import Hit, judge
from apps.safety.detector.lexicon import Lexicon
from apps.safety.detector.pattern import OTHER, STOP
from apps.safety.detector.reading import Reading
from apps.safety.detector.rulebook import Rule, Rulebook
from apps.safety.detector.second_reader import THRESHOLD, SecondReader

WINDOW = 6
_MATCHES_PER_RULE = 6
_EARLIER_CHARS = 400
_LONGEST_HALF = 160
_SHORT_TURN_WORDS = 8


@dataclass(slots=True)
class Analysis:
    """Every hit in one text, weak signs too, and what kind of talk it is."""

    reading: Reading
    words: list[str]
    upto: list[complex]
    marks: frozenset[str] = frozenset()
    hits: list[Hit] = field(default_factory=list)

    @property
    def signs(self) -> frozenset[str]:
        return frozenset[str]().union(*(hit.signs for hit in self.hits))

    def clues(self, first: int, after: int) -> list[str]:
        """What the rules say of one stretch: groups and levels found, weak signs, kind of talk."""
        found = {f"%{mark}" for mark in self.marks}
        for hit in self.hits:
            if first <= hit.start < after:
                found.update(f"+{sign}" for sign in hit.signs)
                if RANK[hit.level] > 1:
                    found |= {f"@{hit.group}", f"@{hit.level}"}
        return sorted(found)


class Work(NamedTuple):
    """A sentence with the rules that matter in it."""

    start: int
    end: int
    dangers: list[Rule]
    idioms: list[Rule]


class Detector:
    """Compiled once; holds no state of any text, so threads may share it."""

    def __init__(self) -> None:
        lexicon = Lexicon()
        self.rulebook = Rulebook(lexicon, "rules")
        self.grammar = Grammar(lexicon)
        self.reader = lexicon.reader
        self.second = SecondReader()
        self.vocabulary = lexicon.vocabulary.char

    def screen(self, text: str, before: Sequence[str] = ()) -> Finding:
        folded = fold(text)
        analysis = self.analyse(folded.text)
        earlier = [fold(turn[-_EARLIER_CHARS:]).text for turn in before[-WINDOW:]]
        own = self._weighed(analysis, Origin(folded, len(text)))
        if not earlier:
            return own
        joined = self._across(earlier[-1], folded.text)
        known = frozenset[str]().union(*(self.analyse(turn).signs for turn in earlier))
        return max(own, joined, _together(analysis, known), key=lambda f: RANK[f.level])

    def analyse(self, folded: str) -> Analysis:
        reading = self.reader.read(folded)
        words = [word[0] for word in reading.words]
        analysis = Analysis(reading, words, self.second.summed(words))
        todo = [*self._todo(reading.text)]
        analysis.marks = self.grammar.marks(reading.text)
        if not todo:
            return analysis
        text = self._without_idioms(reading.text, todo)
        scene = self.grammar.scene(reading, text, analysis.marks)
        for work in todo:
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
                yield Work(start, end, dangers, [rule for rule in rules if rule.erases])
            start = end + 1

    def _without_idioms(self, text: str, todo: list[Work]) -> str:
        """Blots idioms out, so that no rule takes their words at face value."""
        blotted = [*text]
        serious = self.grammar.is_serious(text)
        for work in todo:
            for rule in work.idioms:
                if not (serious and "serious" in rule.group.firm):
                    _blot(rule.regex.finditer(text, work.start, work.end), blotted)
        return "".join(blotted)

    def _judge_all(self, rule: Rule, scene: Scene, work: Work, hits: list[Hit]) -> None:
        matches = rule.regex.finditer(scene.text, work.start, work.end)
        for match in islice(matches, _MATCHES_PER_RULE):
            hit = judge(rule.group, scene, _parts(match), self.grammar)
            if hit is not None:
                hits.append(hit)

    def _weighed(self, analysis: Analysis, origin: Origin) -> Finding:
        """What the rules found, if the wording bears it out; else what the wording alone says."""
        found = _verdict(analysis, origin)
        words = analysis.words
        worst = self.second.gravest(words, analysis.clues, analysis.upto)
        if worst is None or worst.score < THRESHOLD:
            doubted = replace(found, level="low", reason=f"{found.reason}, doubted")
            return doubted if found.is_crisis else found
        if found.is_crisis:
            return found
        first, after = worst.first, worst.after
        opinion = self.second.opinion(words[first:after], analysis.clues(first, after))
        span = origin.span(*analysis.reading.span(first, after))
        reason = f"second reader, {worst.score:.2f}: {', '.join(opinion.telling)}"
        return Finding(opinion.level, opinion.category, span, reason)

    def _across(self, earlier: str, text: str) -> Finding:
        """A sentence begun in the last message and ended in this one."""
        if not earlier or len(earlier) > _LONGEST_HALF or len(text) > _LONGEST_HALF:
            return NOTHING
        analysis = self.analyse(f"{earlier} {text}")
        seam = sum(word.end <= len(earlier) for word in analysis.reading.words)
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
    best = max(analysis.hits, key=_weight, default=None)
    met = strongest(analysis.signs, analysis.signs)
    if met is not None and (best is None or RANK[met.level] > RANK[best.level]):
        parts = [hit for hit in analysis.hits if hit.signs & met.signs]
        span = _span(analysis, min(h.start for h in parts), max(h.end for h in parts), origin)
        return Finding(met.level, met.category, span, f"together: {' + '.join(sorted(met.signs))}")
    if best is None or best.level == "none":
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
    met = strongest(known | new, new)
    if met is None:
        return NOTHING
    reason = f"together over turns: {' + '.join(sorted(met.signs))}"
    return Finding(met.level, met.category, None, reason)


def _span(analysis: Analysis, start: int, end: int, origin: Origin) -> tuple[int, int]:
    return origin.span(*analysis.reading.span(start, end))
