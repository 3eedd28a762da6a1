"""What the deployed processes survive: each part killed, cut off or failing in mid-session."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from celery import Celery
from django.db import connection, transaction
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from apps.accounts import actors
from apps.accounts.models import User
from apps.clients.models import Client, staff_who_see
from apps.jobs.models import State
from apps.llm.models import UsageEntry
from apps.realtime.models import Event
from apps.sessions.models import Reply, Session
from apps.webhooks import services as webhooks
from apps.webhooks.models import Delivery, Subscription
from smartsteps.lib import clock
from smartsteps.lib.clock import iso
from tests.faults.conftest import (
    Stack,
    Talk,
    database_away,
    end_database_connections,
    eventually,
)
from tests.stubs import openai_stub
from tests.stubs.openai_stub import Exchange, Step
from tests.stubs.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 100.0  # a killed web server takes its time to start on a busy machine
RECOVERY_S = 30.0  # a lease of 8 s, a sweep each second, and a machine that others use too


def slowly(seconds: float) -> Step:
    def step(exchange: Exchange) -> None:
        exchange.wait(seconds)
        openai_stub.say("That took a while.")(exchange)

    return step


def numbers(talk: Talk) -> list[int]:
    events = Event.objects.filter(topic_id=talk.session.topic).order_by("number")
    return list(events.values_list("number", flat=True))


def answered_once(talk: Talk, within: float = RECOVERY_S) -> None:
    done = Reply.objects.filter(session=talk.session, state=State.DONE)
    eventually(done.exists, within)
    assert len(talk.answers()) == 1
    published = Event.objects.filter(topic_id=talk.session.topic, type="new_message").count()
    assert published == 2
    assert numbers(talk) == list(range(1, len(numbers(talk)) + 1))


def test_it_works(talk: Talk) -> None:
    assert talk.send().status_code == 201
    answered_once(talk)
    assert talk.answers()[0].content == "That sounds like a lot to carry."


@pytest.mark.parametrize("part", ["child", "all"])
def test_worker_killed_in_mid_answer(stack: Stack, talk: Talk, part: str) -> None:
    stack.provider.script(slowly(3))
    talk.send()
    eventually(lambda: stack.provider.requests)
    if part == "child":
        stack.kill_children("worker")
    else:
        stack.restart("worker")
    answered_once(talk)
    assert Reply.objects.get(session=talk.session).attempts == 2


def ring(stack: Stack, times: int) -> None:
    with Celery(broker=stack.env["REDIS_URL"], fixups=[], set_as_current=False) as app:
        for _ in range(times):
            app.send_task("sessions.answer")


def test_the_same_task_twenty_times_at_once(stack: Stack, talk: Talk) -> None:
    stack.provider.script(slowly(1))
    talk.send()
    ring(stack, 20)
    answered_once(talk)
    time.sleep(1)
    assert len(stack.provider.requests) == len(talk.answers()) == 1


def test_redis_killed_and_away(stack: Stack, talk: Talk) -> None:
    """A message is taken within a second or so, nothing is lost, the answer comes later."""
    ring(stack, 20)  # the worker has messages in hand when it loses the connection
    stack.kill("redis")
    for attempt in range(3):
        began = time.monotonic()
        response = talk.send(metadata={"client_message_id": f"away-{attempt}"})
        assert response.status_code == 201
        assert time.monotonic() - began < 3
    assert talk.http.get("/api/health").json()["status"] == "degraded"
    stack.start("redis")
    eventually(lambda: len(talk.answers()) == 3, 40)
    replied = [answer.in_reply_to_id for answer in talk.answers()]
    asked = talk.session.messages.filter(sender_type="client").order_by("number")
    assert replied == list(asked.values_list("pk", flat=True))


def test_redis_that_hangs(stack: Stack, talk: Talk) -> None:
    """It takes connections and answers nothing, which is worse than being away."""
    stack.kill("redis", signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert talk.send().status_code == 201
        assert time.monotonic() - began < 8
    finally:
        stack.kill("redis", signal.SIGCONT)
    answered_once(talk, 40)


def test_database_connections_cut(stack: Stack, talk: Talk) -> None:
    for _ in range(3):
        assert end_database_connections() > 0
        answers = [talk.http.get(f"/api/v1/sessions/{talk.session.pk}") for _ in range(10)]
        assert {answer.status_code for answer in answers} == {200}
    talk.send()
    answered_once(talk)


def test_database_connections_cut_in_mid_answer(stack: Stack, talk: Talk) -> None:
    stack.provider.script(slowly(2))
    talk.send()
    eventually(lambda: stack.provider.requests)
    end_database_connections()
    answered_once(talk)


def test_database_away(stack: Stack, talk: Talk) -> None:
    """It is said in the surface's own format, and what was taken before is still there after."""
    first = talk.send("Before it went.").json()
    answered_once(talk)
    with database_away():
        refused = talk.send("While it is away.")
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "service_unavailable"
        assert int(refused.headers["Retry-After"]) > 0
        assert talk.http.get("/api/health").json()["database"] == "unavailable"
    eventually(lambda: talk.http.get("/api/health").status_code == 200)
    assert talk.send("It is back.").status_code == 201
    eventually(lambda: len(talk.answers()) == 2, RECOVERY_S)
    told = [line["content"] for line in talk.lines()]
    assert told[0] == first["content"]
    assert "While it is away." not in told
    assert told.count("It is back.") == 1


def test_more_requests_than_connections(stack: Stack, talk: Talk) -> None:
    """A lock holds all of them up; once it is gone each is answered, in one order."""
    with ThreadPoolExecutor(40) as pool:
        with transaction.atomic():
            Session.objects.select_for_update().get(pk=talk.session.pk)
            sent = [
                pool.submit(talk.send, f"Line {number}", sender_type="facilitator")
                for number in range(40)
            ]
            time.sleep(1)
            assert not any(each.done() for each in sent)
        assert {each.result().status_code for each in sent} == {201}
    assert numbers(talk) == list(range(1, 42))


def test_redis_is_full(stack: Stack, talk: Talk) -> None:
    """It refuses what is to be stored; messages are taken all the same, and answered later."""
    stack.broker.config_set("maxmemory", "1")
    try:
        assert talk.send().status_code == 201
    finally:
        stack.broker.config_set("maxmemory", "0")
    answered_once(talk)


def test_provider_that_fails_is_told_and_tried_again(stack: Stack, talk: Talk) -> None:
    stack.provider.script(openai_stub.status(500))
    talk.send()
    answered = eventually(lambda: talk.answers(), RECOVERY_S)
    assert answered < RECOVERY_S
    kinds = list(
        Event.objects.filter(topic_id=talk.session.topic)
        .order_by("number")
        .values_list("type", flat=True)
    )
    assert kinds == ["session_update", "new_message", "error", "new_message"]
    outcomes = UsageEntry.objects.filter(subject=talk.session.pk).order_by("created_at")
    assert list(outcomes.values_list("outcome", flat=True)) == ["provider_unavailable", "ok"]


@pytest.mark.parametrize(
    "step",
    [
        openai_stub.hang(),
        openai_stub.cut(),
        openai_stub.raw(b"not json"),
        openai_stub.raw(b""),
        openai_stub.empty_choices(),
        openai_stub.say(""),
    ],
    ids=["hang", "cut", "not JSON", "nothing", "no choices", "empty text"],
)
def test_a_provider_s_nonsense_is_never_an_answer(stack: Stack, talk: Talk, step: Step) -> None:
    stack.provider.script(step)
    talk.send()
    events = Event.objects.filter(topic_id=talk.session.topic, type="error")
    eventually(events.exists, 15)
    error = events.get().body
    assert error["code"] == "internal_error"
    eventually(lambda: Reply.objects.get(session=talk.session).state != State.RUNNING)
    for answer in talk.answers():
        assert answer.content == "That sounds like a lot to carry."


def test_a_session_that_ends_gets_no_late_answer(stack: Stack, talk: Talk) -> None:
    stack.provider.script(slowly(2))
    talk.send()
    eventually(lambda: stack.provider.requests)
    assert talk.http.post(f"/api/v1/sessions/{talk.session.pk}/end").status_code == 200
    eventually(lambda: Reply.objects.get(session=talk.session).state == State.CANCELLED)
    assert talk.answers() == []
    last = Event.objects.filter(topic_id=talk.session.topic).latest("number")
    assert last.body["status"] == "completed"


async def listen(stack: Stack, talk: Talk, until: int, seen: list[int]) -> None:
    """A client as we advise them to be: at a cut it comes back and resumes."""
    async with asyncio.timeout(PATIENCE_S):
        while not seen or seen[-1] < until:
            with suppress(OSError, EOFError, WebSocketException):
                await hear(stack, talk, until, seen)
            await asyncio.sleep(0.1)


async def hear(stack: Stack, talk: Talk, until: int, seen: list[int]) -> None:
    async with connect(f"{stack.ws_url}/ws?token={talk.token}") as socket:
        data = {"session_id": talk.session.pk, "resume_from": seen[-1] if seen else 0}
        await socket.send(json.dumps({"type": "join_session", "id": "j", "data": data}))
        async for text in socket:
            frame = json.loads(text)
            # The answer to a join repeats the state at the position that is reached already.
            topic, _, number = frame["id"].rpartition(".")
            if topic == talk.session.topic and int(number) not in seen[-1:]:
                seen.append(int(number))
            if seen and seen[-1] >= until:
                return


def send_all(talk: Talk, count: int) -> None:
    """Each message again and again, by its own id, until it is taken."""
    try:
        for number in range(count):
            eventually(partial(taken, talk, number), PATIENCE_S)
    finally:
        connection.close()


def taken(talk: Talk, number: int) -> bool:
    metadata = {"client_message_id": f"line-{number}"}
    try:
        response = talk.send(f"Line {number}", sender_type="facilitator", metadata=metadata)
    except httpx.TransportError:
        return False
    assert response.status_code in (200, 201)
    return True


@pytest.mark.parametrize("name", ["web", "redis"])
def test_clients_see_everything_once_over_a_kill(stack: Stack, talk: Talk, name: str) -> None:
    total, seen = 61, list[int]()
    with ThreadPoolExecutor(2) as pool:
        listener = pool.submit(asyncio.run, listen(stack, talk, total, seen))
        sender = pool.submit(send_all, talk, total - 1)
        time.sleep(0.7)
        stack.kill(name)
        time.sleep(1)
        stack.start(name)
        sender.result()
        listener.result()
    assert seen == list(range(1, total + 1))


def tell(subscriptions: list[Subscription], events: int) -> int:
    """So many events to each; the number of deliveries."""
    client_id = Client.objects.latest("created_at").pk
    data = {"client_id": client_id, "created_at": iso(clock.now())}
    for _ in range(events):
        with transaction.atomic():
            webhooks.publish("client.created", data, viewers=staff_who_see(client_id))
    return Delivery.objects.filter(subscription__in=subscriptions).count()


def test_worker_killed_in_the_middle_of_a_thousand_webhooks(
    stack: Stack, talk: Talk, settings: Any
) -> None:
    """Each arrives, and what arrives twice has the same id. The lease of what was killed is 8 s."""
    settings.PRIVATE_WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
    by = actors.for_user(User.objects.latest("date_joined"))
    with Receiver() as receiver:
        hooks = [
            webhooks.create_subscription(url=receiver.url, events=["client.created"], by=by)
            for _ in range(50)
        ]
        assert tell(hooks, 20) == 1000
        with Celery(broker=stack.env["REDIS_URL"], fixups=[], set_as_current=False) as app:
            app.send_task("webhooks.deliver")
        eventually(lambda: len(receiver.hits) > 100)
        stack.kill_children("worker")
        assert len(receiver.hits) < 1000
        left = Delivery.objects.exclude(state=State.DONE)
        eventually(lambda: not left.exists(), 40)
    made = set(Delivery.objects.values_list("delivery_id", flat=True))
    assert {hit.id for hit in receiver.hits} == made
    assert len(receiver.hits) < 1300
