"""Finds facts in what a person wrote, each with the words it came from, without any model."""

from __future__ import annotations

from apps.characters.facts.ages import find_ages
from apps.characters.facts.concerns import find_concerns
from apps.characters.facts.gender import find_gender
from apps.characters.facts.items import SHORT_ITEM_WORDS, find_goals, find_values, goals_in_passing
from apps.characters.facts.model import Context, Extracted, Extractor, Value
from apps.characters.facts.names import find_name
from apps.characters.facts.narrative import STORIES, early_facts, open_answer
from apps.characters.facts.scales import find_intensity, find_readiness
from apps.characters.script_types import FieldType
from apps.characters.stages import FIELDS

__all__ = ["Context", "Extracted", "Extractor", "Value", "offline_extract"]

# "I'm nervous but ready" speaks of the work ahead and is no new concern.
_ABOUT_THE_WORK = {"readiness", "preferred_intensity", "preferences"}
_OPEN = {"physical_description", "background", "relationships", "preferences"}


def offline_extract(text: str, context: Context) -> list[Extracted]:
    """Facts in the order of their words; list fields may appear several times, others once."""
    taken = _clear_cut(text, context)
    if context.asked not in STORIES:
        taken += early_facts(text, context)
    if context.asked in _OPEN:
        taken += open_answer(context.asked, text, taken)
    elif context.asked == "values":
        taken += _values(text, taken)
    return _once(sorted(taken, key=lambda found: found.span))


def _clear_cut(text: str, context: Context) -> list[Extracted]:
    """Facts whose wording leaves no doubt about what they are, whatever was asked."""
    found = find_name(text, context) + find_ages(text, context) + find_gender(text, context)
    found += find_intensity(text, context) + find_readiness(text, context)
    if context.asked == "goals":
        return found + (find_goals(text) if not _only(found, text) else [])
    if context.asked == "primary_concerns":
        concerns = find_concerns(text, context)
        return found + [item for item in concerns if not _inside(item, found)]
    if context.asked in _ABOUT_THE_WORK:
        return found
    return found + find_concerns(text, context) + goals_in_passing(text)


def _values(text: str, taken: list[Extracted]) -> list[Extracted]:
    found = [item for item in find_values(text) if not _inside(item, taken)]
    if not any(item.field in STORIES for item in taken):
        return found
    return [item for item in found if len(item.quote.split()) <= SHORT_ITEM_WORDS]


def _inside(item: Extracted, taken: list[Extracted]) -> bool:
    return any(
        found.field != item.field and found.span[0] < item.span[1] and item.span[0] < found.span[1]
        for found in taken
    )


def _only(found: list[Extracted], text: str) -> bool:
    return bool(found) and not open_answer("goals", text, found)


def _once(found: list[Extracted]) -> list[Extracted]:
    seen: set[str] = set()
    kept = []
    for item in found:
        key = str(item.value) if FIELDS[item.field].type is FieldType.LIST else ""
        if item.field + key not in seen:
            seen.add(item.field + key)
            kept.append(item)
    return kept
