"""From a bearer credential to an Actor, the same for REST and sockets."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from django.db import connection, models
from django.db.models import Q
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.accounts import actors, tokens
from apps.accounts.actors import Actor
from apps.accounts.callers import Caller, check_key, of_request
from apps.accounts.models import ApiKey, Login, User
from smartsteps.lib import clock
from smartsteps.lib.batch import Query, Rows, fetch
from smartsteps.lib.errors import unauthenticated

KEY_MARK = "sk_ss_"
PREFIX_CHARS = len(KEY_MARK) + 8
USE_NOTED_EVERY = timedelta(minutes=1)


def _in_order(model: type[models.Model], *names: str) -> list[str]:
    """As `from_db` wants them."""
    return [field.attname for field in model._meta.concrete_fields if field.attname in names]


# What a request goes by; the rest is loaded if somebody asks for it.
LOGIN_FIELDS = _in_order(Login, "id", "user_id", "token_id")
USER_FIELDS = _in_order(User, "id", "password", "username", "email", "role")


def key_digest(key: str) -> bytes:
    """A plain SHA-256 is enough for a random key of 190 bits."""
    return hashlib.sha256(key.encode()).digest()


class Ahead:
    """A view's first query, which goes to PostgreSQL together with the look at the log-in.

    `ask` is told whom the token names, and that nobody is believed yet. Its rows are taken only
    for the very same query, asked once more for the actor that the log-in turned out to be.
    """

    def __init__(self, ask: Callable[[Actor], Query | None]) -> None:
        self._ask = ask
        self._asked: Query | None = None
        self._rows: Rows = []

    def fetch_with(self, query: Query, token: Any) -> Rows:
        """The rows of `query`."""
        self._asked = self._ask(actors.named(*tokens.user_and_role(token)))
        rows, *ahead = fetch(query, *([self._asked] if self._asked else []))
        self._rows = ahead[0] if ahead else []
        return rows

    def rows_of(self, query: Query) -> Rows:
        if query == self._asked:
            return self._rows
        [rows] = fetch(query)
        return rows


def actor_from(credential: str, caller: Callable[[], Caller], ahead: Ahead | None = None) -> Actor:
    """Raises DomainError 401, with the same words whatever was wrong with the credential.

    A good API key may still be restricted: see `check_key`.
    """
    if credential.startswith(KEY_MARK):
        return _from_api_key(credential, caller())
    token = tokens.read(credential)
    if isinstance(token, tokens.JoinToken):
        return actors.for_join_token(token["session"], token["client"], tokens.expiry(token))
    return _from_access_token(token, ahead or Ahead(lambda _: None))


def _from_api_key(credential: str, caller: Caller) -> Actor:
    prefix = credential[:PREFIX_CHARS]
    if "\x00" in prefix:  # from a socket's ?token=%00; PostgreSQL would not even look
        raise unauthenticated("The API key is not valid")
    key = ApiKey.objects.select_related("user").filter(prefix=prefix).first()
    given = key_digest(credential)
    proven = hmac.compare_digest(bytes(key.digest) if key else b"", given)
    if key is None or not proven or not _usable(key):
        raise unauthenticated("The API key is not valid")
    check_key(key, credential, caller)
    _note_use(key)
    return actors.for_api_key(key)


def _usable(key: ApiKey) -> bool:
    in_time = key.expires_at is None or key.expires_at > clock.now()
    return in_time and key.revoked_at is None and key.user.is_active


def _note_use(key: ApiKey) -> None:
    """To the minute, so that a busy key does not cost a write for each request."""
    moment = clock.now()
    if key.last_used_at is None or moment - key.last_used_at > USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=moment)


def _from_access_token(token: Any, ahead: Ahead) -> Actor:
    login = _login(token, ahead)
    if login is None or not _current(login, token):
        raise unauthenticated("The token is not valid or has expired")
    return actors.for_user(login.user, login, tokens.expiry(token))


@cache
def _login_sql() -> str:
    """As the ORM writes it. Compiling it for each request costs more than all of the rest here."""
    names = [*LOGIN_FIELDS, *(f"user__{name}" for name in USER_FIELDS)]
    good = Login.objects.filter(pk="", revoked_at__isnull=True, user__is_active=True)
    return good.values_list(*names).query.sql_with_params()[0]


def _login(token: Any, ahead: Ahead) -> Login | None:
    """The login, if nobody ended it, with its user, if active."""
    rows = ahead.fetch_with(Query(_login_sql(), [token.get("login")]), token)
    if not rows:
        return None
    row = rows[0]
    login = Login.from_db(connection.alias, LOGIN_FIELDS, row[: len(LOGIN_FIELDS)])
    login.user = User.from_db(connection.alias, USER_FIELDS, row[len(LOGIN_FIELDS) :])
    return login


def _current(login: Login, token: Any) -> bool:
    return login.token_id == token["jti"] and tokens.password_unchanged(token, login.user)


def withdrawn(open_actors: Iterable[Actor]) -> set[Actor]:
    """Those whose credential or role has ended since they came, in two queries at most."""
    everyone = list(open_actors)
    keys = [actor.api_key_id for actor in everyone if actor.api_key_id]
    logins = [actor.login_id for actor in everyone if actor.login_id]
    moment = clock.now()
    good = Q(revoked_at__isnull=True, user__is_active=True)
    in_time = Q(expires_at__isnull=True) | Q(expires_at__gt=moment)
    roles = {
        **dict(ApiKey.objects.filter(good, in_time, pk__in=keys).values_list("pk", "user__role")),
        **dict(Login.objects.filter(good, pk__in=logins).values_list("pk", "user__role")),
    }
    return {actor for actor in everyone if _has_ended(actor, roles, moment)}


def _has_ended(actor: Actor, roles: dict[str, str], moment: datetime) -> bool:
    credential = actor.api_key_id or actor.login_id
    if actor.expires_at is not None and actor.expires_at <= moment:
        return True
    return credential is not None and roles.get(credential) != actor.role


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`; puts the Actor in `request.auth`."""

    def authenticate(self, request: Request) -> tuple[User | None, Actor] | None:
        parts = str(request._request.META.get("HTTP_AUTHORIZATION", "")).split()
        if not parts:
            return None
        if len(parts) != 2 or parts[0].lower() != "bearer":
            raise unauthenticated("Use `Authorization: Bearer <token or API key>`")
        ahead = request.parser_context["view"].ahead
        actor = actor_from(parts[1], partial(of_request, request._request), ahead)
        return actor.user, actor

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
