"""The offline rule: from a talk to the same answer that a model is asked for.

It quotes and counts; it never turns the client's words into claims of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from apps.analysis.talk import goals, remarks, scores, words
from apps.analysis.talk.feelings import Named, named_in
from apps.analysis.talk.lexicon import TECHNIQUES
from apps.analysis.talk.model import Line, Quote, Sentence
from apps.analysis.talk.remarks import Remark
from apps.analysis.talk.say import LABELS, LEADS, QUOTED_CHARS, listed, quoted, times

KEY_POINTS = 6
OF_A_KIND = 2
TOPICS_NAMED = 3
MOODS = 4
OPENING = 2  # of the client's messages
QUOTES_KEPT = 40  # of one finding; more would show no more
Said = dict[str, Any]


def answer(context: Mapping[str, Any]) -> Said:
    """`context`: whole (the lines), goals, techniques, persona (its name)."""
    lines: list[Line] = context["whole"]
    return _Talk(lines, context["goals"], context["techniques"], context["persona"]).told()


class _Talk:
    def __init__(
        self, lines: list[Line], wanted: list[str], techniques: list[str], persona: str
    ) -> None:
        self.lines, self.techniques, self.persona = lines, techniques, persona
        self.sentences = [
            sentence
            for line in lines
            if line.sender == "client"
            for sentence in words.sentences(line)
        ]
        self.named = named_in(self.sentences)
        self.remarks = remarks.read(lines)
        self.topics = remarks.by_topic(self.remarks)
        self.used = scores.used_strategies(self.sentences)
        self.goals = goals.coverage(wanted, lines)
        self.plan = self._plan()
        self.quoted: set[Quote] = set()

    def told(self) -> Said:
        return {
            "summary": [*self._about(), *self._opening(), *self._method(), *self._course()]
            or self._little(),
            "key_points": [_point(each) for each in self._key_remarks()],
            "insights": [*self._patterns(), *self._progress(), *self._strengths(), *self._goals()],
            "moods": self._moods(),
            "metrics": self._metrics(),
            "focus_areas": self._focus(),
        }

    def _about(self) -> Iterable[Said]:
        """What it was about, each topic by the words that brought it up."""
        opening = self.remarks[0].topics if self.remarks else ()
        told = {n: found for n, found in self.topics.items() if len(found) > 1 or n in opening}
        leading = list((told or self.topics).items())[:TOPICS_NAMED]
        if leading:
            text = f"The client spoke mainly about {listed([name for name, _ in leading])}."
            yield _said(text, [_best(found).sentence.quote for _, found in leading])

    def _little(self) -> list[Said]:
        """Of a talk with nothing to tell about: how much was said, and the last of it."""
        own = [line for line in self.lines if line.sender == "client"]
        said = [Quote(line.number, line.text[:QUOTED_CHARS].strip()) for line in own[-1:]]
        text = f"The client wrote {times(len(own))}, and last: {quoted(own[-1].text)}"
        return [_said(text, said)]

    def _opening(self) -> Iterable[Said]:
        own = [line.number for line in self.lines if line.sender == "client"]
        early = [each for each in self.remarks if each.sentence.line.number in own[:OPENING]]
        if early:
            yield self._once("Early on they said", _best(early))

    def _once(self, lead: str, remark: Remark) -> Said:
        """A quotation for the summary, with the question where it is needed to understand it."""
        self.quoted.add(remark.sentence.quote)
        return _said(f"{lead}: {_with_question(remark)}", _of(remark))

    def _method(self) -> Iterable[Said]:
        """Only methods that are the persona's own, each shown by what it said."""
        shown: dict[str, Quote] = {}
        for line in self.lines:
            if line.sender == "persona":
                for sentence in words.sentences(line):
                    self._note_techniques(sentence, shown)
        if shown:
            text = f"{self.persona} worked with {listed(list(shown))}."
            yield _said(text, list(shown.values()))

    def _note_techniques(self, sentence: Sentence, shown: dict[str, Quote]) -> None:
        text = words.straight(sentence.text)
        for name in self.techniques:
            pattern = TECHNIQUES.get(name)
            if name not in shown and pattern and pattern.search(text):
                shown[name] = sentence.quote

    def _course(self) -> Iterable[Said]:
        """What moved, and what was left open or agreed on at the end."""
        for kind, lead in LEADS.items():
            found = [each for each in self.remarks if each.kind == kind]
            found = [each for each in found if each.sentence.quote not in self.quoted]
            if found:
                yield self._once(lead, _best(found))
        if self.plan and self.plan.sentence.quote not in self.quoted:
            yield self._once("Towards the end", self.plan)

    def _plan(self) -> Remark | None:
        """The weightiest plan of the last third of the talk, or the last one there is."""
        plans = [each for each in self.remarks if each.kind == "plan"]
        if not plans:
            return None
        late = self.lines[-1].number - max(3, self.lines[-1].number // 3)
        return _best([each for each in plans if each.sentence.line.number > late] or plans[-1:])

    def _key_remarks(self) -> list[Remark]:
        """The weightiest, not more than two of a kind or one of a message's kind, in order."""
        kinds: Counter[str] = Counter()
        places: set[tuple[int, str]] = set()
        chosen = []
        for remark in sorted(self.remarks, key=lambda each: -each.weight):
            place = (remark.sentence.line.number, remark.kind)
            if kinds[remark.kind] < OF_A_KIND and place not in places:
                kinds[remark.kind] += 1
                places.add(place)
                chosen.append(remark)
        return sorted(
            chosen[:KEY_POINTS],
            key=lambda each: (each.sentence.line.number, each.sentence.start),
        )

    def _patterns(self) -> Iterable[Said]:
        """A topic that comes up in most of the client's messages."""
        spoken = len({sentence.line.number for sentence in self.sentences})
        for name, found in list(self.topics.items())[:2]:
            evidence = _one_a_message(each.sentence for each in found)
            if len(evidence) >= 3:
                text = f"The client comes back to {name}: in {len(evidence)} of {spoken} messages"
                yield {"type": "pattern", **_said(text, evidence), "contrary": []}

    def _progress(self) -> Iterable[Said]:
        good = _one_a_message(e.sentence for e in self.remarks if e.kind == "progress")
        bad = _one_a_message(e.sentence for e in self.remarks if e.kind == "setback")
        if good:
            told = f"The client tells of change {times(len(good))}"
            against = f", and of difficulty {times(len(bad))}" if bad else ""
            shown = f": {quoted(good[-1]['quote'])}"
            yield {"type": "progress", **_said(told + against + shown, good), "contrary": bad}

    def _strengths(self) -> Iterable[Said]:
        left = scores.left_strategies(self.sentences)
        for name, found in list(self.used.items())[:3]:
            against = _one_a_message(left.get(name, []))
            text = f"Coping used: {name}"
            yield {"type": "strength", **_said(text, _one_a_message(found)), "contrary": against}

    def _goals(self) -> Iterable[Said]:
        for goal, found in self.goals.items():
            if found:
                text = f"The goal {quoted(goal)} was taken up"
                yield {
                    "type": "goal",
                    **_said(text, [each.quote for each in found]),
                    "contrary": [],
                }

    def _moods(self) -> list[Said]:
        counted: dict[str, list[Named]] = {}
        for one in self.named:
            if not one.denied:
                counted.setdefault(one.feeling.name, []).append(one)
        ranked = sorted(counted.items(), key=lambda item: -len(item[1]))[:MOODS]
        return [
            {"mood": name, "evidence": _quotes(one.sentence.quote for one in found)}
            for name, found in ranked
        ]

    def _metrics(self) -> dict[str, Said]:
        found = {
            scores.ANXIETY: scores.anxiety_level(self.lines, self.named),
            scores.COPING_USE: scores.coping_strategy_usage(self.sentences),
            scores.MOOD: scores.mood(self.lines, self.named),
        }
        return {
            name: {"score": score.value, "evidence": _quotes(score.evidence)}
            for name, score in found.items()
        }

    def _focus(self) -> list[Said]:
        """What to come back to: the plan, difficulty, goals of which nothing was heard."""
        areas = []
        if self.plan:
            areas.append(_said(f"Ask how it went: {_with_question(self.plan)}", _of(self.plan)))
        troubles = [e for e in self.remarks if e.kind in ("setback", "trouble")]
        if troubles:
            best = _best(troubles)
            areas.append(_said(f"Come back to: {quoted(best.sentence.text)}", _of(best)))
        for goal, found in self.goals.items():
            if not found:
                areas.append(
                    _said(f"See whether the goal {quoted(goal)} came up: no words on it", [])
                )
        return areas


def _said(text: str, quotes: Iterable[Quote]) -> Said:
    return {"text": text, "evidence": _quotes(quotes)}


def _quotes(quotes: Iterable[Any]) -> list[Said]:
    return [
        each if isinstance(each, dict) else {"message": each.number, "quote": each.words}
        for each in islice(quotes, QUOTES_KEPT)
    ]


def _one_a_message(sentences: Iterable[Sentence]) -> list[Any]:
    return _quotes({each.line.number: each.quote for each in reversed([*sentences])}.values())[::-1]


def _point(remark: Remark) -> Said:
    return _said(f"{LABELS[remark.kind]}: {_with_question(remark)}", _of(remark))


def _with_question(remark: Remark) -> str:
    said = quoted(remark.sentence.text)
    return f"{said} (asked: {quoted(remark.asked.text)})" if remark.asked else said


def _of(remark: Remark) -> list[Quote]:
    return [remark.sentence.quote, *([remark.asked.quote] if remark.asked else [])]


def _best(found: Sequence[Remark]) -> Remark:
    return max(found, key=lambda each: each.weight)
