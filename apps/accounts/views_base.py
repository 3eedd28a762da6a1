"""What all Bearer-authenticated REST views share: actor, scopes, limits, parsing."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from rest_framework.exceptions import MethodNotAllowed, ValidationError
from rest_framework.request import Request
from rest_framework.viewsets import ViewSetMixin

from apps.accounts import throttles
from apps.accounts.actors import Actor
from apps.accounts.authentication import Ahead, BearerAuthentication
from smartsteps.lib.batch import Query
from smartsteps.lib.errors import DomainError, unauthenticated
from smartsteps.wire.dialects import V1, Dialect
from smartsteps.wire.serializers import (
    NoInput,
    QuerySerializer,
    StrictSerializer,
    checked,
    checked_query,
)
from smartsteps.wire.views import DialectView


class BearerViewSet(ViewSetMixin, DialectView):
    """`scopes` names the scope that each action needs; an action without one is a mistake."""

    dialect: ClassVar[Dialect] = V1
    authentication_classes = [BearerAuthentication]
    scopes: ClassVar[dict[str, str]] = {}

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        self.ahead = Ahead(self._ask_ahead)
        return super().initialize_request(request, *args, **kwargs)

    def first_query(self, actor: Actor) -> Query | None:
        """What the action asks first, if it is worth sparing a round trip; see `Ahead`."""
        return None

    def _ask_ahead(self, actor: Actor) -> Query | None:
        if not actor.can(self.scopes.get(self.action, "")):
            return None
        try:
            return self.first_query(actor)
        except (ValidationError, SuspiciousOperation):  # which comes again, once they may know
            return None

    @property
    def actor(self) -> Actor:
        actor = self.request.auth
        if not isinstance(actor, Actor):
            raise unauthenticated()
        return actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A method that is not there is refused first: it has no scope to ask for."""
        if self.action not in self.action_map.values():
            raise MethodNotAllowed(str(request.method))
        super().initial(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """Callers without a good credential count by address, so guessing is limited too."""
        try:
            super().perform_authentication(request)
        except DomainError:
            throttles.check(request, None)
            raise
        if request.auth is None:
            throttles.check(request, None)

    def check_throttles(self, request: Request) -> None:
        if isinstance(request.auth, Actor):
            throttles.check(request, request.auth)

    def check_permissions(self, request: Request) -> None:
        self.actor.require(self.scopes[self.action])

    def parsed(
        self, serializer: type[StrictSerializer], *, partial: bool = False
    ) -> dict[str, Any]:
        """The request's body, checked. Raises ValidationError."""
        return checked(serializer, self.request.data, partial=partial)

    def no_body(self) -> None:
        """For actions that take none: what can't be meant is refused, not ignored."""
        self.parsed(NoInput)

    def query(self, serializer: type[QuerySerializer]) -> dict[str, Any]:
        """The query string, checked. Raises ValidationError."""
        request = self.request._request
        return {**checked_query(serializer, request.META["QUERY_STRING"], request.encoding)}
