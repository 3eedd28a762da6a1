"""Bodies of `/auth/…`."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.accounts.models import ApiKey
from apps.accounts.tokens import IssuedToken
from smartsteps.lib.clock import iso, iso_or_none
from smartsteps.wire.serializers import AwareDateTimeField, StrictCharField, StrictSerializer


class LoginInput(StrictSerializer):
    username = StrictCharField(max_length=254)
    password = StrictCharField(max_length=1024, trim_whitespace=False)


class ResetInput(StrictSerializer):
    email = serializers.EmailField()


class ResetConfirmInput(StrictSerializer):
    token = StrictCharField(max_length=200)
    password = StrictCharField(max_length=1024, trim_whitespace=False)


class ApiKeyInput(StrictSerializer):
    name = StrictCharField(max_length=100)
    scopes = serializers.ListField(child=StrictCharField(max_length=32), required=False)
    expires_at = AwareDateTimeField(required=False, allow_null=True)
    networks = serializers.ListField(
        child=StrictCharField(max_length=43),
        required=False,
        max_length=50,
        help_text="May be used from these alone, such as `10.0.0.0/8`; empty: from anywhere.",
    )
    signed = serializers.BooleanField(
        required=False, help_text="Each request must be signed (spec 1, Request Signing)."
    )


def token_body(issued: IssuedToken) -> dict[str, Any]:
    return {"token": issued.token, "expires_at": iso(issued.expires_at)}


def api_key_body(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.prefix,
        "name": key.name,
        "scopes": key.scopes,
        "networks": key.networks,
        "signed": key.signed,
        "created_at": iso(key.created_at),
        "expires_at": iso_or_none(key.expires_at),
        "last_used_at": iso_or_none(key.last_used_at),
        "revoked_at": iso_or_none(key.revoked_at),
    }
