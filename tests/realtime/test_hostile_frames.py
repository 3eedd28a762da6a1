"""/ws: whatever a client sends, the socket answers and goes on, or closes with a reason."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.sessions import services
from apps.sessions.models import Session
from smartsteps.lib.threads import run_sync
from tests.served import Dial, Talk

DEEP = 20_000


def _frame(**fields: Any) -> str:
    return json.dumps({"type": "join_session", "id": "x", "data": {"session_id": "s1"}, **fields})


HOSTILE: dict[str, str | bytes] = {
    "empty": "",
    "space": " ",
    "words": "hello",
    "half": '{"type": "join_session"',
    "trailing": _frame() + "}",
    "two documents": _frame() + _frame(),
    "null": "null",
    "true": "true",
    "number": "5",
    "huge number": "1" * 5000,
    "1e999": '{"type": "join_session", "id": "x", "data": {"session_id": 1e999}}',
    "NaN": '{"type": "join_session", "id": "x", "data": NaN}',
    "Infinity": "[Infinity]",
    "text": '"join_session"',
    "list": "[]",
    "list of frames": f"[{_frame()}]",
    "empty object": "{}",
    "BOM": "\ufeff" + _frame(),
    "same key twice": '{"type": "join_session", "type": "leave_session", "id": "x"}',
    "deep list": "[" * DEEP,
    "deep closed list": "[" * DEEP + "]" * DEEP,
    "deep object": '{"a":' * 5_000 + "1" + "}" * 5_000,
    "deep data": _frame(data=json.loads("[" * 40 + "]" * 40)),
    "many keys": json.dumps({str(number): 1 for number in range(5_000)}),
    "type null": _frame(type=None),
    "type number": _frame(type=5),
    "type list": _frame(type=["join_session"]),
    "type object": _frame(type={"join_session": 1}),
    "type unknown": _frame(type="drop_table"),
    "type dunder": _frame(type="__init__"),
    "type of a method": _frame(type="disconnect"),
    "type of channels": _frame(type="websocket.disconnect"),
    "type NUL": _frame(type="\x00"),
    "type surrogate": _frame(type="\ud800"),
    "id missing": json.dumps({"type": "join_session", "data": {"session_id": "s1"}}),
    "id number": _frame(id=5),
    "id null": _frame(id=None),
    "id list": _frame(id=["x"]),
    "id NUL": _frame(id="\x00"),
    "id surrogate": _frame(id="\udfff"),
    "id long": _frame(id="x" * 60_000),
    "data missing": json.dumps({"type": "join_session", "id": "x"}),
    "data null": _frame(data=None),
    "data list": _frame(data=[]),
    "data text": _frame(data="s1"),
    "data unknown field": _frame(data={"session_id": "s1", "admin": True}),
    "session_id null": _frame(data={"session_id": None}),
    "session_id number": _frame(data={"session_id": 5}),
    "session_id object": _frame(data={"session_id": {"$ne": ""}}),
    "session_id empty": _frame(data={"session_id": ""}),
    "session_id long": _frame(data={"session_id": "s" * 10_000}),
    "session_id NUL": _frame(data={"session_id": "s\x00"}),
    "session_id surrogate": _frame(data={"session_id": "\ud800"}),
    "session_id SQL": _frame(data={"session_id": "' OR 1=1 --"}),
    "key NUL": _frame(data={"session_id": "s1", "\x00": 1}),
    "key surrogate": _frame(data={"session_id": "s1", "\ud800": 1}),
    "binary": b"\x00\x01\x02",
    "binary json": _frame().encode(),
    "binary empty": b"",
}


@pytest.fixture
async def patient(settings: Any) -> None:
    settings.FRAMES_PER_SECOND = 1000


async def test_each_is_answered_and_the_socket_goes_on(
    patient: None, dial: Dial, alice: User, active: Session
) -> None:
    """One socket takes them all, and after each a good frame still works."""
    async with dial(alice) as talk:
        for name, frame in HOSTILE.items():
            await talk.raw(frame)
            answer = await talk.hear()
            assert answer["type"] == "error", name
            assert answer["data"]["code"] in ("invalid_request", "session_not_found"), name
            assert set(answer["data"]) == {"code", "message", "request_id"}, name
            assert (await talk.join(active.pk))["type"] == "session_update", name


async def test_the_answer_carries_the_frames_id(
    patient: None, dial: Dial, alice: User, active: Session
) -> None:
    async with dial(alice) as talk:
        for frame in (_frame(type="nonsense"), _frame(data=None), _frame(data={"session_id": 5})):
            await talk.raw(frame)
            assert (await talk.hear())["data"]["request_id"] == "x"


SEND = {"session_id": "", "content": "Hello", "sender_type": "client"}


@pytest.mark.parametrize(
    "change",
    [
        {"content": ""},
        {"content": " "},
        {"content": None},
        {"content": 5},
        {"content": "x" * 10_001},
        {"content": "\x00"},
        {"content": "\ud800"},
        {"sender_type": "admin"},
        {"sender_type": None},
        {"sender_type": []},
        {"metadata": []},
        {"metadata": {"client_message_id": 5}},
        {"metadata": {"a": "\ud800"}},
        {"sender_id": "dr_morgan_hayes"},
        {"timestamp": "2020-01-01T00:00:00Z"},
    ],
)
async def test_wrong_messages_store_nothing(
    dial: Dial, alice: User, active: Session, change: dict[str, Any]
) -> None:
    async with dial(alice) as talk:
        await talk.say("send_message", **{**SEND, "session_id": active.pk, **change})
        assert (await talk.hear())["data"]["code"] == "invalid_request"
    assert await run_sync(active.messages.count) == 0


@pytest.mark.parametrize("is_typing", ["yes", 1, None, [], "true"])
async def test_typing_is_true_or_false(
    dial: Dial, alice: User, active: Session, is_typing: Any
) -> None:
    async with dial(alice) as talk:
        data = {"session_id": active.pk, "sender_type": "client", "is_typing": is_typing}
        await talk.say("typing_indicator", **data)
        assert (await talk.hear())["data"]["code"] == "invalid_request"


async def test_a_frame_over_the_limit_closes(dial: Dial, alice: User) -> None:
    async with dial(alice) as talk:
        await talk.raw("x" * (settings.FRAME_LIMIT_BYTES + 1))
        assert await talk.closed() == 1009


async def test_a_flood_is_limited_and_others_are_not(
    dial: Dial, alice: User, active: Session, by_alice: Actor
) -> None:
    """A thousand frames at once: few are done, the rest are told so, the other socket is well."""
    async with dial(alice) as flood, dial(alice) as calm:
        await calm.join(active.pk)
        for number in range(900):
            await flood.raw(_frame(id=str(number)))
        codes = [(await flood.hear())["data"]["code"] for _ in range(900)]
        assert set(codes) == {"session_not_found", "rate_limited"}
        assert codes.count("rate_limited") > 700
        await run_sync(
            services.send_message,
            active.pk,
            content="Still here",
            sender_type="facilitator",
            by=by_alice,
        )
        assert (await calm.hear(within=1))["type"] == "new_message"
        await asyncio.sleep(1)
        assert (await flood.join(active.pk))["type"] == "session_update"


async def test_far_too_many_close_the_socket(dial: Dial, alice: User) -> None:
    async with dial(alice) as talk:
        reading = asyncio.create_task(_hear_all(talk))
        with suppress(ConnectionClosed):
            for _ in range(3000):
                await talk.raw(_frame())
        assert await talk.closed() == 1008
        assert {frame["data"]["code"] for frame in await reading} == {
            "session_not_found", "rate_limited",
        }  # fmt: skip


async def _hear_all(talk: Talk) -> list[dict[str, Any]]:
    """Until the socket is closed."""
    heard = []
    with suppress(ConnectionClosed):
        while True:
            heard.append(await talk.hear(within=10))
    return heard


async def test_a_reader_who_does_not_read_is_dropped(
    port: int, dial: Dial, alice: User, active: Session, by_alice: Actor, settings: Any
) -> None:
    """Ten megabytes are more than the kernel keeps for it; the other reader gets them all."""
    settings.SLOW_READER_FRAMES = 20
    async with dial(alice, sock=_small_pipe(port), compression=None) as stuck, dial(alice) as well:
        await stuck.join(active.pk)
        await well.join(active.pk)
        stuck.socket.transport.pause_reading()
        sending = asyncio.create_task(run_sync(_flood, active, by_alice))
        for _ in range(FLOOD):
            await well.hear("new_message", within=10)
        await sending
        stuck.socket.transport.resume_reading()
        heard = await _hear_all(stuck)
        assert len(heard) < FLOOD
        assert await stuck.closed() == 1013


FLOOD = 250


def _flood(session: Session, by: Actor) -> None:
    for _ in range(FLOOD):
        services.send_message(
            session.pk, content="\N{CLOUD}\N{FIRE}" * 4_900, sender_type="facilitator", by=by
        )


def _small_pipe(port: int) -> socket.socket:
    pipe = socket.socket()
    pipe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    pipe.connect(("127.0.0.1", port))
    pipe.setblocking(False)
    return pipe
