"""/ws: a session in real time, frame by frame (spec 1, WebSocket API)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients import services as clients
from apps.clients.models import Client
from apps.jobs import drain
from apps.realtime.models import Event
from apps.sessions import services, tasks
from apps.sessions.models import Message, Session
from smartsteps.lib.threads import run_sync
from tests import checks
from tests.served import Dial, Talk

GREETING = {"content": "Hello, how are you feeling today?", "sender_type": "facilitator"}


async def _send(session: Session, by: Actor, count: int = 1, content: str = "Line") -> list[str]:
    def all_of_them() -> list[str]:
        return [
            services.send_message(
                session.pk, content=f"{content} {number}", sender_type="facilitator", by=by
            )[0].pk
            for number in range(count)
        ]

    return await run_sync(all_of_them)


async def test_join_tells_the_state(dial: Dial, alice: User, active: Session) -> None:
    async with dial(alice) as talk:
        frame = await talk.join(active.pk)
    assert frame["id"] == f"{active.topic}.1"
    assert set(frame["data"]) == {"session_id", "status", "started_at"}


async def test_start_and_end_are_told(
    dial: Dial, alice: User, session: Session, by_alice: Actor
) -> None:
    async with dial(alice) as talk:
        assert (await talk.join(session.pk))["data"]["status"] == "scheduled"
        await run_sync(services.start_session, session.pk, by=by_alice)
        assert (await talk.hear())["data"]["status"] == "active"
        await run_sync(services.end_session, session.pk, by=by_alice)
        ended = (await talk.hear())["data"]
        assert (ended["status"], ended["duration_minutes"]) == ("completed", 45)


async def test_a_message_reaches_everyone_once(
    dial: Dial, alice: User, jane_user: User, active: Session
) -> None:
    token = await run_sync(checks.join_token, active, alice)
    async with dial(alice) as staff, dial(jane_user) as client, dial(token) as joined:
        for talk in (staff, client, joined):
            await talk.join(active.pk)
        await staff.say("send_message", session_id=active.pk, **GREETING)
        heard = [await talk.hear() for talk in (staff, client, joined)]
        assert heard[0] == heard[1] == heard[2]
        assert heard[0]["type"] == "new_message"
        message = heard[0]["data"]["message"]
        assert set(message) == {
            "id", "session_id", "sender_type", "sender_id", "content", "timestamp",
        }  # fmt: skip
        for talk in (staff, client, joined):
            await talk.quiet()


async def test_rest_and_socket_are_one(dial: Dial, alice: User, active: Session, api: Any) -> None:
    path = f"/api/v1/sessions/{active.pk}/messages"
    async with dial(alice) as talk:
        await talk.join(active.pk)
        posted = await run_sync(lambda: api(alice).post(path, GREETING, format="json").json())
        assert (await talk.hear())["data"]["message"] == posted


async def test_the_persona_types_and_answers(dial: Dial, alice: User, active: Session) -> None:
    async with dial(alice) as talk:
        await talk.join(active.pk)
        words = {"content": "I feel stressed.", "sender_type": "client"}
        await talk.say("send_message", session_id=active.pk, **words)
        assert (await talk.hear("new_message"))["data"]["message"]["content"] == words["content"]
        await asyncio.to_thread(drain.run, tasks.REPLIES)
        heard = [await talk.hear() for _ in range(3)]
        assert [frame["type"] for frame in heard] == [
            "typing_indicator", "new_message", "typing_indicator",
        ]  # fmt: skip
        assert [frame["data"].get("is_typing") for frame in heard] == [True, None, False]
        assert heard[0]["data"]["sender_id"] == active.persona_id
        assert heard[1]["data"]["message"]["sender_type"] == "persona"


async def test_typing_is_for_the_others(dial: Dial, alice: User, active: Session) -> None:
    token = await run_sync(checks.join_token, active, alice)
    async with dial(alice) as staff, dial(token) as client:
        await staff.join(active.pk)
        await client.join(active.pk)
        typing = {"session_id": active.pk, "sender_type": "client", "is_typing": True}
        await client.say("typing_indicator", **typing)
        frame = await staff.hear()
        assert frame["type"] == "typing_indicator"
        assert frame["data"] == {**typing, "sender_id": active.client_id}
        await client.quiet()
    assert await run_sync(Event.objects.filter(type="typing_indicator").count) == 0


async def test_notes_are_for_staff(
    dial: Dial, alice: User, active: Session, by_alice: Actor
) -> None:
    token = await run_sync(checks.join_token, active, alice)
    key = await run_sync(checks.api_key, alice, "sessions:read")
    async with dial(alice) as staff, dial(token) as client, dial(key) as reader:
        for talk in (staff, client, reader):
            await talk.join(active.pk)
        await run_sync(services.add_note, active.pk, content="Calm.", by=by_alice)
        assert (await staff.hear("new_note"))["data"]["note"]["content"] == "Calm."
        await _send(active, by_alice)
        for talk in (client, reader):
            assert (await talk.hear())["type"] == "new_message"
            await talk.say("join_session", session_id=active.pk, resume_from=1)
            assert (await talk.hear())["type"] == "new_message"


async def test_after_leaving_it_is_quiet(
    dial: Dial, alice: User, active: Session, by_alice: Actor
) -> None:
    async with dial(alice) as talk:
        await talk.join(active.pk)
        await talk.say("leave_session", session_id=active.pk)
        await talk.quiet(0.2)
        await _send(active, by_alice)
        await talk.quiet()
        assert (await talk.join(active.pk))["type"] == "session_update"
        await _send(active, by_alice)
        assert (await talk.hear())["type"] == "new_message"


async def test_leaving_what_was_not_joined(dial: Dial, alice: User, active: Session) -> None:
    async with dial(alice) as talk:
        frame_id = await talk.say("leave_session", session_id=active.pk)
        frame = await talk.hear()
        assert frame["data"]["code"] == "session_not_found"
        assert frame["data"]["request_id"] == frame_id


async def test_foreign_session_is_like_an_unknown_one(
    dial: Dial, charlie: User, active: Session, by_alice: Actor
) -> None:
    unknown = active.pk[:-4] + "zzzz"
    asked: list[tuple[str, dict[str, Any]]] = [
        ("join_session", {}),
        ("join_session", {"resume_from": f"session.{active.pk}.0"}),
        ("leave_session", {}),
        ("send_message", GREETING),
        ("typing_indicator", {"sender_type": "client", "is_typing": True}),
    ]
    async with dial(charlie) as talk:
        for type, data in asked:
            answers = []
            for session_id in (active.pk, unknown):
                text = json.dumps(data).replace(active.pk, session_id)
                await talk.say(type, session_id=session_id, **json.loads(text))
                frame = await talk.hear()
                assert frame["type"] == "error"
                answers.append((frame["data"]["code"], frame["data"]["message"]))
            assert answers[0] == answers[1]
            assert answers[0][0] == "session_not_found"
        await _send(active, by_alice)
        await talk.quiet()


async def test_a_client_speaks_only_as_herself(dial: Dial, alice: User, active: Session) -> None:
    token = await run_sync(checks.join_token, active, alice)
    async with dial(token) as talk:
        frame_id = await talk.say("send_message", session_id=active.pk, **GREETING)
        frame = await talk.hear()
        assert frame["data"]["code"] == "permission_denied"
        assert frame["data"]["request_id"] == frame_id
        typing = {"sender_type": "persona", "is_typing": True}
        await talk.say("typing_indicator", session_id=active.pk, **typing)
        assert (await talk.hear())["data"]["code"] == "permission_denied"


async def test_a_reading_key_does_not_write(dial: Dial, alice: User, active: Session) -> None:
    key = await run_sync(checks.api_key, alice, "sessions:read")
    async with dial(key) as talk:
        await talk.say("send_message", session_id=active.pk, **GREETING)
        assert (await talk.hear())["data"]["code"] == "permission_denied"
        await talk.say(
            "typing_indicator", session_id=active.pk, sender_type="client", is_typing=True
        )
        assert (await talk.hear())["data"]["code"] == "permission_denied"


async def test_a_key_for_clients_does_not_listen(dial: Dial, alice: User, active: Session) -> None:
    key = await run_sync(checks.api_key, alice, "clients:read", "messages:write")
    async with dial(key) as talk:
        assert (await talk.join(active.pk))["data"]["code"] == "permission_denied"


async def test_not_before_the_start(dial: Dial, alice: User, session: Session) -> None:
    async with dial(alice) as talk:
        await talk.say("send_message", session_id=session.pk, **GREETING)
        frame = await talk.hear()
        assert frame["data"]["code"] == "invalid_request"
        assert "scheduled" in frame["data"]["message"]


async def test_a_repeated_send_is_the_same_message(
    dial: Dial, alice: User, active: Session
) -> None:
    body = {**GREETING, "metadata": {"client_message_id": "a-1"}}
    async with dial(alice) as talk, dial(alice) as other:
        await talk.join(active.pk)
        await other.join(active.pk)
        ids = []
        for _ in range(3):
            await talk.say("send_message", session_id=active.pk, **body)
            ids.append((await talk.hear("new_message"))["data"]["message"]["id"])
        assert len(set(ids)) == 1
        assert (await other.hear())["data"]["message"]["id"] == ids[0]
        await other.quiet()
    assert await run_sync(Message.objects.count) == 1


async def test_sending_without_joining_is_answered(
    dial: Dial, alice: User, active: Session
) -> None:
    async with dial(alice) as talk:
        await talk.say("send_message", session_id=active.pk, **GREETING)
        assert (await talk.hear())["data"]["message"]["content"] == GREETING["content"]


async def _numbers(talk: Talk, until: int) -> list[int]:
    numbers: list[int] = []
    while not numbers or numbers[-1] < until:
        numbers.append(int((await talk.hear("new_message"))["id"].rpartition(".")[2]))
    return numbers


async def test_resume_has_no_gap_and_no_double(
    dial: Dial, alice: User, active: Session, by_alice: Actor
) -> None:
    """While messages keep coming, the socket is cut again and again."""
    sending = asyncio.create_task(_send(active, by_alice, 120))
    seen = [1]
    for _ in range(12):
        async with dial(alice) as talk:
            resume_from = f"{active.topic}.{seen[-1]}"
            await talk.say("join_session", session_id=active.pk, resume_from=resume_from)
            try:
                async with asyncio.timeout(0.15):
                    while True:
                        frame = await talk.hear("new_message")
                        seen.append(int(frame["id"].rpartition(".")[2]))
            except TimeoutError:
                pass
    await sending
    async with dial(alice) as talk:
        await talk.say("join_session", session_id=active.pk, resume_from=seen[-1])
        if seen[-1] < 121:
            seen += await _numbers(talk, 121)
    assert seen == list(range(1, 122))


async def test_a_long_replay_comes_whole(
    dial: Dial, alice: User, active: Session, by_alice: Actor
) -> None:
    await _send(active, by_alice, 450)
    async with dial(alice) as talk:
        await talk.say("join_session", session_id=active.pk, resume_from=f"{active.topic}.1")
        assert await _numbers(talk, 451) == list(range(2, 452))
        assert (await talk.hear())["type"] == "session_update"


async def test_purged_events_are_told_as_a_gap(
    dial: Dial, alice: User, active: Session, by_alice: Actor
) -> None:
    await _send(active, by_alice, 5)
    await run_sync(Event.objects.filter(number__lte=4).delete)
    async with dial(alice) as talk:
        await talk.say("join_session", session_id=active.pk, resume_from=f"{active.topic}.2")
        gap = await talk.hear()
        assert (gap["type"], gap["id"]) == ("replay_gap", f"{active.topic}.4")
        assert gap["data"] == {"session_id": active.pk, "missed": [3, 4]}
        assert await _numbers(talk, 6) == [5, 6]


async def test_a_gap_up_to_the_present_is_told_too(
    dial: Dial, alice: User, active: Session, by_alice: Actor
) -> None:
    await _send(active, by_alice, 2)
    await run_sync(Event.objects.all().delete)
    async with dial(alice) as talk:
        await talk.say("join_session", session_id=active.pk, resume_from=1)
        assert (await talk.hear())["data"]["missed"] == [2, 3]


@pytest.mark.parametrize(
    "position", ["", "x", "-1", -1, 1.5, True, [], {}, "9" * 16, "session.other.1", "١", "1\x00"]
)
async def test_a_wrong_position_is_refused(
    dial: Dial, alice: User, active: Session, position: Any
) -> None:
    async with dial(alice) as talk:
        frame = await talk.join(active.pk, resume_from=position)
        assert frame["type"] == "error"
        assert frame["data"]["code"] == "invalid_request"


async def test_a_position_of_the_future_waits_for_what_comes(
    dial: Dial, alice: User, active: Session, by_alice: Actor
) -> None:
    async with dial(alice) as talk:
        assert (await talk.join(active.pk, resume_from=999))["type"] == "session_update"
        await _send(active, by_alice)
        assert (await talk.hear())["type"] == "new_message"


async def test_care_handed_over_ends_the_stream(
    dial: Dial, alice: User, active: Session, jane: Client, bob: User, by_alice: Actor
) -> None:
    async with dial(alice) as talk, dial(bob) as admin:
        await talk.join(active.pk)
        await admin.join(active.pk)
        await run_sync(jane.care.all().delete)
        frame = await talk.hear(within=2.5)
        assert (frame["type"], frame["data"]["code"]) == ("error", "permission_denied")
        await run_sync(clients_reassign, jane, alice)
        await _send(active, by_alice)
        assert (await admin.hear())["type"] == "new_message"
        await talk.quiet()
        assert (await talk.join(active.pk))["type"] == "session_update"


def clients_reassign(jane: Client, carer: User) -> None:
    clients.CareAssignment.objects.create(client=jane, carer=carer)


async def test_one_socket_in_two_sessions(
    dial: Dial, alice: User, active: Session, by_alice: Actor
) -> None:
    def second() -> Session:
        made = services.create_session(
            client_id=active.client_id,
            persona_id=active.persona_id,
            duration_minutes=45,
            by=by_alice,
        )
        return services.start_session(made.pk, by=by_alice)

    other = await run_sync(second)
    async with dial(alice) as talk:
        await talk.join(active.pk)
        await talk.join(other.pk)
        await _send(active, by_alice)
        await _send(other, by_alice)
        heard = {(await talk.hear())["data"]["message"]["session_id"] for _ in range(2)}
        assert heard == {active.pk, other.pk}


async def test_a_burst_is_heard_whole_and_in_order(
    dial: Dial, alice: User, active: Session, by_alice: Actor
) -> None:
    async with dial(alice) as first, dial(alice) as second:
        await first.join(active.pk)
        await second.join(active.pk)
        await _send(active, by_alice, 200)
        for talk in (first, second):
            assert await _numbers(talk, 201) == list(range(2, 202))
