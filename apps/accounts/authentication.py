"""From a bearer credential to an Actor, the same for REST and sockets."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Q
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from apps.accounts import actors, tokens
from apps.accounts.actors import Actor
from apps.accounts.callers import Caller, check_key, of_request
from apps.accounts.models import ApiKey, Login, User
from smartsteps.lib import clock
from smartsteps.lib.batch import Query, fetch
from smartsteps.lib.errors import unauthenticated

KEY_MARK = "sk_ss_"
PREFIX_CHARS = len(KEY_MARK) + 8
USE_NOTED_EVERY = timedelta(minutes=1)
LOGIN_FIELDS = [field.attname for field in Login._meta.concrete_fields]
USER_FIELDS = [field.attname for field in User._meta.concrete_fields]


def key_digest(key: str) -> bytes:
    """A plain SHA-256 is enough for a random key of 190 bits."""
    return hashlib.sha256(key.encode()).digest()


def actor_from(credential: str, caller: Caller) -> Actor:
    """Raises DomainError 401, with the same words whatever was wrong with the credential.

    A good API key may still be restricted: see `check_key`.
    """
    if credential.startswith(KEY_MARK):
        return _from_api_key(credential, caller)
    token = tokens.read(credential)
    if isinstance(token, tokens.JoinToken):
        return actors.for_join_token(token["session"], token["client"], tokens.expiry(token))
    return _from_access_token(token)


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


def _from_access_token(token: Any) -> Actor:
    login = _login(token.get("login"))
    if login is None or not _current(login, token):
        raise unauthenticated("The token is not valid or has expired")
    return actors.for_user(login.user, login, tokens.expiry(token))


@cache
def _login_sql() -> str:
    """As the ORM writes it. Compiling it for each request costs more than all of the rest here."""
    return Login.objects.select_related("user").filter(pk="").query.sql_with_params()[0]


def _login(login_id: Any) -> Login | None:
    """The login with its user."""
    [rows] = fetch(Query(_login_sql(), [login_id]))
    if not rows:
        return None
    row = rows[0]
    login = Login.from_db(connection.alias, LOGIN_FIELDS, row[: len(LOGIN_FIELDS)])
    login.user = User.from_db(connection.alias, USER_FIELDS, row[len(LOGIN_FIELDS) :])
    return login


def _current(login: Login, token: Any) -> bool:
    return (
        login.revoked_at is None
        and login.token_id == token["jti"]
        and login.user.is_active
        and tokens.password_unchanged(token, login.user)
    )


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
        parts = get_authorization_header(request).decode("latin1").split()
        if not parts:
            return None
        if len(parts) != 2 or parts[0].lower() != "bearer":
            raise unauthenticated("Use `Authorization: Bearer <token or API key>`")
        actor = actor_from(parts[1], of_request(request._request))
        return actor.user, actor

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
