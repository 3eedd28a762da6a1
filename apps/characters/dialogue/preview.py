"""Reads back what was collected, and shapes the character that comes of it."""

from __future__ import annotations

import re
from typing import Any

from apps.characters.dialogue import memory
from apps.characters.dialogue.state import InterviewState
from apps.characters.facts.model import Value
from apps.characters.stages import FIELDS

LONGEST_LINE_CHARACTERS = 280
AGE_WORDS = {
    "child": "a child, under 13",
    "teen": "a teenager, 13 to 17",
    "young_adult": "between 18 and 29",
    "adult": "between 30 and 59",
    "older_adult": "60 or older",
}
_ROUGH_AGE = re.compile(r"\d|teens|twent|thirt|fort|fift|sixt|sevent|eight|ninet", re.IGNORECASE)
INTENSITY_WORDS = {"low": "gentle (low)", "medium": "medium", "high": "direct (high)"}
# What the completeness score counts: every field that is asked for.
CORE = tuple(name for name, field in FIELDS.items() if not field.volunteered)
REQUIRED = tuple(name for name, field in FIELDS.items() if field.required)


def collected_data(state: InterviewState) -> dict[str, Value]:
    """Known values by field. Pronouns given instead of a gender stand for it, just as said."""
    data = memory.known_values(state)
    if "pronouns" in data:
        data.setdefault("gender_identity", data["pronouns"])
    return data


def display(state: InterviewState, name: str) -> str:
    value = memory.value_of(state, name)
    if isinstance(value, list):
        text = ", ".join(value) or "nothing"
    elif name == "age_range":
        age = memory.value_of(state, "age")
        said = state.values[name].sources[-1].quote
        words = said if _ROUGH_AGE.search(said) else AGE_WORDS[str(value)]
        text = str(age) if age is not None else words
    elif name == "gender_identity" and len(quote := state.values[name].sources[-1].quote) > 1:
        text = quote
    elif name == "preferred_intensity":
        text = INTENSITY_WORDS[str(value)]
    else:
        text = str(value)
    return _one_line(text)


def _one_line(text: str) -> str:
    line = re.sub(r"\s+", " ", text).strip()
    fits = len(line) <= LONGEST_LINE_CHARACTERS
    return line if fits else line[: LONGEST_LINE_CHARACTERS - 1].rstrip() + "…"


def summary_text(state: InterviewState) -> str:
    """A list of lines that begin with "- ", open ones together in the last."""
    shown = [name for name in FIELDS if name in state.values and name not in {"age", "under_18"}]
    if "age_range" not in state.values and "under_18" in state.values:
        shown.insert(0, "under_18")
    lines = [f"- {FIELDS[name].label}: {display(state, name)}" for name in shown]
    left = [FIELDS[name].label for name in CORE if not _is_shown(name, shown)]
    if left:
        names = [label[:1].lower() + label[1:] for label in left]
        lines.append("- Left open: " + (", ".join(names) if shown else "everything"))
    return "\n".join(lines)


def _is_shown(name: str, shown: list[str]) -> bool:
    return (
        name in shown or {"age_range": "under_18", "gender_identity": "pronouns"}.get(name) in shown
    )


def completeness_score(state: InterviewState) -> float:
    """Known fields out of all that are asked for (12), to two places; "none" counts as known."""
    data = collected_data(state)
    return round(sum(name in data for name in CORE) / len(CORE), 2)


def readiness_level(state: InterviewState) -> float | None:
    """The readiness answer, 0 to 10, divided by ten; None when it was not given."""
    value = memory.value_of(state, "readiness")
    return round(float(value), 1) / 10 if isinstance(value, int | float) else None


def is_ready_for_creation(state: InterviewState) -> bool:
    """The person agreed with the summary, and every required field is known."""
    return state.confirmed and all(name in state.values for name in REQUIRED)


def character_preview(state: InterviewState, character_id: str) -> dict[str, Any]:
    """The spec's `character_preview`; what was not told is None (or an empty list)."""
    data = collected_data(state)
    return {
        "character_id": character_id,
        "name": data.get("name"),
        "completeness_score": completeness_score(state),
        "ready_for_creation": is_ready_for_creation(state),
        "character_preview": {
            "name": data.get("name"),
            "appearance": {
                key: data.get(key)
                for key in ("age_range", "gender_identity", "physical_description")
            },
            "therapeutic_profile": {
                "primary_concerns": data.get("primary_concerns", []),
                "preferred_intensity": data.get("preferred_intensity"),
                "readiness_level": readiness_level(state),
            },
        },
    }
