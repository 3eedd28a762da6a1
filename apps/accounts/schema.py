"""What the API's document says about `/auth/…`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from apps.accounts import views
from apps.accounts.serializers import ApiKeyInput, LoginInput, ResetConfirmInput, ResetInput
from smartsteps.wire.openapi import documented, loose, operation

TAG = "Authentication"
TOKEN = {
    "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...",
    "expires_at": "2025-05-11T18:30:00Z",
}
KEY = {
    "id": "sk_ss_Ab3dE6gH",
    "name": "Unity Client",
    "scopes": ["sessions:read", "messages:write"],
    "networks": ["10.0.0.0/8"],
    "signed": False,
    "created_at": "2025-05-11T10:30:00Z",
    "expires_at": "2026-05-11T10:30:00Z",
    "last_used_at": "2025-05-11T11:00:00Z",
    "revoked_at": "2025-06-11T10:30:00Z",
}
ENDS = loose(nullable="expires_at last_used_at revoked_at")


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "apps.accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A token from /auth/login, an API key (sk_ss_…), or a join token.",
        }


LoginViewSet = documented(
    views.LoginViewSet,
    login=operation(
        "Log in",
        tag=TAG,
        takes=LoginInput,
        sends={"username": "user@example.com", "password": "password"},
        returns=TOKEN,
        errors=(401,),
        open=True,
        description="By user name or e-mail address. The token is good for 24 hours.",
    ),
)

TokenViewSet = documented(
    views.TokenViewSet,
    refresh=operation(
        "Refresh a token",
        tag=TAG,
        returns=TOKEN,
        errors=(400, 422),
        description="A new token for the one that is sent, which ends with this.",
    ),
    logout=operation("Log out", tag=TAG, returns=None, status=204, errors=(400, 422)),
)

PasswordViewSet = documented(
    views.PasswordViewSet,
    reset=operation(
        "Ask for a password reset",
        tag=TAG,
        takes=ResetInput,
        sends={"email": "user@example.com"},
        returns={"message": "If the address is known, a link is on its way"},
        status=202,
        open=True,
        description="The answer is the same whether the address is known or not.",
    ),
    confirm=operation(
        "Set a new password",
        tag=TAG,
        takes=ResetConfirmInput,
        sends={"token": "dTRmMGMy.cq2n7p-5f0c9d", "password": "correct-horse-battery"},
        returns=None,
        status=204,
        open=True,
        description="With the token of a reset link. Ends all of the user's logins.",
    ),
)

ApiKeyViewSet = documented(
    views.ApiKeyViewSet,
    list=operation("List API keys", tag=TAG, returns={"keys": [KEY]}, but=ENDS),
    create=operation(
        "Create an API key",
        tag=TAG,
        takes=ApiKeyInput,
        sends={
            "name": "Unity Client",
            "scopes": ["sessions:read", "messages:write"],
            "networks": ["10.0.0.0/8"],
        },
        returns={**KEY, "key": "sk_ss_Ab3dE6gHiJ9kLmN0pQrS2tUvWxYz45aB"},
        status=201,
        but=ENDS,
        description="The key is shown this once. Without `scopes` it has all of its owner's.",
    ),
    revoke=operation("Revoke an API key", tag=TAG, returns=None, status=204, errors=(404,)),
)
