"""`/api/v1/auth/…` (spec 1, Authentication and API Key Management)."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import services, throttles
from apps.accounts.models import ApiKey
from apps.accounts.serializers import (
    ApiKeyInput,
    LoginInput,
    ResetConfirmInput,
    ResetInput,
    api_key_body,
    token_body,
)
from apps.accounts.views_base import BearerViewSet
from smartsteps.lib.errors import denied


class OpenViewSet(BearerViewSet):
    """Endpoints for people who have no credential yet."""

    authentication_classes = []

    def check_permissions(self, request: Request) -> None:
        """Everyone may ask; the endpoints' own limits apply."""


class LoginViewSet(OpenViewSet):
    def login(self, request: Request) -> Response:
        data = self.parsed(LoginInput)
        throttles.check_endpoint(request, data["username"].lower())
        return Response(token_body(services.log_in(**data)))


class PasswordViewSet(OpenViewSet):
    def reset(self, request: Request) -> Response:
        data = self.parsed(ResetInput)
        throttles.check_endpoint(request, data["email"].lower())
        services.request_password_reset(**data)
        return Response({"message": "If the address is known, a link is on its way"}, status=202)

    def confirm(self, request: Request) -> Response:
        services.reset_password(**self.parsed(ResetConfirmInput))
        return Response(status=204)


class TokenViewSet(BearerViewSet):
    """For any bearer of a token, so no scope is asked for."""

    def check_permissions(self, request: Request) -> None:
        _ = self.actor

    def refresh(self, request: Request) -> Response:
        self.no_body()
        return Response(token_body(services.refresh_login(by=self.actor)))

    def logout(self, request: Request) -> Response:
        self.no_body()
        services.log_out(by=self.actor)
        return Response(status=204)


class ApiKeyViewSet(BearerViewSet):
    """A user's own keys. A key can't make keys, so a leaked one can't outlive its revocation."""

    def check_permissions(self, request: Request) -> None:
        if self.actor.login_id is None or self.actor.is_client:
            raise denied("Log in with a staff or integrator account to manage API keys")

    def list(self, request: Request) -> Response:
        keys = ApiKey.objects.filter(user=self.actor.user)
        return Response({"keys": [api_key_body(key) for key in keys]})

    def create(self, request: Request) -> Response:
        data = self.parsed(ApiKeyInput)
        user = self.actor.user
        if user is None:
            raise denied()
        issued = services.issue_api_key(
            user=user,
            name=data["name"],
            scopes=data.get("scopes"),
            expires_at=data.get("expires_at"),
            networks=data.get("networks"),
            signed=data.get("signed", False),
        )
        return Response({**api_key_body(issued.row), "key": issued.key}, status=201)

    def revoke(self, request: Request, prefix: str) -> Response:
        services.revoke_api_key(prefix=prefix, by=self.actor)
        return Response(status=204)
