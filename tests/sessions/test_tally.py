"""The tally of sessions: exact at any time, whoever writes, and the way to far pages."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients import services as clients
from apps.clients.models import Client
from apps.sessions import listing, services, tally, tasks
from apps.sessions.models import Session, Status, Tally, TallyChange
from smartsteps.lib.errors import DomainError
from tests import factories
from tests.conftest import Api
from tests.threads import at_once

URL = "/api/v1/sessions"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def make(client: Client, at: datetime, by: Actor) -> Session:
    return services.create_session(
        client_id=client.pk,
        persona_id="dr_morgan_hayes",
        duration_minutes=45,
        scheduled_at=at,
        by=by,
    )


@pytest.fixture
def thirty(jane: Client, by_alice: Actor) -> list[Session]:
    """Over three months, some on one day or at one time, a third cancelled; newest first."""
    factories.persona("dr_morgan_hayes")
    hours = [round(number**1.5) * 12 for number in range(28)] + [0, 12]
    made = [make(jane, NEW_YEAR - timedelta(hours=hour), by_alice) for hour in hours]
    for session in made[::3]:
        services.cancel_session(session.pk, by=by_alice)
    return list(Session.objects.order_by("-scheduled_at", "-id"))


def tallied() -> Counter[tuple[str, str]]:
    """What Tally and TallyChange say together, by day and status."""
    rows = [
        *Tally.objects.filter(span="day").values_list("start", "status", "count"),
        *TallyChange.objects.values_list("day", "status", "change"),
    ]
    sums: Counter[tuple[str, str]] = Counter()
    for day, status, count in rows:
        sums[day.isoformat(), status] += count
    return Counter({key: count for key, count in sums.items() if count})


def counted() -> Counter[tuple[str, str]]:
    return Counter(
        (at.astimezone(UTC).date().isoformat(), status)
        for at, status in Session.objects.values_list("scheduled_at", "status")
    )


def test_every_change_is_noted(thirty: list[Session], jane: Client, by_alice: Actor) -> None:
    assert tallied() == counted()
    open_one = next(each for each in thirty if each.status == Status.SCHEDULED)
    changes = {"scheduled_at": thirty[-1].scheduled_at, "goals": ["Sleep"]}
    services.update_session(open_one.pk, changes=changes, by=by_alice)
    assert tallied() == counted()
    tally.fold()
    assert tallied() == counted()
    jane.delete()
    assert tallied() == counted() == Counter()


def test_what_changes_no_number_is_not_noted(thirty: list[Session]) -> None:
    tally.fold()
    Session.objects.update(message_count=7)
    assert not TallyChange.objects.exists()


def test_folding_is_a_task_and_may_be_done_twice(thirty: list[Session]) -> None:
    tasks.fold_tally()
    tasks.fold_tally()
    assert not TallyChange.objects.exists()
    assert tallied() == counted()
    months = Tally.objects.filter(span="month").values_list("count", flat=True)
    assert sum(months) == len(thirty)


@pytest.mark.parametrize("far", [0, 7])
@pytest.mark.parametrize("folded", [True, False])
@pytest.mark.parametrize("statuses", [(), ("cancelled",), ("cancelled", "active"), Status.values])
def test_far_pages_are_the_same_pages(
    api: Api,
    bob: User,
    thirty: list[Session],
    monkeypatch: pytest.MonkeyPatch,
    far: int,
    folded: bool,
    statuses: tuple[str, ...],
) -> None:
    monkeypatch.setattr(listing, "FAR", far)
    if folded:
        tally.fold()
    client = api(bob)
    wanted = [row.pk for row in thirty if not statuses or row.status in statuses]
    for page in range(1, len(wanted) // 4 + 3):
        query = {"limit": 4, "page": page, **({"status": ",".join(statuses)} if statuses else {})}
        body = client.get(URL, query).json()
        ids = [row["session_id"] for row in body["sessions"]]
        assert ids == wanted[(page - 1) * 4 : page * 4]
        assert body["pagination"]["total"] == len(wanted)


def test_a_far_page_of_nothing(api: Api, bob: User) -> None:
    body = api(bob).get(URL, {"page": 1000, "limit": 100}).json()
    assert body["sessions"] == []
    assert body["pagination"] == {"total": 0, "page": 1000, "page_size": 100, "pages": 0}


def _some_writing(everyone: list[Client], by: Actor, seed: int) -> None:
    choice = random.Random(seed)
    for _ in range(12):
        at = NEW_YEAR + timedelta(days=choice.randrange(90))
        try:
            session = make(choice.choice(everyone), at, by)
            services.update_session(
                session.pk, changes={"scheduled_at": at + timedelta(days=40)}, by=by
            )
            choice.choice([services.start_session, services.cancel_session])(session.pk, by=by)
            if choice.random() < 0.2:
                Client.objects.filter(pk=choice.choice(everyone).pk).delete()
        except (DomainError, IntegrityError):
            continue  # another thread deleted the client, or makes a session for it


BOTH = "WITH {} SELECT total, (SELECT count(*) FROM therapy_sessions_session) FROM tallied"


def _watch() -> Iterator[tuple[int, int]]:
    """The tally's total and the count of one moment, folding meanwhile."""
    for turn in range(40):
        with connection.cursor() as cursor:
            cursor.execute(BOTH.format(tally.TOTAL), {"statuses": Status.values})
            yield cursor.fetchone()
        if turn % 4 == 0:
            tally.fold()


@pytest.mark.django_db(transaction=True)
def test_it_is_exact_while_many_write(jane: Client, by_alice: Actor) -> None:
    factories.persona("dr_morgan_hayes")
    everyone = [
        clients.create_client(first_name="Jo", last_name="Doe", by=by_alice) for _ in range(4)
    ]
    seen = at_once(
        *(partial(_some_writing, everyone, by_alice, seed) for seed in range(4)),
        lambda: list(_watch()),
        lambda: list(_watch()),
    )
    for pairs in seen[4:]:
        assert all(total == count for total, count in pairs or [])
    assert tallied() == counted()
    tally.fold()
    assert tallied() == counted()
