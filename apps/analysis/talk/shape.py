"""The shape of the answer that is asked of a model, and that the offline rule gives too."""

from __future__ import annotations

from typing import Any

from apps.analysis.talk.lexicon import VALENCE
from apps.analysis.talk.scores import METRICS

INSIGHT_TYPES = ("pattern", "progress", "strength", "goal")


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": most}


QUOTES = _list(_object(message={"type": "integer"}, quote={"type": "string"}), 100)
TEXT = {"type": "string", "minLength": 3, "maxLength": 1000}
POINT = _object(text=TEXT, evidence=QUOTES)
SCORE = _object(score={"type": ["integer", "null"], "minimum": 0, "maximum": 10}, evidence=QUOTES)
ANSWER = _object(
    summary=_list(POINT, 8),
    key_points=_list(POINT, 8),
    insights=_list(
        _object(type={"enum": list(INSIGHT_TYPES)}, text=TEXT, evidence=QUOTES, contrary=QUOTES),
        30,
    ),
    moods=_list(_object(mood={"enum": list(VALENCE)}, evidence=QUOTES), 6),
    metrics=_object(**dict.fromkeys(METRICS, SCORE)),
    focus_areas=_list(POINT, 30),
)
