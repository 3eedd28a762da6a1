"""DELETE /api/v1/clients/{id}"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import orjson
import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from apps.accounts import actors
from apps.accounts import services as accounts
from apps.accounts.actors import Actor
from apps.accounts.models import ApiKey, Login, User
from apps.analysis.models import Analysis
from apps.analysis.summarizing import SILENCE
from apps.characters.models import Character, Conversation
from apps.clients import services
from apps.clients.models import CareAssignment, Client, Erasure
from apps.jobs import drain
from apps.llm.models import UsageEntry
from apps.measures import services as measures
from apps.personas.models import Companion, Persona
from apps.realtime.models import Event, Topic
from apps.safety import services as safety
from apps.safety.models import SafetyEvent, Signal
from apps.sessions import services as sessions
from apps.sessions import tasks
from apps.sessions.models import Message, Note, Reply, Session, Summing
from apps.webhooks.models import Delivery
from smartsteps.lib import clock
from tests import checks, factories
from tests.conftest import Api
from tests.sessions.test_companion import made_by
from tests.threads import at_once
from tests.webhooks.conftest import subscribe

URL = "/api/v1/clients/{}"
CANARY = "kanarienvogel"
DANGER = "I want to kill myself"
# Ids that stay, on purpose: the receipt, and what other systems were told or are still to be.
KEPT = {Erasure, Delivery}


def fill(client: Client, persona_id: str, by: Actor) -> list[str]:
    """The canary in every field of a client's that takes words; answers the sessions' ids."""
    services.update_client(
        client.pk,
        changes={
            "first_name": CANARY,
            "last_name": CANARY,
            "email": f"{CANARY}@example.com",
            "phone": CANARY,
            "metadata": {"about": CANARY},
        },
        by=by,
    )
    services.record_consent(
        client.pk, kind="ai_processing", granted=True, note=f"{CANARY} signed", by=by
    )
    made = [_session(client, each, by) for each in (persona_id, "dr_morgan_hayes")]
    measures.record_measure(
        client.pk, instrument="phq9", answers=[1] * 8 + [3], session_id=made[0], by=by
    )
    return made


def _session(client: Client, persona_id: str, by: Actor) -> str:
    session = sessions.create_session(
        client_id=client.pk,
        persona_id=persona_id,
        duration_minutes=45,
        goals=[CANARY],
        metadata={"about": CANARY},
        by=by,
    )
    sessions.start_session(session.pk, by=by)
    for text in (f"My bird is a {CANARY}.", f"{DANGER} {CANARY}"):
        sessions.send_message(
            session.pk,
            content=text,
            sender_type="client",
            metadata={"about": CANARY},
            client_message_id=f"{CANARY}{len(text)}",
            by=by,
        )
        drain.run(tasks.REPLIES)  # before the next: in danger no model is asked
    sessions.add_note(session.pk, content=CANARY, by=by)
    sessions.end_session(session.pk, by=by)
    _analysis(session)
    return session.pk


def _analysis(session: Session) -> None:
    Analysis.objects.create(
        session=session,
        version=1,
        content={**SILENCE, "summary": CANARY, "topics": {}},
        message_count=2,
        made_at=clock.now(),
        made_by=CANARY,
    )
    row = Session.objects.get(pk=session.pk)
    row.summary, row.insights = CANARY, [{"text": CANARY}]
    row.save(update_fields=["summary", "insights"])


def rows() -> Iterator[tuple[type[Model], str]]:
    """Every row of every table as the words that can be read in it, once decrypted."""
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.all():
            fields = row._meta.concrete_fields
            yield model, repr([getattr(row, field.attname) for field in fields])


def mentions(*words: str) -> set[type[Model]]:
    return {model for model, text in rows() if any(word in text for word in words)}


@pytest.fixture
def filled(jane: Client, jane_user: User, by_alice: Actor, bob: User) -> list[str]:
    """Jane's sessions; she has a login with her name, and a companion she made."""
    factories.companion_voice()
    factories.persona("dr_morgan_hayes")
    accounts.update_user(
        jane_user.pk,
        changes={"first_name": CANARY, "last_name": CANARY},
        by=actors.for_user(bob),
    )
    accounts.open_login(user=jane_user)
    checks.api_key(jane_user)
    made = fill(jane, made_by(jane_user), by_alice)
    event = SafetyEvent.objects.filter(client=jane).earliest("opened_at")
    safety.acknowledge_event(event.pk, by=by_alice)
    safety.close_event(event.pk, outcome="safe", note=CANARY, by=by_alice)
    for model, pk in ((Client, jane.pk), (Session, made[0]), (SafetyEvent, event.pk)):
        kind = ContentType.objects.get_for_model(model)
        LogEntry.objects.create(
            user=bob, content_type=kind, object_id=pk, object_repr=pk, action_flag=CHANGE
        )
    return made


THEIRS = {
    *(Client, CareAssignment, Session, Message, Note, Reply, Summing, Analysis),
    *(SafetyEvent, Signal, Topic, Event, User, Login, ApiKey, Conversation, Character),
    *(Companion, Persona, UsageEntry, LogEntry),
}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left(
    api: Api, alice: User, jane: Client, jane_user: User, filled: list[str]
) -> None:
    gone = [jane.pk, jane_user.pk, jane_user.email, Companion.objects.get().pk, CANARY, *filled]
    gone += [
        row.pk for model in (Message, SafetyEvent, Conversation) for row in model.objects.all()
    ]
    assert mentions(*gone) >= THEIRS
    calls, cost = UsageEntry.objects.count(), UsageEntry.objects.totals()
    response = api(alice).delete(URL.format(jane.pk))
    assert response.status_code == 200, response.content
    assert mentions(*gone) <= KEPT
    assert mentions(CANARY) == set()
    assert UsageEntry.objects.count() == calls == response.json()["usage_entries"]
    assert UsageEntry.objects.totals() == cost


def test_the_receipt(api: Api, alice: User, jane: Client, filled: list[str]) -> None:
    before = {model: model._default_manager.count() for model in (Message, Session, Event)}
    body = api(alice).delete(URL.format(jane.pk)).json()
    receipt = Erasure.objects.get(client_id=jane.pk)
    assert (body["id"], body["erased_by"]) == (receipt.pk, alice.email)
    assert receipt.removed == body["removed"]
    for model, count in before.items():
        assert receipt.removed[model._meta.label] == count


@pytest.mark.django_db(transaction=True)
def test_others_stay(
    api: Api, alice: User, by_alice: Actor, jane: Client, filled: list[str]
) -> None:
    other = services.create_client(first_name="Ann", last_name="Roe", by=by_alice)
    kept = fill(other, "dr_morgan_hayes", by_alice)
    theirs = [text for _, text in rows() if other.pk in text or any(pk in text for pk in kept)]
    api(alice).delete(URL.format(jane.pk))
    after = {text for _, text in rows()}
    assert len(theirs) > 40
    assert [text for text in theirs if text not in after] == []


def test_it_is_told_once(api: Api, alice: User, by_charlie: Actor, jane: Client) -> None:
    hook, strange = subscribe(actors.for_user(alice)), subscribe(by_charlie)
    body = api(alice).delete(URL.format(jane.pk)).json()
    (told,) = hook.deliveries.filter(event="client.erased")
    data = orjson.loads(told.payload)["data"]
    assert data == {"client_id": jane.pk, "erased_at": body["erased_at"]}
    assert not strange.deliveries.exists()


def test_a_second_time_there_is_nothing(api: Api, alice: User, bob: User, jane: Client) -> None:
    assert api(alice).delete(URL.format(jane.pk)).status_code == 200
    for who in (alice, bob):
        checks.problem(api(who).delete(URL.format(jane.pk)), 404, "resource_not_found")


def test_not_while_a_session_runs(api: Api, alice: User, active: Session) -> None:
    response = api(alice).delete(URL.format(active.client_id))
    error = checks.problem(response, 409, "conflict")
    assert error["details"] == {"session_id": active.pk}
    sessions.end_session(active.pk, by=actors.for_user(alice))
    assert api(alice).delete(URL.format(active.client_id)).status_code == 200


def test_an_admin_may(api: Api, bob: User, jane: Client) -> None:
    assert api(bob).delete(URL.format(jane.pk)).status_code == 200
    assert not Client.objects.exists()


def test_stranger_erases_nothing(api: Api, charlie: User, jane: Client) -> None:
    checks.like_unknown(api(charlie), "delete", URL, jane.pk)
    assert Client.objects.filter(pk=jane.pk).exists()


def test_an_integrator_erases_nothing(api: Api, jane: Client) -> None:
    vr = accounts.create_user(
        username="vr", email="vr@example.com", role="integrator", password=None
    )
    CareAssignment.objects.create(client=jane, carer=vr)
    checks.like_unknown(api(vr), "delete", URL, jane.pk)
    assert Client.objects.filter(pk=jane.pk).exists()


def test_nor_does_the_client(
    api: Api, alice: User, jane: Client, jane_user: User, session: Session
) -> None:
    for credential in (jane_user, checks.join_token(session, alice)):
        checks.problem(api(credential).delete(URL.format(jane.pk)), 403, "permission_denied")
    assert Client.objects.filter(pk=jane.pk).exists()


def test_needs_a_credential_and_a_scope(api: Api, alice: User, jane: Client) -> None:
    checks.needs_credential(api, "delete", URL.format(jane.pk))
    checks.needs_scope(api, alice, "clients:write", "delete", URL.format(jane.pk))


@pytest.mark.parametrize("body", [{"sure": True}, [1]])
def test_wrong_input(api: Api, alice: User, jane: Client, body: Any) -> None:
    response = api(alice).delete(URL.format(jane.pk), body, format="json")
    checks.problem(response, 422, "validation_error")
    assert Client.objects.filter(pk=jane.pk).exists()


def test_a_login_that_became_staff_stays(
    api: Api, bob: User, jane: Client, jane_user: User
) -> None:
    accounts.update_user(jane_user.pk, changes={"role": "clinician"}, by=actors.for_user(bob))
    api(bob).delete(URL.format(jane.pk))
    assert User.objects.filter(pk=jane_user.pk, is_active=True).exists()


def test_a_companion_that_another_s_session_has_is_told_nothing_of(
    api: Api, alice: User, by_alice: Actor, bob: User, jane: Client, jane_user: User
) -> None:
    """The login had been another client's: the bare id of the companion stays with the session."""
    factories.companion_voice()
    persona_id = made_by(jane_user)
    planned = sessions.create_session(
        client_id=jane.pk, persona_id=persona_id, duration_minutes=45, by=by_alice
    )
    second = services.create_client(first_name="Ann", last_name="Roe", by=by_alice)
    services.give_login(jane.pk, user=None, by=actors.for_user(bob))
    services.give_login(second.pk, user=jane_user, by=actors.for_user(bob))
    assert api(alice).delete(URL.format(second.pk)).status_code == 200
    persona = Persona.objects.get(pk=persona_id)
    assert not persona.is_active
    assert persona.shown_name == "A companion"
    assert Session.objects.get(pk=planned.pk).persona_id == persona_id


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_has_the_receipt(api: Api, alice: User, session: Session) -> None:
    browsers = [api(alice) for _ in range(2)]
    answers = at_once(*(partial(each.delete, URL.format(session.client_id)) for each in browsers))
    assert sorted(each.status_code for each in answers) == [200, 404]
    assert Erasure.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_start_and_an_erasure_at_once(api: Api, alice: User, session: Session) -> None:
    """Whichever is first, no running session is erased and no erased one runs."""
    erase = partial(api(alice).delete, URL.format(session.client_id))
    start = partial(api(alice).post, f"/api/v1/sessions/{session.pk}/start")
    erased, started = (each.status_code for each in at_once(erase, start))
    assert (erased, started) in {(200, 404), (409, 200)}
    assert Session.objects.filter(status="active").exists() == (started == 200)
