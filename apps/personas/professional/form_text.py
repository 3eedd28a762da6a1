"""A persona's content as the plain texts of a form, and back: a list is one item per line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from apps.personas.professional import lexicon
from apps.personas.professional.reading import GENERAL

Shape = Literal["line", "text", "number", "list", "words", "pairs"]
ARROW = " => "


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of the form; `path` leads to its value in the content."""

    path: str
    shape: Shape
    help: str = ""
    needed: bool = True


PROFILE = (
    Entry("name", "line"),
    Entry("specialization", "line", "Small letters and underscores, as in cognitive_behavioral."),
    Entry("description", "line", "One sentence, shown in lists of personas."),
    Entry("background", "text", "Say that it is an AI persona. Never claim a degree or licence."),
    Entry("approach", "text", "How the persona works. The language model reads this."),
    Entry("techniques", "list", "One per line."),
    Entry("suitable_for", "list", "One per line."),
    Entry("boundaries", "list", "What the persona would never do. One per line."),
    Entry("avatar_url", "line", "A path that begins with /static/, or an https address."),
)
STYLE = (
    Entry("voice_settings.style", "line", "In a word, such as calm or matter-of-fact."),
    *(
        Entry(f"communication_style.{name}", "number", "From 0 (not at all) to 1 (very).")
        for name in ("formality", "directiveness", "warmth", "complexity")
    ),
)
_ASKED = "One question per line. It must make sense on its own."
_SAID = "One sentence or two per line, without a question."
LINES = (
    Entry("lines.openings", "list", "First words of a session. One per line."),
    Entry(
        "lines.rhythm",
        "words",
        "What one answer after the other consists of: reflect, acknowledge, offer, ask. One answer "
        "per line, its parts with spaces between.",
    ),
    Entry("lines.reflections", "list", "One per line. {words} is what the client told as a fact."),
    Entry(
        "lines.tentative_reflections",
        "list",
        "One per line. {words} is what the client believes or fears, so don't state it as true.",
    ),
    Entry("lines.feeling_reflections", "list", "One per line. {feeling} is, say, anxious."),
    Entry("lines.offers", "list", f"Thoughts from the persona's method. {_SAID}"),
    Entry("lines.goal_check_ins", "list", "One per line. {goal} is one of the session's goals."),
    Entry(
        "lines.follow_ups",
        "pairs",
        f"Optional. One per line: a question from below,{ARROW}and the question right after it.",
        needed=False,
    ),
)
_THEMES = (*lexicon.THEMES, GENERAL)
QUESTIONS = tuple(Entry(f"lines.questions.{theme}", "list", _ASKED) for theme in _THEMES)
ACKNOWLEDGEMENTS = tuple(
    Entry(f"lines.acknowledgements.{theme}", "list", _SAID) for theme in _THEMES
)
CUES = tuple(
    Entry(f"lines.cues.{cue}", "list", "One per line; may end with a question.", needed=False)
    for cue in lexicon.CUES
)
RESPONSES = tuple(
    Entry(f"lines.responses.{kind}", "list", _SAID)
    for kind in (
        "short",
        "silence",
        "wordless",
        "personal_question",
        "advice_question",
        "are_you_ai",
        "medical",
        "steering",
        "insult",
        "thanks",
        "goodbye",
    )
)
ENTRIES = (*PROFILE, *STYLE, *LINES, *QUESTIONS, *ACKNOWLEDGEMENTS, *CUES, *RESPONSES)


def texts_of(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The form's texts by path; what the content does not have is left out."""
    for entry in ENTRIES:
        value: Any = content
        for step in entry.path.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        if value is not None:
            yield entry.path, _written(entry.shape, value)


def content_of(texts: Mapping[str, Any]) -> dict[str, Any]:
    """Nested content, unchecked, from texts by path; empty optional ones are left out."""
    content: dict[str, Any] = {}
    for entry in ENTRIES:
        value = _parsed(entry.shape, texts.get(entry.path) or "")
        if value or entry.needed:
            *steps, last = entry.path.split(".")
            place = content
            for step in steps:
                place = place.setdefault(step, {})
            place[last] = value
    return content


def _written(shape: Shape, value: Any) -> str:
    if shape == "list":
        return "\n".join(value)
    if shape == "words":
        return "\n".join(" ".join(parts) for parts in value)
    if shape == "pairs":
        return "\n".join(f"{pair['after']}{ARROW}{pair['ask']}" for pair in value)
    return str(value)


def _parsed(shape: Shape, text: Any) -> Any:
    if shape in ("line", "text", "number"):
        return text
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    if shape == "words":
        return [row.replace(",", " ").split() for row in rows]
    if shape == "pairs":
        return [dict(zip(("after", "ask"), row.split(ARROW, 1), strict=False)) for row in rows]
    return rows
