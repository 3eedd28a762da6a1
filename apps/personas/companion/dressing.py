"""Turns the companions' common voice into one companion's own, from what its maker told.

Pure: a voice's content and a profile in, content out. Keys of a profile, all optional: name,
background, values, relationships, primary_concerns, goals, preferred_intensity, preferences,
physical_description.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Profile = Mapping[str, Any]
# The name stands in the model's instructions, so it must be one and nothing else.
_NAME = re.compile(r"[^\W\d_][\w .'’-]{0,39}")
_QUOTABLE = re.compile(r"[^\n{}“”\"]{2,80}")
_KNOWN = {
    "name": "The client goes by",
    "pronouns": "Pronouns",
    "physical_description": "Looks",
    "background": "Background",
    "values": "What matters to them",
    "relationships": "People around them",
    "primary_concerns": "What weighs on them",
    "goals": "What they hope for",
    "preferred_intensity": "The pace they asked for",
    "preferences": "What helps them",
}
_RHYTHM: dict[str, list[list[str]]] = {
    "low": [["reflect"], ["acknowledge", "ask"], ["reflect", "acknowledge"]],
    "high": [["reflect", "ask"], ["offer", "ask"], ["acknowledge", "offer", "ask"]],
}
_DIRECTIVENESS = {"low": 0.1, "medium": 0.4, "high": 0.8}
_OFFERS = {
    "preferences": "You once told me what helps you: “{told}”.",
    "values": "You said that this matters to you: “{told}”.",
}


def dressed(voice: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """The voice's content with the companion's name, pace and memories in it."""
    pace = str(profile.get("preferred_intensity", "medium"))
    lines = dict(voice["lines"])
    lines["rhythm"] = _RHYTHM.get(pace, lines["rhythm"])
    lines["offers"] = [*lines["offers"], *_memories(profile)]
    style = {**voice["communication_style"], "directiveness": _DIRECTIVENESS.get(pace, 0.4)}
    name = name_in(profile) or voice["name"]
    return {**voice, "name": name, "lines": lines, "communication_style": style}


def name_in(profile: Profile) -> str | None:
    name = str(profile.get("name", "")).strip()
    return name if _NAME.fullmatch(name) else None


def _memories(profile: Profile) -> list[str]:
    told = ((line, _in_words(profile.get(key))) for key, line in _OFFERS.items())
    return [line.replace("{told}", words) for line, words in told if _QUOTABLE.fullmatch(words)]


def _in_words(value: Any) -> str:
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return words.strip().rstrip(".!?")


def told(profile: Profile) -> list[str]:
    """What the companion knows, line by line: the client's words, so never instructions."""
    return [
        f"{label}: {_in_words(profile[key])}" for key, label in _KNOWN.items() if profile.get(key)
    ]


def goals(profile: Profile) -> list[str]:
    return [str(goal) for goal in profile.get("goals") or []]
