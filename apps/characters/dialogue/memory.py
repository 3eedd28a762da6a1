"""Keeps, replaces and removes what is known, always with the words it came from."""

from __future__ import annotations

from collections.abc import Iterable

from apps.characters.dialogue.state import InterviewState, Known, Source
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
    facts, changed = list(facts), []
    for item in facts:
        fresh = replace and item.field not in changed
        if _keep_one(state, item, fresh=fresh) and item.field not in changed:
            changed.append(item.field)
    if changed:
        state.recent = changed
        _unsettle(state, changed)
    _note_age(state, {item.field for item in facts})
    return changed


def _keep_one(state: InterviewState, item: Extracted, *, fresh: bool) -> bool:
    source = Source(state.turn, item.quote)
    known = state.values.get(item.field)
    if known is None or not is_list(item.field):
        value = list(item.value) if isinstance(item.value, list) else item.value
        count = len(value) if isinstance(value, list) else 1
        state.values[item.field] = Known(value, [source] * count)
        return known is None or known.value != value
    old = [] if fresh else _as_list(known.value)
    new = [word for word in _as_list(item.value) if fold(word) not in map(fold, old)]
    sources = ([] if fresh else known.sources[: len(old)]) + [source] * len(new)
    state.values[item.field] = Known((old + new)[:MAX_LIST_ITEMS], sources[:MAX_LIST_ITEMS])
    return fresh or bool(new)


def _as_list(value: Value) -> list[str]:
    return list(value) if isinstance(value, list) else [str(value)]


def _unsettle(state: InterviewState, names: list[str]) -> None:
    state.skipped = [name for name in state.skipped if name not in names]
    state.unknown = [name for name in state.unknown if name not in names]


def _note_age(state: InterviewState, given: set[str]) -> None:
    """A range given alone drops the old exact age, so the two never disagree.

    Who was under 18 stays so until another age is given: taking the age out does not undo it.
    """
    if "age_range" in given and "age" not in given:
        state.values.pop("age", None)
    if "age_range" in given:
        state.values.pop("under_18", None)
        state.minor = value_of(state, "age_range") in MINOR_RANGES
    state.minor = state.minor or "under_18" in state.values


def keep_none(state: InterviewState, name: str, words: str) -> None:
    """ "None" is an answer: an empty list, or the person's words for it."""
    empty = is_list(name)
    state.values[name] = Known([] if empty else words, [] if empty else [Source(state.turn, words)])
    state.recent = [name]


def forget(state: InterviewState, name: str) -> bool:
    names = [name, *_COMPANIONS.get(name, ())]
    found = [one for one in names if state.values.pop(one, None)]
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
        return _forget_items(known, known.value, wanted)
    if FIELDS[name].type is not FieldType.TEXT or wanted not in fold(str(known.value)):
        return False
    text = str(known.value)
    rest = ", ".join(text[a:b] for a, b in clauses(text) if wanted not in fold(text[a:b]))
    if not rest:
        return forget(state, name)
    known.value, known.sources = rest, [Source(state.turn, rest)]
    return True


def _forget_items(known: Known, items: list[str], wanted: str) -> bool:
    """Items that say the words themselves, or else those that came from a sentence with them."""
    pairs = list(zip(items, known.sources, strict=True))
    gone = [pair for pair in pairs if wanted in fold(pair[0])]
    gone = gone or [pair for pair in pairs if wanted in fold(pair[1].quote)]
    kept = [pair for pair in pairs if pair not in gone]
    known.value = [item for item, _ in kept]
    known.sources = [_without(source, item, wanted) for item, source in kept]
    return bool(gone)


def _without(source: Source, item: str, wanted: str) -> Source:
    return Source(source.turn, item) if wanted in fold(source.quote) else source


def drop_items(state: InterviewState, name: str, items: list[str]) -> None:
    known = state.values[name]
    if isinstance(known.value, list):
        pairs = list(zip(known.value, known.sources, strict=True))
        known.value = [item for item, _ in pairs if item not in items]
        known.sources = [source for item, source in pairs if item not in items]
