"""A real Chromium on the live server, and two people with a session between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from django.test import Client as WebClient
from playwright.sync_api import Browser, BrowserContext, expect

from apps.accounts import actors
from apps.accounts import services as accounts
from apps.clients import services as clients
from apps.sessions import services as sessions
from smartsteps.lib.ids import random_text
from tests import factories
from tests.browser.window import Window, browser
from tests.live import Live
from tests.threads import at_once

PERSONA = "dr_morgan_hayes"
T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """Playwright's event loop runs in the main thread, where Django then refuses to work."""
    return at_once(work)[0]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=15_000)  # the servers under test share the machine's cores
    with browser() as one:
        yield one


@dataclass(frozen=True)
class Stage:
    """`cookie` is alice's, who cares for Jane; `link` is Jane's way into the room."""

    session_id: str
    username: str
    cookie: str
    room: str
    join_token: str

    @property
    def link(self) -> str:
        return f"{self.room}#token={self.join_token}"


def _set_stage(url: str) -> Stage:
    name = f"alice-{random_text(6)}"
    alice = accounts.create_user(
        username=name, email=f"{name}@example.com", role="clinician", password=None
    )
    by = actors.for_user(alice)
    jane = clients.create_client(first_name="Jane", last_name="Doe", by=by)
    factories.persona(PERSONA)
    session = sessions.create_session(
        client_id=jane.pk, persona_id=PERSONA, duration_minutes=45, by=by
    )
    web = WebClient()
    web.force_login(alice)
    return Stage(
        session_id=session.pk,
        username=name,
        cookie=web.cookies["sessionid"].value,
        room=f"{url}/room/{session.pk}",
        join_token=sessions.issue_join_token(session.pk, by=by).token,
    )


@pytest.fixture
def stage(live: Live, chromium: Browser) -> Stage:
    return apart(lambda: _set_stage(live.base_url))


OpenWindow = Callable[..., Window]


@pytest.fixture
def window(chromium: Browser, live: Live) -> Iterator[OpenWindow]:
    """Opens windows, and checks at the end that each was quiet and stayed at home."""
    opened: list[tuple[BrowserContext, Window]] = []

    def open_window(cookie: str | None = None, **options: Any) -> Window:
        context = chromium.new_context(viewport={"width": 1100, "height": 760}, **options)
        context.set_default_timeout(15_000)
        if cookie:
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live.base_url}])
        opened.append((context, Window(context.new_page())))
        return opened[-1][1]

    yield open_window
    for context, one in opened:
        context.close()
        one.check()


@pytest.fixture
def client(window: OpenWindow, stage: Stage) -> Window:
    one = window()
    one.page.goto(stage.link)
    return one


@pytest.fixture
def clinician(window: OpenWindow, stage: Stage) -> Window:
    one = window(stage.cookie)
    one.page.goto(stage.room)
    return one


@pytest.fixture
def started(client: Window, clinician: Window) -> tuple[Window, Window]:
    """Both are in the room and the session runs."""
    clinician.button("Start session").click()
    client.composer.wait_for()
    clinician.composer.wait_for()
    return client, clinician
