"""The rule that speaks for a persona without any model: reflective listening in its own words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.personas.professional import lexicon
from apps.personas.professional.common import common
from apps.personas.professional.content import SENTENCE_END, Part
from apps.personas.professional.danger import Danger, danger_in
from apps.personas.professional.memory import Memory
from apps.personas.professional.reading import GENERAL, Reading, read, theme_of
from apps.personas.professional.reflection import tidy

MOST_SENTENCES = 4
GOAL_EVERY_REPLIES = 7
LONGEST_GOAL_CHARS = 120
DANGER_STAYS_REPLIES = 2
THEME_LASTS_MESSAGES = 4
_RETURNS_TO_THEME = {"advice_question", "personal_question"}
_NO_TIME_FOR_GOALS = {"grief", "anger"}


@dataclass(frozen=True, slots=True)
class Turn:
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a reply depends on; the same scene gives the same reply.

    `lines` is a version's `lines` as they were published: versions are immutable, so they are
    not checked against today's rules again. `turn` counts on when the transcript is cut off.
    """

    name: str
    lines: Mapping[str, Any]
    transcript: tuple[Turn, ...]
    goals: tuple[str, ...] = ()
    seed: str = ""
    turn: int = 0
    danger: Danger | None = None
    resources: tuple[str, ...] = ()
    closing: bool = False


def reply(context: Mapping[str, Any]) -> str:
    """The offline rule of the reply task; see `scene_of` for what the context holds."""
    return speak(scene_of(context))


def scene_of(context: Mapping[str, Any]) -> Scene:
    """`danger`, `resources` and `closing` may be missing: then we look for danger ourselves."""
    persona = context["persona"]
    turns = (Turn(turn["sender_type"], turn["content"]) for turn in context["transcript"])
    return Scene(
        name=persona["name"],
        lines=persona["lines"],
        transcript=tuple(turns),
        goals=tuple(goal for goal in context["goals"] if isinstance(goal, str)),
        seed=context["session_id"],
        turn=context["turn"],
        danger=context.get("danger"),
        resources=tuple(context.get("resources", ())),
        closing=context.get("closing", False),
    )


def speak(scene: Scene) -> str:
    told = _told_since_last_reply(scene.transcript)
    speaking = _Speaking(scene, told)
    if not told:
        return speaking.open()
    return _trimmed(speaking.about_danger() or speaking.about(read(told)))


def _told_since_last_reply(transcript: Sequence[Turn]) -> str:
    told: list[str] = []
    for turn in reversed(transcript):
        if turn.speaker == "persona":
            break
        if turn.speaker == "client":
            told.append(turn.text)
    return "\n".join(reversed(told))


def _trimmed(parts: Sequence[str | None]) -> str:
    """At most MOST_SENTENCES; what stands just before the question is dropped first."""
    kept = [part for part in parts if part]
    while len(kept) > 1 and sum(len(SENTENCE_END.findall(part)) for part in kept) > MOST_SENTENCES:
        kept.pop(-2)
    return " ".join(kept)


class _Speaking:
    """One reply in the making."""

    def __init__(self, scene: Scene, told: str) -> None:
        self.scene = scene
        self.told = told
        self.lines = scene.lines
        said = [turn.text for turn in scene.transcript if turn.speaker == "persona"]
        self.count = len(said)
        self.memory = Memory(said, scene.seed)
        self.theme = GENERAL

    def open(self) -> str:
        if self.count:
            # The client has not answered yet: stay, without pressing.
            return self.memory.pick_some(self.lines["responses"]["silence"])
        return self.memory.pick_some(self.lines["openings"])

    def about_danger(self) -> list[str | None]:
        """What safety asks for before anything else; empty when it asks for nothing."""
        shared = common()
        danger = self.scene.danger or danger_in(self.told)
        asked = self.memory.used_last(shared.asked_for_yes_or_no)
        urgent = self.memory.used_last(shared.urgent)
        if danger is not None:
            return self._warn(danger, again=asked or urgent)
        if urgent:
            return self._safety(shared.danger_staying)
        return self._after_question() if asked else []

    def _warn(self, danger: Danger, *, again: bool) -> list[str | None]:
        shared = common()
        if danger == "others":
            return self._safety(shared.danger_others_again if again else shared.danger_others)
        return self._safety(shared.danger_self_again if again else shared.danger_self)

    def _after_question(self) -> list[str | None]:
        shared = common()
        if lexicon.NO.match(self.told):
            return self._safety(shared.danger_denied)
        if lexicon.YES.match(self.told):
            asked_about_others = self.memory.used_last(shared.danger_others)
            return self._warn("others" if asked_about_others else "self", again=True)
        if self.memory.used_last(shared.danger_unanswered):
            return []
        return self._safety(shared.danger_unanswered)

    def _safety(self, pool: Sequence[str]) -> list[str | None]:
        resources = " or ".join(self.scene.resources) or common().unknown_country
        return [self.memory.pick_some(pool).replace("{resources}", resources)]

    def about(self, reading: Reading) -> list[str | None]:
        self.theme = reading.theme or self._earlier_theme() or GENERAL
        first = None
        if not self.count and reading.kind != "greeting":
            first = common().first_words[0].replace("{name}", self.scene.name)
        if self.scene.closing or reading.kind == "goodbye":
            return [first, self._respond("goodbye")]
        if self._danger_is_near():
            return [first, self.reflect(reading) or self._respond("silence")]
        if reading.kind == "exploring":
            return [first, *self.explore(reading)]
        return [first, *self.respond(reading)]

    def _danger_is_near(self) -> bool:
        """After a talk about danger there is no going back to method at once."""
        shared = common()
        spoken = (*shared.asked_for_yes_or_no, *shared.urgent, *shared.danger_staying)
        return any(self.memory.age(line) <= DANGER_STAYS_REPLIES for line in spoken)

    def respond(self, reading: Reading) -> list[str | None]:
        if reading.kind == "greeting":
            if not self.count:
                return [self.memory.pick_some(self.lines["openings"])]
            return [self.memory.pick_some(common().greeting_again), self.ask()]
        if reading.kind == "not_english":
            return [self.memory.pick_some(common().not_english)]
        if reading.kind == "apology":
            return [self.memory.pick_some(common().apology), self.ask()]
        line = self._respond(reading.kind)
        if reading.kind == "short":
            return [line, self.check_goal() or self.ask()]
        return [line, self.ask() if reading.kind in _RETURNS_TO_THEME else None]

    def _respond(self, kind: str) -> str:
        return self.memory.pick_some(self.lines["responses"][kind])

    def explore(self, reading: Reading) -> list[str | None]:
        if cue := self.cue(reading):
            return [self.reflect(reading), cue]
        if reading.theme == "grief":
            return [self.acknowledge(reading) or self.reflect(reading), self.ask()]
        if is_pleasant(reading):
            self.theme = GENERAL
            return [self.reflect(reading) or self.acknowledge(reading), self.ask()]
        parts = [self._part(part, reading) for part in self._rhythm(reading)]
        if not any(parts):
            return [self.memory.pick_some(self.lines["responses"]["short"])]
        return list(dict.fromkeys(parts))

    def _rhythm(self, reading: Reading) -> list[Part]:
        parts = list(self.lines["rhythm"][self.scene.turn // 2 % len(self.lines["rhythm"])])
        believes = reading.reflection is not None and reading.reflection.tentative
        if reading.feeling or reading.cues or believes:
            # Someone who has just shown a feeling wants to be heard, not taught.
            parts = [part for part in parts if part != "offer"]
        heard = "reflect" in parts or "acknowledge" in parts
        return parts if heard else ["reflect", *parts]

    def _part(self, part: Part, reading: Reading) -> str | None:
        if part == "reflect":
            return self.reflect(reading) or self.acknowledge(reading)
        if part == "acknowledge":
            return self.acknowledge(reading)
        if part == "offer":
            return self.memory.pick(self.lines["offers"])
        disturbs = reading.feeling or reading.cues or reading.theme in _NO_TIME_FOR_GOALS
        return (None if disturbs else self.check_goal()) or self.ask()

    def reflect(self, reading: Reading) -> str | None:
        if reading.reflection is not None:
            quoted = reading.reflection
            frames = (
                self.lines["tentative_reflections"]
                if quoted.tentative
                else self.lines["reflections"]
            )
            if frame := self.memory.pick(frames):
                return _capital(frame.replace("{words}", quoted.words))
        if reading.feeling and (frame := self.memory.pick(self.lines["feeling_reflections"])):
            return _capital(frame.replace("{feeling}", reading.feeling))
        return None

    def acknowledge(self, reading: Reading) -> str | None:
        pools = self.lines["acknowledgements"]
        theme = None if is_pleasant(reading) else reading.theme
        return self.memory.pick(pools[theme or GENERAL]) or self.memory.pick(pools[GENERAL])

    def cue(self, reading: Reading) -> str | None:
        """A line for the weightiest opening in the message that this persona's method takes up."""
        for name in reading.cues:
            pool = self.lines["cues"].get(name, ())
            again = name != "progress" and self.memory.used_last(pool)
            if not again and (line := self.memory.pick(pool)):
                return line
        return None

    def check_goal(self) -> str | None:
        goals = [goal for goal in self.scene.goals if 0 < len(goal.strip()) <= LONGEST_GOAL_CHARS]
        last = min(self.memory.age(line) for line in self.lines["goal_check_ins"])
        if not goals or min(self.count, last) < GOAL_EVERY_REPLIES:
            return None
        goal = goals[self.count // GOAL_EVERY_REPLIES % len(goals)].strip().rstrip(".?!")
        line = self.memory.pick(self.lines["goal_check_ins"])
        return line and line.replace("{goal}", goal)

    def ask(self) -> str | None:
        questions = self.lines["questions"]
        for pair in self.lines.get("follow_ups", ()):
            if self.memory.age(pair["after"]) == 1 and (asked := self.memory.pick([pair["ask"]])):
                return asked
        return self.memory.pick(questions[self.theme]) or self.memory.pick(questions[GENERAL])

    def _earlier_theme(self) -> str | None:
        clients = [turn.text for turn in self.scene.transcript if turn.speaker == "client"]
        recent = clients[-THEME_LASTS_MESSAGES:]
        return next(filter(None, (theme_of(tidy(text)) for text in reversed(recent))), None)


def is_pleasant(reading: Reading) -> bool:
    return "progress" in reading.cues or reading.feeling in lexicon.PLEASANT


def _capital(text: str) -> str:
    return re.sub(r"^\W*\w", lambda found: found[0].upper(), text)
