"""Log-ins, keys and users: every change of who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.accounts import scopes as known_scopes
from apps.accounts import tasks, tokens
from apps.accounts.actors import Actor
from apps.accounts.authentication import KEY_MARK, PREFIX_CHARS, key_digest
from apps.accounts.models import ApiKey, Login, PasswordReset, Role, User
from apps.jobs import registry
from smartsteps.lib import clock
from smartsteps.lib.errors import conflict, denied, invalid, not_found, unauthenticated
from smartsteps.lib.ids import random_text

KEY_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
KEY_CHARS = 32


def log_in(*, username: str, password: str) -> tokens.IssuedToken:
    """Raises DomainError 401, the same for an unknown user and a wrong password."""
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        raise unauthenticated("The user name or password is wrong")
    return open_login(user=user)


def open_login(*, user: User, lifetime: timedelta | None = None) -> tokens.IssuedToken:
    login = Login(user=user, expires_at=clock.now() + settings.LOGIN_LIFETIME)
    return _issue(login, lifetime)


def _issue(login: Login, lifetime: timedelta | None = None) -> tokens.IssuedToken:
    token = tokens.access_token(login, lifetime)
    login.token_id = token["jti"]
    login.save()
    return tokens.IssuedToken(str(token), tokens.expiry(token))


@transaction.atomic
def refresh_login(*, by: Actor) -> tokens.IssuedToken:
    """A new token for the old one, which ends with this. Raises DomainError 401.

    A login row is locked, so of two refreshes with the same token one wins.
    """
    if by.login_id is None or by.user is None:
        raise denied("Only a token from /auth/login can be refreshed")
    login = Login.objects.select_for_update(of=("self",)).select_related("user").get(pk=by.login_id)
    if login.revoked_at or login.expires_at <= clock.now():
        raise unauthenticated("Log in again")
    return _issue(login)


def log_out(*, by: Actor) -> None:
    if by.login_id is None:
        raise denied("Only a token from /auth/login can be logged out")
    Login.objects.filter(pk=by.login_id, revoked_at=None).update(revoked_at=clock.now())


def end_logins(*, user: User) -> None:
    Login.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.now())


@transaction.atomic
def request_password_reset(*, email: str) -> None:
    """Says nothing about whether there is such a user."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is not None:
        PasswordReset.objects.create(user=user)
        registry.ring(tasks.mail_resets)


def _user_of_reset(token: str) -> User:
    user = tokens.user_of_reset(token)
    if user is None:
        raise invalid("token", "The reset link is not valid or has expired")
    return user


@transaction.atomic
def reset_password(*, token: str, password: str) -> None:
    """Ends all the user's logins. Raises DomainError 422."""
    set_password(user=_user_of_reset(token), password=password)


@transaction.atomic
def set_password(*, user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise invalid("password", " ".join(error.messages)) from error
    user.set_password(password)
    user.save(update_fields=["password"])
    end_logins(user=user)


def create_user(*, username: str, email: str, role: str, password: str | None) -> User:
    """Raises DomainError 409 if the name or the address is taken, 422 for a weak password."""
    if role not in Role.values:
        raise invalid("role", f"Must be one of {', '.join(Role.values)}")
    user = User(username=username, email=User.objects.normalize_email(email), role=role)
    try:
        with transaction.atomic():
            user.set_unusable_password()
            user.full_clean()
            user.save()
            if password is not None:
                set_password(user=user, password=password)
    except ValidationError as error:
        field, reasons = next(iter(error.message_dict.items()))
        raise invalid(field, " ".join(reasons)) from error
    except IntegrityError as error:
        raise conflict("A user with this name or e-mail address exists") from error
    return user


@dataclass(frozen=True)
class IssuedKey:
    """`key` is in memory only: it can't be read again."""

    row: ApiKey
    key: str


def issue_api_key(
    *, user: User, name: str, scopes: list[str] | None, expires_at: datetime | None
) -> IssuedKey:
    """Raises DomainError 422 for scopes that the owner's role does not have."""
    allowed = known_scopes.OF_ROLE[user.role]
    wanted = sorted(allowed) if scopes is None else scopes
    if unknown := set(wanted) - allowed:
        raise invalid("scopes", f"Not available: {', '.join(sorted(unknown))}")
    if expires_at is not None and expires_at <= clock.now():
        raise invalid("expires_at", "Must be in the future")
    key = KEY_MARK + random_text(KEY_CHARS, KEY_ALPHABET)
    row = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=key[:PREFIX_CHARS],
        digest=key_digest(key),
        scopes=wanted,
        expires_at=expires_at,
    )
    return IssuedKey(row, key)


def revoke_api_key(*, prefix: str, by: Actor) -> ApiKey:
    """Raises DomainError 404 for a key that is not the actor's (an admin may revoke any)."""
    keys = ApiKey.objects.all() if by.is_admin else ApiKey.objects.filter(user=by.user)
    key = keys.filter(prefix=prefix).first()
    if key is None:
        raise not_found()
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now())
    key.refresh_from_db()
    return key
