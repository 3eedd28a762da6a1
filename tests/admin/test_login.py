"""/admin/login/ and /admin/password_change/"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from apps.accounts import services
from apps.accounts.models import Login, Role, User
from smartsteps.lib.ids import new_id
from tests.admin.conftest import Office
from tests.conftest import PASSWORD


def log_in(name: str, password: str = PASSWORD, browser: Browser | None = None) -> Any:
    data = {"username": name, "password": password, "next": "/admin/"}
    return (browser or Browser()).post("/admin/login/", data)


@pytest.mark.parametrize("name", ["alice", "alice@example.com", "Alice@Example.com"])
def test_it_works(alice: User, name: str) -> None:
    response = log_in(name)
    assert (response.status_code, response.headers["Location"]) == (302, "/admin/")


def test_same_words_whatever_was_wrong(alice: User) -> None:
    for role in (Role.INTEGRATOR, Role.CLIENT):
        services.create_user(
            username=role, email=f"{role}@example.com", role=role, password=PASSWORD
        )
    attempts = [
        log_in("alice", "wrong"),
        log_in("nobody", "wrong"),
        log_in("integrator"),
        log_in("client"),
    ]
    pages = {response.context["form"].non_field_errors().as_text() for response in attempts}
    assert len(pages) == 1
    assert {response.status_code for response in attempts} == {200}


def test_a_disabled_user_stays_out(alice: User) -> None:
    alice.is_active = False
    alice.save()
    assert log_in("alice").status_code == 200


def test_guessing_is_limited_together_with_the_api(db: None, settings: Any) -> None:
    limits = {"enabled": True, "per_endpoint": {"/api/v1/auth/login": "3/minute"}}
    settings.RATE_LIMITS = settings.RATE_LIMITS.model_copy(update=limits)
    name = new_id("guessed")  # the counters live in Redis, longer than this test
    services.create_user(
        username=name, email=f"{name}@example.com", role=Role.CLINICIAN, password=PASSWORD
    )
    browser = Browser(REMOTE_ADDR=new_id("address"))
    body = {"username": name, "password": "wrong"}
    browser.post("/api/v1/auth/login", body, content_type="application/json")
    attempts = [log_in(name, "wrong", browser), log_in(name, "wrong", browser)]
    assert [response.status_code for response in attempts] == [200, 200]
    refused = log_in(name, PASSWORD, browser)
    assert refused.status_code == 429
    assert "Too many attempts" in refused.content.decode()
    assert "_auth_user_id" not in browser.session


def test_other_roles_are_sent_to_the_login_page(db: None, office: Office) -> None:
    user = services.create_user(username="c", email="c@example.com", role="client", password=None)
    response = office(user).get("/admin/")
    assert response.headers["Location"].startswith("/admin/login/")


def test_a_new_password_ends_all_other_logins(office: Office, alice: User) -> None:
    services.open_login(user=alice)
    here, elsewhere = office(alice), office(alice)
    response = here.post(
        "/admin/password_change/",
        {
            "old_password": PASSWORD,
            "new_password1": "another-good-one-7",
            "new_password2": "another-good-one-7",
        },
    )
    assert response.status_code == 302
    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302
    assert Login.objects.get().revoked_at is not None
