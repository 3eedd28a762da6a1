"""manage.py user"""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.accounts import services
from apps.accounts.models import Login, Role, User


def user(*arguments: str) -> str:
    out = io.StringIO()
    call_command("user", *arguments, stdout=out)
    return out.getvalue()


CREATE = ("create", "--username", "dora", "--email", "dora@example.com", "--role", "clinician")


def test_create_works(db: None) -> None:
    password = user(*CREATE).strip().rpartition(" ")[2]
    dora = User.objects.get(username="dora")
    assert (dora.email, dora.role, dora.is_staff) == ("dora@example.com", Role.CLINICIAN, True)
    assert dora.check_password(password)


def test_a_given_password_is_not_shown(db: None) -> None:
    assert "Xk29-fjw0-owpq" not in user(*CREATE, "--password", "Xk29-fjw0-owpq")
    assert User.objects.get().check_password("Xk29-fjw0-owpq")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"--role": "king"}, "invalid choice"),
        ({"--email": "no address"}, "email"),
        ({"--password": "1234"}, "password"),
    ],
)
def test_wrong_input(db: None, change: dict[str, str], complaint: str) -> None:
    arguments = [*CREATE, *next(iter(change.items()))]
    with pytest.raises(CommandError, match=complaint):
        user(*arguments)
    assert not User.objects.exists()


def test_a_name_is_given_once(alice: User) -> None:
    with pytest.raises(CommandError, match="exists"):
        user("create", "--username", "alice", "--email", "a@b.example", "--role", "admin")


def test_list(alice: User, bob: User) -> None:
    lines = user("list").splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["alice", "alice@example.com", "clinician"],
        ["bob", "bob@example.com", "admin"],
    ]


@pytest.mark.parametrize("name", ["alice", "Alice@Example.com"])
def test_reset_password(alice: User, name: str) -> None:
    services.open_login(user=alice)
    password = user("reset-password", "--username", name).strip().rpartition(" ")[2]
    alice.refresh_from_db()
    assert alice.check_password(password)
    assert Login.objects.get().revoked_at is not None


def test_reset_password_of_nobody(db: None) -> None:
    with pytest.raises(CommandError, match="no user nobody"):
        user("reset-password", "--username", "nobody")
