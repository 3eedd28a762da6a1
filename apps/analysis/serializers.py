"""Bodies of `…/analyze/…` (spec 1, Analysis Endpoints) and of the stored analyses."""

from __future__ import annotations

from datetime import date
from typing import Any

from rest_framework import serializers

from apps.analysis.models import Analysis
from smartsteps.lib.clock import iso
from smartsteps.wire.serializers import QuerySerializer, StrictCharField, StrictSerializer

EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)
MOST_AREAS = 20


class DayField(serializers.DateField):
    """A day as text, near enough that any time zone can hold it."""

    def to_internal_value(self, value: Any) -> Any:
        day = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            raise serializers.ValidationError(f"Must lie between {EARLIEST} and {LATEST}")
        return day


class ProgressInput(StrictSerializer):
    start_date = DayField()
    end_date = DayField()
    focus_areas = serializers.ListField(
        child=StrictCharField(max_length=50), max_length=MOST_AREAS, required=False
    )


class EvidenceQuery(QuerySerializer):
    """`include=evidence` adds to the spec's answer what it rests on."""

    include = serializers.ChoiceField(choices=["evidence"], required=False)


def summary_body(analysis: Analysis) -> dict[str, Any]:
    """To the letter of the spec; None of it is filled in where nothing was found."""
    content = analysis.content
    mood = content["mood_analysis"]
    return {
        "session_id": analysis.session_id,
        "summary": content["summary"],
        "key_points": [point["text"] for point in content["key_points"]],
        "mood_analysis": {name: mood[name] for name in ("primary", "secondary", "confidence")},
        "recommended_focus_areas": [area["text"] for area in content["focus_areas"]],
    }


def evidence_body(analysis: Analysis) -> dict[str, Any]:
    """In the order of the summary's own lists."""
    content = analysis.content
    return {
        "summary": content["summary_points"],
        "key_points": [point["evidence"] for point in content["key_points"]],
        "insights": content["insights"],
        "mood_analysis": content["mood_analysis"]["evidence"],
        "metrics": content["metrics"],
        "recommended_focus_areas": [area["evidence"] for area in content["focus_areas"]],
        "dropped": content["dropped"],
    }


def analysis_body(analysis: Analysis) -> dict[str, Any]:
    return {
        **summary_body(analysis),
        "version": analysis.version,
        "message_count": analysis.message_count,
        "provider": analysis.provider,
        "model": analysis.model,
        "prompt_hash": analysis.prompt_hash,
        "made_at": iso(analysis.made_at),
        "made_by": analysis.made_by,
        "evidence": evidence_body(analysis),
    }
