"""What waits for a commit: once for each transaction, and not for a savepoint that was undone."""

from __future__ import annotations

import pytest
from django.db import transaction

from smartsteps.lib.commit import after_commit_once

pytestmark = pytest.mark.django_db(transaction=True)


class Undone(Exception):
    pass


@pytest.fixture
def rings() -> list[str]:
    return []


def test_once_however_often_it_is_asked_for(rings: list[str]) -> None:
    def ring() -> None:
        rings.append("ring")

    with transaction.atomic():
        for _ in range(3):
            after_commit_once(ring)
            with transaction.atomic():
                after_commit_once(ring)
        assert rings == []
    assert rings == ["ring"]
    after_commit_once(ring)
    assert rings == ["ring", "ring"]


def test_a_savepoint_that_is_rolled_back_takes_only_its_own_along(rings: list[str]) -> None:
    def ring() -> None:
        rings.append("ring")

    @transaction.atomic
    def undone() -> None:
        after_commit_once(ring)
        raise Undone

    with transaction.atomic():
        with pytest.raises(Undone):
            undone()
        after_commit_once(ring)
    assert rings == ["ring"]


def test_a_failure_leaves_the_commit_alone(caplog: pytest.LogCaptureFixture) -> None:
    def breaks() -> None:
        raise Undone("no broker")

    with transaction.atomic():
        after_commit_once(breaks)
    assert "no broker" in caplog.text
