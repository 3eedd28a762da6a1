"""manage.py apikey"""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.accounts import services
from apps.accounts.models import ApiKey, Role, User
from smartsteps.lib import clock
from tests.conftest import Api


def apikey(*arguments: str) -> str:
    out = io.StringIO()
    call_command("apikey", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def unity(db: None) -> User:
    return services.create_user(
        username="unity", email="unity@example.com", role=Role.INTEGRATOR, password=None
    )


def generate(*more: str) -> str:
    """The key alone stands on the last line."""
    return apikey("generate", "--name", "Unity Client", *more).splitlines()[-1]


def test_generate_works(api: Api, unity: User) -> None:
    key = generate("--expiry", "365", "--user", "unity", "--scopes", "clients:read,sessions:read")
    row = ApiKey.objects.get()
    assert (row.user, row.name, row.prefix) == (unity, "Unity Client", key[: len(row.prefix)])
    assert row.scopes == ["clients:read", "sessions:read"]
    assert row.expires_at is not None
    assert timedelta(days=364) < row.expires_at - clock.now() <= timedelta(days=365)
    assert api(key).get("/api/v1/clients").status_code == 200


def test_as_in_the_specification(unity: User) -> None:
    """Spec 1, API Key Management, names no owner: the only integrator is meant."""
    generate("--expiry", "365")
    assert ApiKey.objects.get().user == unity


def test_no_single_integrator(bob: User) -> None:
    with pytest.raises(CommandError, match="--user"):
        generate()


@pytest.mark.parametrize(
    ("option", "value"),
    [("--scopes", "clients:read,all"), ("--expiry", "0"), ("--user", "nobody")],
)
def test_wrong_input(unity: User, option: str, value: str) -> None:
    with pytest.raises(CommandError):
        generate("--user", "unity", option, value)
    assert not ApiKey.objects.exists()


def test_list_never_shows_a_key(unity: User) -> None:
    key = generate()
    shown = apikey("list")
    assert key[:14] in shown
    assert key not in shown
    assert "active" in shown


def test_revoke(api: Api, unity: User) -> None:
    key = generate()
    apikey("revoke", "--id", key[:14])
    assert api(key).get("/api/v1/clients").status_code == 401
    assert "revoked" in apikey("list")


def test_revoke_takes_a_whole_key(unity: User) -> None:
    apikey("revoke", "--id", generate())
    assert ApiKey.objects.get().revoked_at is not None


def test_revoke_of_an_unknown_key(db: None) -> None:
    with pytest.raises(CommandError):
        apikey("revoke", "--id", "sk_ss_abc123")


def test_rotate_lets_both_work_for_a_while(api: Api, unity: User) -> None:
    old = generate("--expiry", "90", "--scopes", "clients:read")
    new = apikey("rotate", "--id", old[:14], "--overlap-hours", "2").splitlines()[-1]
    rows = {row.prefix: row for row in ApiKey.objects.all()}
    until = rows[old[:14]].expires_at
    assert until is not None
    assert timedelta(0) < until - clock.now() <= timedelta(hours=2)
    assert rows[new[:14]].scopes == ["clients:read"]
    assert [api(key).get("/api/v1/clients").status_code for key in (old, new)] == [200, 200]


def test_rotate_never_prolongs_the_old_key(unity: User) -> None:
    row = services.issue_api_key(
        user=unity, name="n", scopes=None, expires_at=clock.now() + timedelta(hours=1)
    ).row
    apikey("rotate", "--id", row.prefix)
    assert ApiKey.objects.get(pk=row.pk).expires_at == row.expires_at


def test_rotate_after_the_end(unity: User) -> None:
    key = generate()
    apikey("revoke", "--id", key)
    with pytest.raises(CommandError, match="ended"):
        apikey("rotate", "--id", key)
