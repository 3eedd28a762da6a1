"""A view's first query goes along with the look at the log-in, and is not believed before it."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.sessions.models import Session
from tests import checks
from tests.conftest import Api

URL = "/api/v1/sessions"


@pytest.mark.parametrize(("role", "seen"), [("clinician", 0), ("client", 0), ("admin", 1)])
def test_the_role_of_now_counts(
    api: Api, charlie: User, session: Session, role: str, seen: int
) -> None:
    client = api(charlie)
    User.objects.filter(pk=charlie.pk).update(role=role)
    assert client.get(URL).json()["pagination"]["total"] == seen


def test_an_admin_who_is_none_any_more_sees_no_more(api: Api, bob: User, session: Session) -> None:
    client = api(bob)
    assert client.get(URL).json()["pagination"]["total"] == 1
    User.objects.filter(pk=bob.pk).update(role="clinician")
    assert client.get(URL).json()["pagination"]["total"] == 0


def test_who_is_not_known_is_told_nothing_about_the_query(api: Api, alice: User) -> None:
    client = api(alice)
    checks.problem(client.get(f"{URL}?page=0"), 422, "validation_error")
    User.objects.filter(pk=alice.pk).update(is_active=False)
    for query in ("", "?page=0", "?" + "&".join(["a=1"] * 2000)):
        checks.problem(client.get(URL + query), 401, "authentication_error")
