"""Bodies of `/clients` (spec 1, Client Endpoints)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from apps.clients.models import Client, Consent, ConsentKind, Erasure
from smartsteps.lib.clock import iso
from smartsteps.wire.paging import PageQuery
from smartsteps.wire.serializers import (
    ObjectField,
    StrictBooleanField,
    StrictCharField,
    StrictSerializer,
)

EARLIEST_BIRTH = date(1875, 1, 1)  # the longest known life began that year


class BirthDateField(serializers.DateField):
    def to_internal_value(self, value: Any) -> Any:
        day = super().to_internal_value(value)
        if not EARLIEST_BIRTH <= day <= timezone.now().date():
            raise serializers.ValidationError(f"Must lie between {EARLIEST_BIRTH} and today")
        return day


class ClientInput(StrictSerializer):
    first_name = StrictCharField(max_length=100)
    last_name = StrictCharField(max_length=100)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    phone = StrictCharField(max_length=40, required=False, allow_blank=True)
    date_of_birth = BirthDateField(required=False, allow_null=True)
    metadata = ObjectField(required=False)


class ClientQuery(PageQuery):
    search = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ConsentInput(StrictSerializer):
    kind = serializers.ChoiceField(choices=ConsentKind.choices)
    granted = StrictBooleanField()
    note = StrictCharField(max_length=2000, required=False, allow_blank=True)


def client_row(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.pk,
        "first_name": client.first_name,
        "last_name": client.last_name,
        "email": client.email,
        "created_at": iso(client.created_at),
    }


def client_body(client: Client) -> dict[str, Any]:
    born = client.date_of_birth
    return {
        "client_id": client.pk,
        "first_name": client.first_name,
        "last_name": client.last_name,
        "email": client.email,
        "phone": client.phone,
        "date_of_birth": born.isoformat() if born else None,
        "created_at": iso(client.created_at),
        "created_by": client.created_by,
        "metadata": client.metadata,
    }


def client_detail(client: Client, session_count: dict[str, int]) -> dict[str, Any]:
    body = client_body(client)
    metadata = body.pop("metadata")
    return {
        **body,
        "updated_at": iso(client.updated_at),
        "metadata": metadata,
        "session_count": session_count,
    }


def consent_body(consent: Consent) -> dict[str, Any]:
    return {
        "id": consent.pk,
        "client_id": consent.client_id,
        "kind": consent.kind,
        "granted": consent.granted,
        "note": consent.note,
        "recorded_at": iso(consent.recorded_at),
        "recorded_by": consent.recorded_by,
    }


def erasure_body(erasure: Erasure) -> dict[str, Any]:
    return {
        "id": erasure.pk,
        "client_id": erasure.client_id,
        "erased_at": iso(erasure.erased_at),
        "erased_by": erasure.erased_by,
        "removed": erasure.removed,
        "usage_entries": erasure.usage_entries,
    }
