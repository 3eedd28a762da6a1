"""What those are told whose words of danger were in another language than English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from apps.safety.detector.finding import Category
from apps.safety.resources import EMERGENCY_ANYWHERE, Resource

_FILE = Path(__file__).with_name("messages_other_languages.yaml")
ENGLISH = "en"
# At this border one English line in 11,000 of the detector's corpus is taken for another language,
# and of ten in the four others one or none is missed.
SURE = 0.9


@cache
def texts() -> dict[str, dict[str, Any]]:
    page: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text("utf-8"))
    return page


def language_of(reason: str) -> str | None:
    """By the name of the rule that heard it; None where that doesn't tell."""
    prefix = reason.partition("_")[0]
    if prefix in texts():
        return prefix
    return None if prefix == "xx" or " " in reason else ENGLISH


@cache
def _identifier() -> Any:
    """Read when it's needed, package and all, as most commands never need it."""
    langid = import_module("py3langid.langid")
    known = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    known.set_languages([ENGLISH, *texts()])
    return known


def language_in(text: str) -> str:
    """By the letters; English unless there is hardly a doubt."""
    language, chance = _identifier().classify(text)
    return language if chance > SURE else ENGLISH


def steps(language: str, voice: str, category: Category, *, other: bool) -> dict[str, list[str]]:
    """Variants of what is said, asked and urged."""
    page = texts()[language]
    if voice == "critical" and not other and category != "abuse":
        chosen = "critical"
    else:
        chosen = "other" if other else "abuse" if category == "abuse" else "calm"
    found: dict[str, list[str]] = page[chosen]
    return found


def translated(lines: Sequence[Resource], language: str) -> list[Resource]:
    """Lines have names of their own; what we name ourselves is named in the person's language."""
    if language not in texts():
        return list(lines)
    return [_translated(line, texts()[language]) for line in lines]


def _translated(line: Resource, page: dict[str, Any]) -> Resource:
    if line == EMERGENCY_ANYWHERE:
        name, contact = page["emergency_anywhere"], page["emergency_contact"]
        return replace(line, name=name, contact=contact)
    return replace(line, name=page[line.kind]) if line.kind in page else line
