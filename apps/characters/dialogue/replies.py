"""What is said about an answer before the next question comes."""

from __future__ import annotations

from apps.characters.dialogue.tone import is_heavy
from apps.characters.dialogue.turn import Turn, echo, joined
from apps.characters.stages import FIELDS

IDENTITY = {"name", "age_range", "age", "under_18", "gender_identity", "pronouns"}


def acknowledge(turn: Turn, changed: list[str], corrected: list[str]) -> None:
    """Quietly when the answer is heavy; a correction is confirmed in its new words."""
    spoken = [name for name in changed if FIELDS[name].acknowledgments]
    if corrected:
        confirm_change(turn, corrected[0])
    elif is_heavy(turn.text, turn.flags) and not set(changed) <= IDENTITY:
        turn.say("heard_heavy")
    elif spoken:
        _for_field(turn, turn.asked if turn.asked in spoken else spoken[0])
    elif changed:
        turn.say("heard")
    quiet = is_heavy(turn.text, turn.flags)
    if changed and not quiet and _elsewhere(changed, corrected, turn):
        turn.say("also_noted")


def _elsewhere(changed: list[str], corrected: list[str], turn: Turn) -> bool:
    first = turn.asked if turn.asked in changed else (corrected or changed)[0]
    stage = FIELDS[first].stage if first else None
    return any(FIELDS[name].stage != stage for name in changed)


def _for_field(turn: Turn, name: str | None) -> None:
    if name is None:
        return
    found = [item.value for item in turn.extracted if item.field == name]
    items = [word for value in found if isinstance(value, list) for word in value]
    listed = joined(items)
    value = echo(found[-1]) if found and not items else None
    quote = next((item.quote for item in turn.extracted if item.field == name), None)
    turn.voice.say(
        f"{name}.acknowledgments",
        FIELDS[name].acknowledgments,
        value=value,
        words=echo(quote) if quote and not items else None,
        items=listed,
        terms=listed if set(items) <= set(FIELDS[name].values) else None,
    )


def confirm_change(turn: Turn, name: str) -> None:
    slots = turn.label_slots(name)
    if name == "name":
        turn.say("corrected_name", **slots)
    elif slots["value"] is not None and echo(slots["value"]):
        turn.say("corrected", **slots)
    else:
        turn.say("heard")
