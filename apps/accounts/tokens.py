"""Signed tokens: 24-hour access tokens of a login, and join tokens of one session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, Token
from rest_framework_simplejwt.utils import (
    aware_utcnow,
    datetime_from_epoch,
    get_md5_hash_password,
)

from apps.accounts.models import Login, User
from smartsteps.lib.errors import unauthenticated

MAX_TOKEN_CHARS = 4096


@dataclass(frozen=True)
class IssuedToken:
    token: str
    expires_at: datetime


class JoinToken(Token):
    token_type = "join"  # noqa: S105  # a kind, not a secret
    lifetime = timedelta(hours=1)


def access_token(login: Login, lifetime: timedelta) -> AccessToken:
    token = AccessToken.for_user(login.user)
    token.set_exp(lifetime=min(lifetime, settings.TOKEN_LIFETIME))
    token["login"] = login.pk
    token["role"] = login.user.role
    return token


def join_token(session_id: str, client_id: str, until: datetime) -> JoinToken:
    token = JoinToken()
    token.payload["exp"] = int(until.timestamp())
    token["session"] = session_id
    token["client"] = client_id
    return token


def read(raw: str) -> Token:
    """The verified token. Raises DomainError 401 for anything that is not one of ours, in time."""
    if len(raw) > MAX_TOKEN_CHARS:
        raise unauthenticated("The token is not valid")
    try:
        token = _verified(raw)
        token.check_exp(current_time=aware_utcnow())
    except TokenError as error:
        raise unauthenticated("The token is not valid or has expired") from error
    return token


@lru_cache(1024)
def _verified(raw: str) -> Token:
    """A signature stays true; whether the token still counts is looked up at each use."""
    for kind in (AccessToken, JoinToken):
        try:
            return kind(raw)  # type: ignore[arg-type]  # the library means an encoded token
        except (TokenError, ValueError, UnicodeError):
            continue
    raise TokenError


def expiry(token: Any) -> datetime:
    return datetime_from_epoch(token["exp"])


def user_and_role(token: Any) -> tuple[str, str]:
    """As they were when the token was made."""
    return token.get(api_settings.USER_ID_CLAIM, ""), token.get("role", "")


def password_unchanged(token: Any, user: User) -> bool:
    claim = token.get(api_settings.REVOKE_TOKEN_CLAIM)
    return bool(claim == get_md5_hash_password(user.password))


def reset_token(user: User) -> str:
    """Good once (a new password makes it void) and for Django's PASSWORD_RESET_TIMEOUT."""
    uid = urlsafe_base64_encode(user.pk.encode())
    return f"{uid}.{default_token_generator.make_token(user)}"


def user_of_reset(token: str) -> User | None:
    uid, _, proof = token.partition(".")
    try:
        pk = urlsafe_base64_decode(uid).decode("ascii")
    except ValueError:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first() if pk.isalnum() else None
    return user if default_token_generator.check_token(user, proof) else None
