"""Log-ins, keys and users: every change of who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, Q, When

from apps.accounts import scopes as known_scopes
from apps.accounts import tasks, tokens
from apps.accounts.actors import Actor
from apps.accounts.authentication import KEY_MARK, PREFIX_CHARS, key_digest
from apps.accounts.callers import is_network
from apps.accounts.models import ApiKey, Login, PasswordReset, Role, User
from apps.jobs import registry
from smartsteps.lib import clock
from smartsteps.lib.errors import conflict, denied, invalid, not_found, unauthenticated
from smartsteps.lib.ids import random_text

KEY_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
KEY_CHARS = 32
READABLE = "23456789abcdefghijkmnpqrstuvwxyz"  # nothing that is easily misread


def log_in(*, username: str, password: str) -> tokens.IssuedToken:
    """Raises DomainError 401, the same for an unknown user and a wrong password."""
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        raise unauthenticated("The user name or password is wrong")
    return open_login(user=user)


def open_login(
    *, user: User, lifetime: timedelta | None = None, web_session: str | None = None
) -> tokens.IssuedToken:
    """`lifetime` bounds the whole chain of tokens; so does the end of a web session (its key)."""
    until = clock.now() + (lifetime or settings.LOGIN_LIFETIME)
    return _issue(Login(user=user, expires_at=until, web_session_id=web_session))


def _issue(login: Login) -> tokens.IssuedToken:
    token = tokens.access_token(login, login.expires_at - clock.now())
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


def user_named(name: str) -> User:
    """By user name or e-mail address, the former first. Raises DomainError 404."""
    found = User.objects.filter(Q(username=name) | Q(email__iexact=name))
    user = found.order_by(Case(When(username=name, then=0), default=1)).first()
    if user is None:
        raise not_found(f"There is no user {name}")
    return user


def random_password() -> str:
    """80 bits in four groups that can be read out: `x7k2-…`."""
    return "-".join(random_text(4, READABLE) for _ in range(4))


def create_user(*, username: str, email: str, role: str, password: str | None) -> User:
    """Raises DomainError 409 if the name or the address is taken, 422 for a weak password."""
    if role not in Role.values:
        raise invalid("role", f"Must be one of {', '.join(Role.values)}")
    user = User(username=username, email=User.objects.normalize_email(email), role=role)
    with transaction.atomic():
        user.set_unusable_password()
        _save_checked(user)
        if password is not None:
            set_password(user=user, password=password)
    return user


def _save_checked(user: User) -> None:
    """Raises DomainError 409 if the name or the address is taken, 422 for one that can't be."""
    try:
        user.full_clean(exclude=["password"])
        with transaction.atomic():
            user.save()
    except ValidationError as error:
        field, reasons = next(iter(error.message_dict.items()))
        raise invalid(field, " ".join(reasons)) from error
    except IntegrityError as error:
        raise conflict("A user with this name or e-mail address exists") from error


USER_FIELDS = ("username", "email", "first_name", "last_name", "role", "is_active")
RIGHTS = {"role", "is_active"}


@transaction.atomic
def update_user(user_id: str, *, changes: dict[str, Any], by: Actor) -> User:
    """`changes` holds any of USER_FIELDS; a new role or disabling ends all the user's logins.

    Raises DomainError 403 unless by an admin, 409 for one's own role (an admin must remain).
    """
    if not by.is_admin:
        raise denied("Only an admin changes users")
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise not_found()
    changed = {
        name
        for name in USER_FIELDS
        if changes.get(name, getattr(user, name)) != getattr(user, name)
    }
    if changed & RIGHTS and by.user is not None and by.user.pk == user.pk:
        raise conflict("Another admin has to change your role or disable you")
    for name in changed:
        setattr(user, name, changes[name])
    _save_checked(user)
    if changed & RIGHTS:
        end_logins(user=user)
    return user


@dataclass(frozen=True)
class IssuedKey:
    """`key` is in memory only: it can't be read again."""

    row: ApiKey
    key: str


def issue_api_key(
    *,
    user: User,
    name: str,
    scopes: list[str] | None,
    expires_at: datetime | None,
    networks: list[str] | None = None,
    signed: bool = False,
) -> IssuedKey:
    """Raises DomainError 422 for scopes that the owner's role does not have, or no network."""
    allowed = known_scopes.OF_ROLE[user.role]
    wanted = sorted(allowed) if scopes is None else scopes
    if unknown := set(wanted) - allowed:
        raise invalid("scopes", f"Not available: {', '.join(sorted(unknown))}")
    if expires_at is not None and expires_at <= clock.now():
        raise invalid("expires_at", "Must be in the future")
    for network in networks or []:
        if not is_network(network):
            raise invalid("networks", f"Not a network such as 10.0.0.0/8: {network}")
    key = KEY_MARK + random_text(KEY_CHARS, KEY_ALPHABET)
    row = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=key[:PREFIX_CHARS],
        digest=key_digest(key),
        scopes=wanted,
        expires_at=expires_at,
        networks=networks or [],
        signed=signed,
    )
    return IssuedKey(row, key)


def _own_key(prefix: str, by: Actor, *, lock: bool = False) -> ApiKey:
    keys = ApiKey.objects.select_related("user")
    if lock:
        keys = keys.select_for_update(of=("self",))
    mine = keys if by.is_admin else keys.filter(user=by.user)
    key = mine.filter(prefix=prefix).first()
    if key is None:
        raise not_found()
    return key


def revoke_api_key(*, prefix: str, by: Actor) -> ApiKey:
    """Raises DomainError 404 for a key that is not the actor's (an admin may revoke any)."""
    key = _own_key(prefix, by)
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now())
    key.refresh_from_db()
    return key


@transaction.atomic
def rotate_api_key(*, prefix: str, overlap: timedelta, by: Actor) -> IssuedKey:
    """A new key like the old one, which ends after `overlap` at the latest.

    The new key lasts as long as the old one was given. Raises DomainError 404 for a key that is
    not the actor's, 409 for one that has ended.
    """
    old = _own_key(prefix, by, lock=True)
    moment = clock.now()
    if old.revoked_at or (old.expires_at and old.expires_at <= moment):
        raise conflict("The key has ended; issue a new one")
    until = moment + (old.expires_at - old.created_at) if old.expires_at else None
    issued = issue_api_key(
        user=old.user,
        name=old.name,
        scopes=old.scopes,
        expires_at=until,
        networks=old.networks,
        signed=old.signed,
    )
    old.expires_at = min(filter(None, (old.expires_at, moment + overlap)))
    old.save(update_fields=["expires_at"])
    return issued
