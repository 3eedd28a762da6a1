"""What all Bearer-authenticated REST views share: actor, scopes, limits, parsing."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.viewsets import ViewSetMixin

from apps.accounts import throttles
from apps.accounts.actors import Actor
from apps.accounts.authentication import BearerAuthentication
from smartsteps.lib.errors import unauthenticated
from smartsteps.wire.dialects import V1, Dialect
from smartsteps.wire.serializers import QuerySerializer, StrictSerializer
from smartsteps.wire.views import DialectView


class BearerViewSet(ViewSetMixin, DialectView):
    """`scopes` names the scope that each action needs; an action without one is a mistake."""

    dialect: ClassVar[Dialect] = V1
    authentication_classes = [BearerAuthentication]
    scopes: ClassVar[dict[str, str]] = {}

    @property
    def actor(self) -> Actor:
        actor = self.request.auth
        if not isinstance(actor, Actor):
            raise unauthenticated()
        return actor

    def check_throttles(self, request: Request) -> None:
        throttles.check(request, request.auth if isinstance(request.auth, Actor) else None)

    def check_permissions(self, request: Request) -> None:
        self.actor.require(self.scopes[self.action])

    def parsed(self, serializer: type[StrictSerializer], **kwargs: Any) -> dict[str, Any]:
        """The request's body, checked. Raises ValidationError."""
        checked = serializer(data=self.request.data or {}, **kwargs)
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def query(self, serializer: type[QuerySerializer]) -> dict[str, Any]:
        checked = serializer(data=self.request.query_params)
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)
