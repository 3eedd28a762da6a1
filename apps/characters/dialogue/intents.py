"""Tells an answer from a request: skip, back, pause, yes, no, "none" and their like."""

from __future__ import annotations

import re
from enum import StrEnum

from apps.characters.facts.text import fold
from apps.characters.script_types import Field
from apps.characters.stages import FIELDS, INTENTS, PROMPT_FOR

_POLITE = (
    r"(?:please|pls|um+|uh+|well|so|ok|okay|sure|alright|sorry|"
    r"(?:thanks|thank you)(?: so much| a lot| very much)?|can we|could we|can you|"
    r"could you|can i|could i|"
    r"may i|let's|lets|let us|i want to|i'd like to|i would like to|i wanna|just|maybe|"
    r"then|now|for now|actually|"
    r"hey|hi|oh|hmm+|wait|i think|i guess|if that's ok|if possible|yes|yeah|no|honestly|"
    r"tbh|to be honest|really|dear|my dear|love|mate|man|dude|bro|lol|haha|honey|though|tho)"
).replace("'", "")


class Intent(StrEnum):
    PAUSE = "pause"
    ABANDON = "abandon"
    SKIP = "skip"
    SKIP_STAGE = "skip_stage"
    SKIP_ALL = "skip_all"
    BACK = "back"
    REPEAT = "repeat"
    REVIEW = "review"
    KEEP = "keep"
    YES = "yes"
    NO = "no"
    REFUSE = "refuse"
    NONE = "none"
    EITHER = "either"
    UNSURE = "unsure"


_PATTERNS = {
    Intent(name): re.compile("|".join(lines).replace("'", "")) for name, lines in INTENTS.items()
}
_BACK = re.compile(
    r"(?:go |going |step |move |get )?back(?: (?:one|a (?:step|question)|one (?:step|"
    r"question)|please|up))?(?: to (?:the )?(?:previous|last|earlier)(?: question| one)?)?|"
    r"(?:the )?(?:previous|prior|last)(?: (?:question|one|step))?|undo|"
    r"(?:go |jump |return |take me |get |back )+(?:back )?(?:to )(?:the |my )?(?P<to>[\w "
    r"]{3,40}?)(?: (?:part|question|stage|section|step))?"
)
_EDGE = re.compile(rf"^(?:{_POLITE} )+|(?: {_POLITE})+$")


def plain(text: str) -> str:
    """Folded words alone: no punctuation, no apostrophes ("dont"), no emoji except thumbs."""
    kept = re.sub(r"[^\w/👍👎 ]+", " ", fold(text).replace("'", ""))
    return re.sub(r"\s+", " ", kept).strip()


def intent_of(text: str) -> Intent | None:
    """What the whole text asks for; None when it holds anything else."""
    words = plain(text)
    for form in dict.fromkeys((words, _EDGE.sub("", words), _EDGE.sub("", _EDGE.sub("", words)))):
        if _BACK.fullmatch(form):
            return Intent.BACK
        for intent, pattern in _PATTERNS.items():
            if pattern.fullmatch(form):
                return intent
    return None


def matches(text: str, intent: Intent) -> bool:
    """Some words mean different things at different stages ("nothing", "go on")."""
    words = plain(text)
    return any(_PATTERNS[intent].fullmatch(form) for form in (words, _EDGE.sub("", words)))


def back_target(text: str) -> str | None:
    """The prompt_id to go back to; "" when one is named that we don't know, None without a name."""
    words = plain(text)
    match = _BACK.fullmatch(words) or _BACK.fullmatch(_EDGE.sub("", words))
    if match is None or not match["to"] or match["to"] in {"previous", "last", "previous one"}:
        return None
    name = field_named(match["to"])
    if match["to"] in {"start", "beginning", "welcome", "very beginning"}:
        return "welcome_intro"
    return PROMPT_FOR[name].id if name in PROMPT_FOR else ""


def _labels(field: Field) -> set[str]:
    """ "The people around you" as it stands in the summary, and without its article."""
    label = fold(field.label).split(" (")[0]
    return {label, label.removeprefix("the ").removeprefix("your ")}


def field_named(words: str) -> str | None:
    """The field a person means by "name", "my goals", "how I look"."""
    for field in FIELDS.values():
        if words in field.spoken or words == field.name or words in _labels(field):
            return field.name
    return None
