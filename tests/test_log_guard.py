"""The guard sees what it is there to see."""

from __future__ import annotations

import logging

import pytest

from apps.accounts import services as accounts
from apps.accounts.models import User
from tests import checks
from tests.log_guard import Collector, leaks


def lines_of(message: str, error: Exception | None = None) -> list[str]:
    collector = Collector()
    collector.handle(
        logging.LogRecord(
            "x",
            logging.ERROR,
            "x.py",
            1,
            message,
            (),
            (type(error), error, None) if error else None,
        )
    )
    return collector.lines


def test_it_finds_credentials(alice: User) -> None:
    token = accounts.open_login(user=alice).token
    for secret in (token, checks.api_key(alice, "clients:read"), "correct-horse-battery-9"):
        assert leaks(lines_of(f"GET /ws?token={secret}"))


@pytest.mark.parametrize("words", ["Jane Doe", "jane.doe@example.com", "I feel stressed."])
def test_it_finds_words(words: str) -> None:
    assert leaks(lines_of(f"could not store {words}"))


def test_an_exceptions_text_is_not_written() -> None:
    assert not leaks(lines_of("unhandled error", ValueError("Jane Doe")))
