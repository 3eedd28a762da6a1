"""POST /api/v1/auth/password/reset"""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client as Browser

from apps.accounts import tasks
from apps.accounts.models import PasswordReset, User
from apps.jobs import drain
from apps.jobs.models import State
from tests import checks
from tests.conftest import Api

URL = "/api/v1/auth/password/reset"


def test_the_answer_is_the_same_for_an_unknown_address(api: Api, alice: User) -> None:
    answers = [
        api(None).post(URL, {"email": address}, format="json")
        for address in (alice.email, "nobody@example.com")
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    assert PasswordReset.objects.get().user == alice


@pytest.mark.django_db(transaction=True)
def test_a_worker_mails_the_link(api: Api, alice: User) -> None:
    api(None).post(URL, {"email": alice.email.upper()}, format="json")
    drain.run(tasks.RESETS)
    assert PasswordReset.objects.get().state == State.DONE
    assert mail.outbox[0].to == [alice.email]
    assert "/reset-password#" in str(mail.outbox[0].body)


def test_a_disabled_user_gets_no_mail(api: Api, alice: User) -> None:
    alice.is_active = False
    alice.save()
    assert api(None).post(URL, {"email": alice.email}, format="json").status_code == 202
    assert not PasswordReset.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "not an address"}, "email"),
        ({"email": None}, "email"),
        ({"email": 5}, "email"),
        ({"email": "a\x00@example.com"}, "email"),
        ({"email": "a@example.com", "user": "u1"}, "user"),
    ],
)
def test_wrong_input(api: Api, db: None, body: Any, field: str) -> None:
    checks.problem(api(None).post(URL, body, format="json"), 422, "validation_error", field)


def test_ten_an_hour(raw_http: Browser, db: None, limited: None) -> None:
    answers = [
        raw_http.post(
            URL, {"email": f"a{number}@example.com"}, content_type="application/json"
        ).status_code
        for number in range(11)
    ]
    assert answers == [202] * 10 + [429]
