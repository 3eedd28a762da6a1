"""Who asks: a person or a key, what they may do, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS

from apps.accounts import scopes
from apps.accounts.models import ApiKey, Login, Role, User
from smartsteps.lib.errors import denied


@dataclass(frozen=True)
class Actor:
    """`session_id` narrows a join token's bearer to that one session, as its client.

    `label` is what records show: an e-mail address, or a client's id for a join token.
    """

    role: str
    label: str
    scopes: frozenset[str]
    user: User | None = None
    session_id: str | None = None
    api_key_id: str | None = None
    login_id: str | None = None
    expires_at: datetime | None = None

    def can(self, scope: str) -> bool:
        return scope in self.scopes

    def require(self, scope: str) -> None:
        """Raises DomainError 403."""
        if scope not in self.scopes:
            raise denied(f"This needs the scope {scope}")

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_client(self) -> bool:
        return self.role == Role.CLIENT

    @property
    def throttle_key(self) -> str:
        return self.api_key_id or (self.user.pk if self.user else self.label)


def for_user(user: User, login: Login | None = None, until: datetime | None = None) -> Actor:
    return Actor(
        role=user.role,
        label=user.email,
        scopes=scopes.OF_ROLE[user.role],
        user=user,
        login_id=login.pk if login else None,
        expires_at=until,
    )


@lru_cache(1024)
def named(user_id: str, role: str) -> Actor:
    """Whom a token names, which is to be looked up before anything is told or done."""
    user = User.from_db(DEFAULT_DB_ALIAS, ["id", "role"], [user_id, role])
    return Actor(role=role, label=user_id, scopes=scopes.OF_ROLE.get(role, frozenset()), user=user)


def for_api_key(key: ApiKey) -> Actor:
    return Actor(
        role=key.user.role,
        label=key.user.email,
        scopes=scopes.OF_ROLE[key.user.role] & frozenset(key.scopes),
        user=key.user,
        api_key_id=key.pk,
        expires_at=key.expires_at,
    )


def for_join_token(session_id: str, client_id: str, until: datetime) -> Actor:
    return Actor(
        role=Role.CLIENT,
        label=client_id,
        scopes=scopes.CLIENT,
        session_id=session_id,
        expires_at=until,
    )


def system(label: str) -> Actor:
    """For `manage.py` and jobs: whoever runs them holds the database anyway."""
    return Actor(role=Role.ADMIN, label=label, scopes=scopes.ALL)
