"""Keeps, replaces and removes what is known, always with the words it came from."""

from __future__ import annotations

from collections.abc import Iterable

from apps.characters.dialogue.state import InterviewState, Known, Source
from apps.characters.facts.ages import ADULT_FROM_YEARS
from apps.characters.facts.model import Extracted, Value
from apps.characters.facts.text import clauses, fold
from apps.characters.script_types import FieldType
from apps.characters.stages import FIELDS

MINOR_RANGES = {"child", "teen"}
MAX_LIST_ITEMS = 12
# Fields that fall together: who changes one of them changes the others.
_COMPANIONS = {"age_range": ("age", "under_18")}


def is_list(name: str) -> bool:
    return FIELDS[name].type is FieldType.LIST


def value_of(state: InterviewState, name: str) -> Value | None:
    known = state.values.get(name)
    return known.value if known else None


def known_values(state: InterviewState) -> dict[str, Value]:
    return {name: known.value for name, known in state.values.items()}


def is_settled(state: InterviewState, name: str) -> bool:
    if name in state.values or name in state.skipped or name in state.unknown:
        return True
    # Pronouns answer the gender question as far as the person wished to.
    instead = {"age_range": "under_18", "gender_identity": "pronouns"}.get(name)
    return instead in state.values


def keep(state: InterviewState, facts: Iterable[Extracted], *, replace: bool = False) -> list[str]:
    """Stores facts; returns the fields that changed. `replace` starts list fields afresh."""
    changed: list[str] = []
    for item in facts:
        fresh = replace and item.field not in changed
        if _keep_one(state, item, fresh=fresh) and item.field not in changed:
            changed.append(item.field)
    if changed:
        state.recent = changed
        _unsettle(state, changed)
        _note_age(state, changed)
    return changed


def _keep_one(state: InterviewState, item: Extracted, *, fresh: bool) -> bool:
    source = Source(state.turn, item.quote)
    known = state.values.get(item.field)
    if known is None or not is_list(item.field):
        value = list(item.value) if isinstance(item.value, list) else item.value
        state.values[item.field] = Known(value, [source])
        return known is None or known.value != value
    old = [] if fresh else _as_list(known.value)
    new = [word for word in _as_list(item.value) if fold(word) not in map(fold, old)]
    sources = [source] if fresh else [*known.sources, source]
    state.values[item.field] = Known((old + new)[:MAX_LIST_ITEMS], sources[:MAX_LIST_ITEMS])
    return fresh or bool(new)


def _as_list(value: Value) -> list[str]:
    return list(value) if isinstance(value, list) else [str(value)]


def _unsettle(state: InterviewState, names: list[str]) -> None:
    state.skipped = [name for name in state.skipped if name not in names]
    state.unknown = [name for name in state.unknown if name not in names]


def _note_age(state: InterviewState, changed: list[str]) -> None:
    """A new range without an exact age drops the old exact age, so the two never disagree."""
    if "age_range" in changed and "age" not in changed:
        state.values.pop("age", None)
    if "age_range" in changed:
        state.values.pop("under_18", None)
    age = value_of(state, "age")
    state.minor = (
        value_of(state, "age_range") in MINOR_RANGES
        or "under_18" in state.values
        or (isinstance(age, int) and age < ADULT_FROM_YEARS)
    )


def keep_none(state: InterviewState, name: str, words: str) -> None:
    """ "None" is an answer: an empty list, or the person's words for it."""
    state.values[name] = Known([] if is_list(name) else words, [Source(state.turn, words)])
    state.recent = [name]


def forget(state: InterviewState, name: str) -> bool:
    names = [name, *_COMPANIONS.get(name, ())]
    found = [one for one in names if state.values.pop(one, None)]
    if name == "age_range":
        _note_age(state, [])
    if found and not FIELDS[name].volunteered and name not in state.skipped:
        state.skipped.append(name)
    return bool(found)


def forget_mention(state: InterviewState, words: str) -> list[str]:
    """Removes list items and sentences that mention the words; returns the fields touched."""
    wanted = fold(words)
    return [name for name in list(state.values) if _forget_in(state, name, wanted)]


def _forget_in(state: InterviewState, name: str, wanted: str) -> bool:
    known = state.values[name]
    if isinstance(known.value, list):
        kept = [word for word in known.value if wanted not in fold(word)]
        known.sources = [s for s in known.sources if wanted not in fold(s.quote)] or known.sources
        changed, known.value = len(kept) < len(known.value), kept
        return changed
    if FIELDS[name].type is not FieldType.TEXT or wanted not in fold(str(known.value)):
        return False
    text = str(known.value)
    rest = ", ".join(text[a:b] for a, b in clauses(text) if wanted not in fold(text[a:b]))
    if not rest:
        return forget(state, name)
    known.value, known.sources = rest, [Source(state.turn, rest)]
    return True


def drop_items(state: InterviewState, name: str, items: list[str]) -> list[str]:
    """Takes items out of a list field; returns those that were there."""
    known = state.values.get(name)
    if known is None or not isinstance(known.value, list):
        return []
    gone = [item for item in known.value if item in items]
    known.value = [item for item in known.value if item not in items]
    return gone
