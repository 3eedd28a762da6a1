"""Bodies of `/instruments` and of `…/measures` (not in spec 1)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.measures.instruments import INSTRUMENTS, Instrument
from apps.measures.models import Measure
from smartsteps.lib.clock import iso
from smartsteps.wire.serializers import (
    AwareDateTimeField,
    StrictCharField,
    StrictIntegerField,
    StrictSerializer,
)

MOST_ITEMS = 100


class OwnMeasureInput(StrictSerializer):
    """What a client sends: always about now."""

    instrument = StrictCharField(max_length=20)
    answers = serializers.ListField(
        child=StrictIntegerField(allow_null=True), max_length=MOST_ITEMS
    )


class MeasureInput(OwnMeasureInput):
    taken_at = AwareDateTimeField(required=False)


def instrument_body(form: Instrument) -> dict[str, Any]:
    return {
        "instrument": form.id,
        "name": form.name,
        "title": form.title,
        "instruction": form.instruction,
        "scale": list(form.scale),
        "items": list(form.items),
        "bands": [{"least": band.least, "name": band.name} for band in form.bands],
        "source": form.source,
    }


def instruments_body() -> dict[str, Any]:
    return {"instruments": [instrument_body(form) for form in INSTRUMENTS.values()]}


def measure_body(measure: Measure) -> dict[str, Any]:
    """`total` and `band` are null unless every item was answered."""
    return {
        "measure_id": measure.pk,
        "client_id": measure.client_id,
        "session_id": measure.session_id or None,
        "instrument": measure.instrument,
        "answers": measure.answers,
        "total": measure.total,
        "band": measure.band,
        "taken_at": iso(measure.taken_at),
        "source": measure.source,
        "entered_by": measure.entered_by,
    }


def receipt_body(measure: Measure, support: str | None) -> dict[str, Any]:
    """For the person who filled it in: what it means is for the clinician to say."""
    return {
        "measure_id": measure.pk,
        "instrument": measure.instrument,
        "is_complete": measure.total is not None,
        "taken_at": iso(measure.taken_at),
        "support": support,
    }
