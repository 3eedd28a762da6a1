"""Rate limits: exact in one process, never late with many."""

from __future__ import annotations

from functools import partial

import pytest

from smartsteps.lib import limits
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("limited")


def passed(rate: str, tries: int) -> int:
    return sum(limits.hit(rate, "test", "somebody") == 0 for _ in range(tries))


@pytest.mark.parametrize(
    ("rate", "amount"), [("3/minute", 3), ("250/minute", 250), ("350/minute", 350)]
)
def test_it_is_met_exactly(rate: str, amount: int) -> None:
    assert passed(rate, amount + 20) == amount
    assert 1 <= limits.hit(rate, "test", "somebody") <= 60


def test_others_have_limits_of_their_own() -> None:
    assert passed("3/minute", 5) == 3
    assert limits.hit("3/minute", "test", "somebody else") == 0


def test_threads_share_what_is_leased() -> None:
    counts = at_once(*[partial(passed, "600/minute", 200)] * 4)
    assert 600 - 4 * 6 <= sum(counts) <= 600


def test_another_process_makes_it_a_little_early_at_most() -> None:
    first = passed("1000/minute", 5)
    limits.forget()  # as another process, which knows nothing of the lease
    assert 990 <= first + passed("1000/minute", 1100) <= 1000
