"""The few phrases that the offline rule puts around the client's words."""

from __future__ import annotations

from collections.abc import Sequence

LABELS = {
    "rating": "Own number",
    "progress": "Change",
    "setback": "Difficulty",
    "plan": "Plan",
    "understanding": "Own understanding",
    "wish": "Wish",
    "trouble": "Trouble",
    "other": "Said",
}
LEADS = {"progress": "Of change they said", "setback": "Of difficulty they said"}
NUMBERS = {1: "once", 2: "twice"}
QUOTED_CHARS = 240


def listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def quoted(text: str) -> str:
    """In typographic marks; long words are cut, and quotation marks inside become single."""
    inner = text.strip().strip('“”"').replace("“", "‘").replace("”", "’").replace('"', "’")
    if len(inner) > QUOTED_CHARS:
        inner = inner[:QUOTED_CHARS].rsplit(" ", 1)[0] + " …"
    return f"“{inner}”"


def times(count: int) -> str:
    return NUMBERS.get(count, f"{count} times")
