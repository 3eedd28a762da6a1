"""The cast: alice cares for jane, bob is an admin, charlie must never see her."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.test import Client as DjangoClient
from rest_framework.test import APIClient

from apps.accounts import actors
from apps.accounts import services as accounts
from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients import services as clients
from apps.clients.models import Client
from apps.sessions import services as sessions
from apps.sessions.models import Session
from smartsteps.env import RateLimits
from smartsteps.lib import limits
from tests import factories
from tests.flushing import flush_by_deleting  # noqa: F401  # for every test
from tests.log_guard import nothing_private_is_logged  # noqa: F401  # fixtures, for every test
from tests.online import forgotten_after  # noqa: F401
from tests.served import dial, port  # noqa: F401
from tests.thrift import redis_knows_its_version, static_files_are_found_once  # noqa: F401

PASSWORD = "correct-horse-battery-9"


@pytest.fixture(autouse=True)
def _fast_and_unlimited(settings: Any) -> None:
    """Hashing a thousand times would be the suite's main work; limits have tests of their own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.RATE_LIMITS = settings.RATE_LIMITS.model_copy(update={"enabled": False})


def _user(name: str, role: str) -> User:
    return accounts.create_user(
        username=name, email=f"{name}@example.com", role=role, password=PASSWORD
    )


@pytest.fixture
def alice(db: None) -> User:
    return _user("alice", "clinician")


@pytest.fixture
def bob(db: None) -> User:
    return _user("bob", "admin")


@pytest.fixture
def charlie(db: None) -> User:
    return _user("charlie", "clinician")


@pytest.fixture
def by_alice(alice: User) -> Actor:
    return actors.for_user(alice)


@pytest.fixture
def by_charlie(charlie: User) -> Actor:
    return actors.for_user(charlie)


@pytest.fixture
def jane(by_alice: Actor) -> Client:
    return clients.create_client(
        first_name="Jane",
        last_name="Doe",
        email="jane.doe@example.com",
        phone="+1-234-567-8901",
        by=by_alice,
    )


@pytest.fixture
def session(jane: Client, by_alice: Actor) -> Session:
    factories.persona("dr_morgan_hayes")
    return sessions.create_session(
        client_id=jane.pk, persona_id="dr_morgan_hayes", duration_minutes=45, by=by_alice
    )


@pytest.fixture
def active(session: Session, by_alice: Actor) -> Session:
    return sessions.start_session(session.pk, by=by_alice)


Api = Callable[[User | str | None], APIClient]


@pytest.fixture
def api() -> Api:
    """A REST client with the credential of a user, or with a token or key."""

    def client_of(who: User | str | None) -> APIClient:
        client = APIClient(raise_request_exception=False)
        token = accounts.open_login(user=who).token if isinstance(who, User) else who
        if token is not None:
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return client_of


@pytest.fixture
def jane_user(jane: Client, bob: User) -> User:
    """Jane's own login."""
    user = _user("jane", "client")
    jane.user = user
    jane.save(update_fields=["user"])
    return user


@pytest.fixture
def raw_http() -> DjangoClient:
    """The whole stack with its middleware; errors come as answers."""
    return DjangoClient(raise_request_exception=False)


@pytest.fixture
def limited(settings: Any) -> Iterator[None]:
    """Rate limits as they are by default, from a clean slate and not across a window's end."""
    settings.RATE_LIMITS = RateLimits()
    forget_limits()
    yield
    forget_limits()


def forget_limits() -> None:
    limits.forget()
    with redis.Redis.from_url(django_settings.REDIS_URL) as server:
        for key in server.scan_iter("limits*"):
            server.delete(key)
