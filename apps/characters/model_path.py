"""The way in for a language model: it may find facts and warm up a wording, and is checked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from apps.characters.content_rules import LONGEST_TEXT_CHARACTERS
from apps.characters.dialogue.outcome import AssistantMessage
from apps.characters.extraction import Context, Extracted, Extractor, Value, offline_extract
from apps.characters.facts.ages import OLDEST_YEARS
from apps.characters.facts.text import fold
from apps.characters.script_checks import sentences
from apps.characters.script_types import Field, FieldType
from apps.characters.stages import FIELDS

PROMPTS_DIR = Path(__file__).parent / "prompts"
LONGEST_WORDING_CHARACTERS = 1_200

EXTRACT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["facts"],
    "properties": {
        "facts": {
            "type": "array",
            "maxItems": 40,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["field", "value", "quote"],
                "properties": {
                    "field": {"type": "string", "enum": list(FIELDS)},
                    "value": {"type": ["string", "number", "array"], "items": {"type": "string"}},
                    "quote": {"type": "string", "minLength": 1},
                },
            },
        }
    },
}
REPLY_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["content"],
    "properties": {"content": {"type": "string", "minLength": 1}},
}
# Who someone is must be stated; a model may not conclude it from the rest ("I'm a mom").
_STATED_ONLY = {"gender_identity", "age_range", "under_18"}
_FORBIDDEN = re.compile(
    r"\b(?:diagnos\w+|disorder|bipolar|borderline|medication|antidepressants?|prescri\w+|dosage|"
    r"you (?:have|suffer from|are showing) (?:depression|anxiety|ptsd|adhd)|i(?:'m| am) "
    r"(?:a )?human|"
    r"i promise|as a (?:person|human|therapist)|system prompt|you should have|your fault)\b"
)


def extract_prompt(text: str, context: Context) -> str:
    return _rendered("extract.md", **extract_slots(text, context))


def extract_slots(text: str, context: Context) -> dict[str, str]:
    return {
        "fields": "\n".join(_described(field) for field in FIELDS.values()),
        "asked": context.asked or "nothing in particular",
        "today": context.today.isoformat(),
        "text": unmarked(text),
    }


def reply_prompt(text: str, message: AssistantMessage) -> str:
    return _rendered("reply.md", message=message.content, text=text)


def model_extractor(raw: object) -> Extractor:
    """An extractor for `advance`: the checked facts of a model, and ours where it found none."""

    def extract(text: str, context: Context) -> list[Extracted]:
        checked = checked_facts(text, raw, context.today)
        fields = {item.field for item in checked}
        ours = [item for item in offline_extract(text, context) if item.field not in fields]
        return sorted(checked + ours, key=lambda item: item.span)

    return extract


def checked_facts(text: str, raw: object, today: date = date.min) -> list[Extracted]:
    """Only facts whose quote stands in the text and whose value fits both quote and field.

    Without today's date no age is read from a year of birth.
    """
    facts = raw.get("facts") if isinstance(raw, dict) else None
    if not isinstance(facts, list):
        return []
    checked = (_checked(text, item, today) for item in facts if isinstance(item, dict))
    return [item for item in checked if item]


def checked_wording(message: AssistantMessage, raw: object) -> AssistantMessage:
    """The model's wording if it keeps the question and breaks no rule, else our own."""
    content = raw.get("content") if isinstance(raw, dict) else None
    if not isinstance(content, str) or not 0 < len(content) <= LONGEST_WORDING_CHARACTERS:
        return message
    kept = [line for line in sentences(message.content) if line.endswith("?")]
    kept += [line for line in message.content.splitlines() if line.startswith("- ")]
    if _FORBIDDEN.search(fold(content)) or any(line not in content for line in kept):
        return message
    return replace(message, content=content.strip())


def _checked(text: str, raw: dict[str, Any], today: date) -> Extracted | None:
    field, quote = FIELDS.get(str(raw.get("field"))), raw.get("quote")
    if field is None or not isinstance(quote, str) or not quote.strip():
        return None
    start = fold(text).find(fold(quote))
    if start < 0:
        return None
    span = (start, start + len(quote))
    value = _fitting(field, raw.get("value"), text[span[0] : span[1]], today)
    return None if value is None else Extracted(field.name, value, text[span[0] : span[1]], span)


def _fitting(field: Field, value: object, quote: str, today: date) -> Value | None:
    if field.type is FieldType.LIST:
        return _fitting_list(field, value, quote, today)
    if field.type in {FieldType.NUMBER, FieldType.SCALE}:
        return _fitting_number(field, value, quote)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT_CHARACTERS:
        return None
    if value in field.values:
        free = field.name not in _STATED_ONLY
        return value if free or value in _read(field, quote, today) else None
    return value if (field.open or not field.choices) and fold(value) in fold(quote) else None


def _fitting_list(field: Field, value: object, quote: str, today: date) -> list[str] | None:
    items = value if isinstance(value, list) else [value]
    known = _read(field, quote, today)
    said = [item for item in items if isinstance(item, str) and item.strip()]
    return [item for item in said if item in known or fold(item) in fold(quote)] or None


def _read(field: Field, quote: str, today: date) -> list[Value]:
    """What our own rules read in the quote."""
    found = offline_extract(quote, Context(field.name, today))
    values = [item.value for item in found if item.field == field.name]
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def _fitting_number(field: Field, value: object, quote: str) -> int | float | None:
    """The number must stand in the quote, or our own reading of the quote must give it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    low, high = (1, OLDEST_YEARS) if field.name == "age" else (field.low, field.high)
    if not low <= value <= high:
        return None
    return value if re.search(rf"(?<!\d){value}(?!\d)", quote) else None


def _described(field: Field) -> str:
    kind = f"{field.type}"
    if field.choices and field.type is not FieldType.SCALE:
        kind += ": " + " | ".join(field.values) + (" | own words" if field.open else "")
    if field.type is FieldType.SCALE:
        kind += f" {field.low}-{field.high}"
    return f"- {field.name} ({kind}): {field.label}"


def _rendered(name: str, **slots: str) -> str:
    """Fills the template in one pass, and keeps the text from closing its own marks."""
    template = (PROMPTS_DIR / name).read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: unmarked(slots[match[1]]), template)


def unmarked(text: str) -> str:
    return text.replace("<<<", "‹‹‹").replace(">>>", "›››")
