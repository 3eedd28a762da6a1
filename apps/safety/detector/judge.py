"""Decides what one match of a rule means where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from apps.safety.detector.context import Grammar, Marks, Person, Scene
from apps.safety.detector.finding import RANK, Category, Level
from apps.safety.detector.rulebook import Group

_UNREAL = frozenset({"FICTION", "GAME", "LYRIC", "QUOTE", "NEWS"})
_INVENTED = frozenset({"FICTION", "GAME"})
_EXPLICIT = frozenset({"intent", "wish", "harm", "act", "danger", "abuse"})
ORDINARY = frozenset({"WORLDLY", "GLAD", "FICTION", "GAME", "TRIVIAL", "LYRIC", "CLINICAL"})
# Fear of dying, wills and insurance speak of death without wishing it.
_MORTALITY = frozenset({"HYPOTHETICAL", "INSURANCE", "WORRIED"})
_SHORT = 16
_PERSONAL = frozenset({"farewell", "ready", "giving", "no_future", "day"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A match that counts; `start` and `end` are word positions."""

    level: Level
    category: Category
    start: int
    end: int
    group: str
    signs: frozenset[str]
    third_person: bool = False


def judge(group: Group, scene: Scene, parts: list[tuple[int, int]], grammar: Grammar) -> Hit | None:
    start, end = min(part[0] for part in parts), max(part[1] for part in parts)
    if group.level == "none":
        return _sign(group, scene, start, end, grammar)
    if _ruled_out(group, scene, parts, grammar):
        return None
    person = grammar.person(scene, *parts[0])
    marks = grammar.sentence(scene, start).marks
    if _unreal(group, person, marks, scene, start):
        return None
    level = _for_person(group, person, marks)
    if group.category == "severe_depression" and "GRIEF" in marks:
        level = "low"
    level = _for_time(group, level, marks)
    signs = group.signs if level == group.level or RANK[level] > 1 else frozenset[str]()
    return Hit(level, group.category, start, end, group.name, signs, person == "other")


def _ruled_out(group: Group, scene: Scene, parts: list[tuple[int, int]], grammar: Grammar) -> bool:
    """Denied, an everyday matter, or an accident."""
    if "negation" not in group.firm and any(grammar.negated(scene, *part) for part in parts):
        return True
    marks = grammar.sentence(scene, parts[0][0]).marks
    if "frail" in group.firm and _ordinary(scene, marks):
        return True
    if group.name == "own_death" and marks.any_of(_MORTALITY):
        return True
    return "harm" in group.signs and "ACCIDENT" in marks and "meant" not in group.firm


def _ordinary(scene: Scene, marks: Marks) -> bool:
    """Errands and plans, or a short groan over a trifle."""
    short = len(scene.text) <= _SHORT
    return marks.any_of(ORDINARY) or (short and "TRIVIAL" in scene.marks)


def _sign(group: Group, scene: Scene, start: int, end: int, grammar: Grammar) -> Hit | None:
    """A weak sign; a farewell or gift of somebody else's is kept apart as theirs."""
    if _ordinary(scene, grammar.sentence(scene, start).marks):
        return None
    signs = group.signs
    if signs & _PERSONAL and grammar.person(scene, start, start) == "other":
        signs = (signs - _PERSONAL) | {"theirs"}
    return Hit("none", group.category, start, end, group.name, signs)


def _unreal(group: Group, person: Person, marks: Marks, scene: Scene, start: int) -> bool:
    """Stories, games, songs, news and sayings, unless the writer speaks of themselves."""
    if person == "you" and "ASKED" in marks and "third" not in group.firm:
        return True
    if person == "invented" or (person == "generic" and "third" not in group.firm):
        return True
    if "CLINICAL" in marks and person in ("nobody", "generic"):
        return True
    if "SERIOUS" in marks:
        return False
    if not marks.any_of(_UNREAL):
        return person == "other" and _loose(group) and scene.marks.any_of(_INVENTED)
    if scene.reading.quoted(start):
        return True
    if "real" in group.firm:
        return True
    own = person == "self" and bool(group.signs & _EXPLICIT)
    return not own or ("GAME" in marks and "intent" not in group.signs)


def _loose(group: Group) -> bool:
    return "abuse" not in group.signs


def _for_person(group: Group, person: Person, marks: Marks) -> Level:
    if person != "other" or "third" in group.firm:
        return group.level
    if "LOSS" in marks:
        return "low"
    return group.third


def _for_time(group: Group, level: Level, marks: Marks) -> Level:
    """Long past and mended is worth a note; past that has come back is not past."""
    if "past" in group.firm or RANK[level] < 2 or "AGAIN" in marks:
        return level
    if "PAST_FAR" in marks or ("RECOVERY" in marks and "SERIOUS" not in marks):
        return "low"
    return level
