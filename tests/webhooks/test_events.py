"""What is told, to whom, and in which shape."""

from __future__ import annotations

from typing import Any

import jsonschema
import orjson
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts import actors
from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.characters import responses
from apps.characters import services as characters
from apps.clients import services as clients
from apps.clients.models import CareAssignment, Client, staff_who_see
from apps.sessions import events
from apps.sessions import services as sessions
from apps.sessions.models import Session
from apps.webhooks import catalog, health, services
from apps.webhooks.models import Delivery, Status, Subscription
from smartsteps.lib import clock
from tests import checks, factories
from tests.characters.test_interview import TERSE
from tests.conftest import Api
from tests.webhooks.conftest import subscribe

DANGER = "I want to kill myself"


def told(hook: Subscription) -> list[dict[str, Any]]:
    """The payloads, oldest first; each is as its schema says."""
    rows = hook.deliveries.order_by("pk")
    payloads = [orjson.loads(row.payload) for row in rows]
    for row, payload in zip(rows, payloads, strict=True):
        assert payload["event"] == row.event
        checker = jsonschema.FormatChecker()
        jsonschema.validate(payload, catalog.EVENTS[row.event].schema(), format_checker=checker)
    return payloads


def names(hook: Subscription) -> list[str]:
    return [payload["event"] for payload in told(hook)]


def live_through(by: Actor) -> None:
    """A client's whole story, with words that nobody else should read."""
    factories.persona("dr_morgan_hayes")
    client = clients.create_client(first_name="Canary", last_name="Doe", by=by)
    clients.update_client(client.pk, changes={"last_name": "Canary"}, by=by)
    made = [
        sessions.create_session(
            client_id=client.pk,
            persona_id="dr_morgan_hayes",
            duration_minutes=45,
            goals=["Canary"],
            by=by,
        )
        for _ in range(2)
    ]
    sessions.start_session(made[0].pk, by=by)
    sessions.send_message(made[0].pk, content=f"{DANGER} Canary", sender_type="client", by=by)
    sessions.end_session(made[0].pk, by=by)
    sessions.cancel_session(made[1].pk, by=by)


STORY = [
    "client.created",
    "client.updated",
    "session.created",
    "session.created",
    "session.started",
    "message.created",
    "safety.event_opened",
    "session.ended",
    "session.cancelled",
]


def test_a_story_without_a_word_of_it(hook: Subscription, by_alice: Actor) -> None:
    live_through(by_alice)
    assert names(hook) == STORY
    everything = "".join(hook.deliveries.values_list("payload", flat=True))
    assert "Canary" not in everything
    assert "kill" not in everything


def test_a_summary(hook: Subscription, active: Session) -> None:
    events.session_summarized(active, clock.now())
    assert names(hook)[-1] == "session.summarized"


def test_only_what_was_asked_for(by_alice: Actor) -> None:
    hook = subscribe(by_alice, "https://a.invalid/", "session.ended")
    live_through(by_alice)
    assert names(hook) == ["session.ended"]


def test_only_to_those_who_see_the_client(
    by_alice: Actor, by_charlie: Actor, bob: User, hook: Subscription
) -> None:
    strange, admin = subscribe(by_charlie), subscribe(actors.for_user(bob))
    live_through(by_alice)
    assert names(strange) == []
    assert names(admin) == STORY


def test_whoever_may_no_longer_look_hears_no_more(
    hook: Subscription, active: Session, by_alice: Actor, alice: User, bob: User
) -> None:
    before = len(names(hook))
    CareAssignment.objects.all().delete()
    sessions.end_session(active.pk, by=actors.for_user(bob))
    assert len(names(hook)) == before
    CareAssignment.objects.create(client_id=active.client_id, carer=alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    clients.update_client(active.client_id, changes={"phone": "1"}, by=actors.for_user(bob))
    assert len(names(hook)) == before


def test_staff_who_see_is_visible_to_turned_round(
    jane: Client, alice: User, bob: User, charlie: User, jane_user: User
) -> None:
    cast = User.objects.filter(pk__in=[alice.pk, bob.pk, charlie.pk, jane_user.pk])
    for client in (jane, clients.create_client(first_name="A", last_name="B", by=_of(charlie))):
        seen_by = {
            user.pk
            for user in cast
            if Client.objects.visible_to(_of(user)).filter(pk=client.pk).exists()
        }
        staff = set(cast.filter(pk__in=staff_who_see(client.pk)).values_list("pk", flat=True))
        assert staff == seen_by - {jane_user.pk}


def _of(user: User) -> Actor:
    return actors.for_user(user)


def test_a_character(hook: Subscription, jane: Client, jane_user: User, by_charlie: Actor) -> None:
    strange, by = subscribe(by_charlie), actors.for_user(jane_user)
    row = characters.start_conversation(
        player_id=jane_user.pk, conversation_id="cvone", welcome_id="tone", by=by
    )
    for line in TERSE:
        responses.respond(row.pk, content=line, answering=None, by=by)
    (payload,) = [each for each in told(hook) if each["event"] == "character.created"]
    assert payload["data"]["character_id"] == row.character.pk
    assert payload["data"]["client_id"] == jane.pk
    assert names(strange) == []


def test_a_character_of_nobody_s_client(bob: User, charlie: User, by_alice: Actor) -> None:
    """Goes to the player, if that is staff who tries it out, and to admins."""
    own, admin = subscribe(_of(charlie)), subscribe(_of(bob))
    other = subscribe(by_alice)
    row = characters.start_conversation(
        player_id=charlie.pk, conversation_id="cvtwo", welcome_id="ttwo", by=_of(charlie)
    )
    for line in TERSE:
        responses.respond(row.pk, content=line, answering=None, by=_of(charlie))
    assert names(own) == names(admin) == ["character.created"]
    assert names(other) == []


def test_a_disabled_webhook_is_told_to_the_others(
    by_alice: Actor, by_charlie: Actor, bob: User, hook: Subscription
) -> None:
    other, admin, strange = subscribe(by_alice), subscribe(_of(bob)), subscribe(by_charlie)
    health.note(healthy=set(), failing={hook.pk}, gone={hook.pk})
    assert [each["data"]["reason"] for each in told(other)] == ["gone"]
    assert told(other)[0]["data"]["webhook_id"] == hook.pk
    assert names(admin) == ["webhook.disabled"]
    assert names(strange) == []


@pytest.mark.parametrize("status", [Status.PAUSED, Status.ACTIVE])
def test_what_happens_meanwhile_is_kept(
    hook: Subscription, jane: Client, by_alice: Actor, status: Status
) -> None:
    Subscription.objects.update(status=status)
    clients.update_client(jane.pk, changes={"phone": "1"}, by=by_alice)
    assert names(hook)[-1] == "client.updated"
    assert Delivery.objects.claimable().exists() == (status == Status.ACTIVE)


def test_what_is_rolled_back_was_never_told(hook: Subscription, by_alice: Actor) -> None:
    with transaction.atomic():
        clients.create_client(first_name="A", last_name="B", by=by_alice)
        transaction.set_rollback(True)
    assert names(hook) == []


def test_a_message_costs_no_query_more(active: Session, by_alice: Actor) -> None:
    """Its deliveries are written in the round trip that writes the message."""

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            sessions.send_message(active.pk, content="a", sender_type="facilitator", by=by_alice)
        return len(captured)

    count()  # which prepares the statements, on a new connection
    before = count()
    subscribe(by_alice)
    assert count() == before
    assert Delivery.objects.filter(event="message.created").count() == 1


def test_the_catalogue_is_kept_to(db: None) -> None:
    with pytest.raises(ValueError, match="client_id"), transaction.atomic():
        services.publish("client.created", {"name": "Jane"}, viewers=staff_who_see("c1"))


def test_only_in_a_transaction() -> None:
    data = {"client_id": "c1", "created_at": "2025-05-11T10:30:00Z"}
    with pytest.raises(transaction.TransactionManagementError):
        services.publish("client.created", data, viewers=staff_who_see("c1"))


def test_all_schemas_are_served(api: Api, alice: User) -> None:
    events = api(alice).get("/api/v1/webhooks/events").json()["events"]
    assert [each["event"] for each in events] == list(catalog.EVENTS)
    for each in events:
        jsonschema.Draft202012Validator.check_schema(each["schema"])
    checks.needs_scope(api, alice, "webhooks:read", "get", "/api/v1/webhooks/events")
