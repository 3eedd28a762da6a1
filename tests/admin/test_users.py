"""Users in the back office"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages

from apps.accounts import services
from apps.accounts.models import Login, Role, User
from tests.admin.conftest import Office

LIST = "/admin/accounts/user/"


def page_of(user: User, view: str = "change") -> str:
    return f"{LIST}{user.pk}/{view}/"


def texts(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def fields(user: User, **changes: str) -> dict[str, str]:
    data = {name: getattr(user, name) for name in ("username", "email", "role")}
    return {**data, "first_name": "", "last_name": "", "is_active": "on", **changes}


def test_create(office: Office, bob: User) -> None:
    data = {"username": "dora", "email": "dora@example.com", "role": "clinician"}
    response = office(bob).post(LIST + "add/", {**data, "password": "a-very-fine-one-5"})
    dora = User.objects.get(username="dora")
    assert response.headers["Location"] == page_of(dora)
    assert dora.check_password("a-very-fine-one-5")
    assert (dora.role, dora.is_staff, dora.is_superuser) == (Role.CLINICIAN, True, False)


@pytest.mark.parametrize(
    "change",
    [{"username": "bob"}, {"email": "BOB@example.com"}, {"role": "king"}, {"password": "1234"}],
)
def test_create_wrong(office: Office, bob: User, change: dict[str, str]) -> None:
    data = {"username": "dora", "email": "dora@example.com", "role": "clinician", "password": ""}
    office(bob).post(LIST + "add/", {**data, **change})
    assert User.objects.count() == 1


def test_disabling_ends_everything(office: Office, alice: User, bob: User) -> None:
    hers = office(alice)
    services.open_login(user=alice)
    data = fields(alice)
    del data["is_active"]
    office(bob).post(page_of(alice), data)
    alice.refresh_from_db()
    assert not alice.is_active
    assert Login.objects.get().revoked_at is not None
    assert hers.get("/admin/").status_code == 302


def test_a_new_role_counts_at_once(office: Office, alice: User, bob: User) -> None:
    office(bob).post(page_of(alice), fields(alice, role="integrator"))
    alice.refresh_from_db()
    assert (alice.role, alice.is_staff) == (Role.INTEGRATOR, False)
    assert office(alice).get("/admin/").status_code == 302


def test_nobody_locks_themselves_out(office: Office, bob: User) -> None:
    response = office(bob).post(page_of(bob), fields(bob, role="clinician"))
    assert texts(response) == ["Another admin has to change your role or disable you"]
    bob.refresh_from_db()
    assert bob.role == Role.ADMIN


def test_set_password(office: Office, alice: User, bob: User) -> None:
    hers = office(alice)
    services.open_login(user=alice)
    passwords = {"password": "a-very-fine-one-5", "again": "a-very-fine-one-5"}
    response = office(bob).post(page_of(alice, "password"), passwords)
    assert response.headers["Location"] == page_of(alice)
    alice.refresh_from_db()
    assert alice.check_password("a-very-fine-one-5")
    assert Login.objects.get().revoked_at is not None
    assert hers.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("password", "again"), [("12345678", "12345678"), ("a-very-fine-one-5", "another"), ("", "")]
)
def test_set_password_wrong(
    office: Office, alice: User, bob: User, password: str, again: str
) -> None:
    response = office(bob).post(page_of(alice, "password"), {"password": password, "again": again})
    assert response.status_code == 200
    assert response.context["form"].errors


def test_clinicians_administer_nobody(office: Office, alice: User, bob: User) -> None:
    browser = office(alice)
    for view in ("change", "password", "history", "delete"):
        for method in (browser.get, browser.post):
            assert method(page_of(bob, view), fields(bob, role="client")).status_code == 403
    assert "Users" not in browser.get("/admin/").content.decode()
    bob.refresh_from_db()
    assert bob.role == Role.ADMIN
