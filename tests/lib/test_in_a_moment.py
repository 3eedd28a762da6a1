"""Work that nobody waits for: at once in a worker, after what is urgent in a web process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from smartsteps.lib.threads import in_a_moment, serving


@pytest.fixture
def nobody_served() -> Iterator[None]:
    before, serving[:] = serving[:], []
    yield
    serving[:] = before


@pytest.mark.usefixtures("nobody_served")
def test_at_once_where_nothing_is_served() -> None:
    done: list[str] = []
    in_a_moment(lambda: done.append(threading.current_thread().name))
    assert done == [threading.current_thread().name]


@pytest.mark.usefixtures("nobody_served")
def test_an_error_there_is_the_caller_s() -> None:
    with pytest.raises(ZeroDivisionError):
        in_a_moment(lambda: 1 / 0)


@pytest.mark.usefixtures("nobody_served")
async def test_after_what_is_ready_where_sockets_are_served(
    caplog: pytest.LogCaptureFixture,
) -> None:
    serving.append(asyncio.get_running_loop())
    order: list[str] = []
    done = threading.Event()

    def work() -> None:
        order.append("work")
        done.set()
        raise ZeroDivisionError

    in_a_moment(work)
    asyncio.get_running_loop().call_soon(order.append, "frame")
    await asyncio.to_thread(done.wait, 5)
    assert order == ["frame", "work"]
    while not caplog.records:
        await asyncio.sleep(0.01)
    assert caplog.records[0].exc_info
