"""A browser window as a person uses it, watched for what must never happen in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    WebSocketRoute,
    expect,
    sync_playwright,
)

AT_HOME = {"127.0.0.1", ""}
MOST_TABS = 30
# What Chromium itself writes when the server is away; tests that take it away allow it.
AWAY = ("ERR_CONNECTION_REFUSED", "ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_RESET", "WebSocket")


# The shell has no windows, tabs or toolbars of its own, and costs a quarter.
BROWSERS = ("chromium-headless-shell", "chromium")


@contextmanager
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"needs {' or '.join(BROWSERS)}")
    arguments = [
        "--no-sandbox",
        "--disable-background-networking",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Fixtures close connections beside Playwright's loop.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        one = playwright.chromium.launch(executable_path=found, args=arguments)
        yield one
        one.close()


class Window:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.troubles: list[str] = []
        self.abroad: list[str] = []
        self.allowed: tuple[str, ...] = ()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", self._note)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"{message.text} {message.location['url']}")

    def _note(self, request: Request) -> None:
        if (urlsplit(request.url).hostname or "") not in AT_HOME:
            self.abroad.append(request.url)

    def check(self) -> None:
        unexpected = [
            trouble
            for trouble in self.troubles
            if not any(part in trouble for part in self.allowed)
        ]
        assert not unexpected, unexpected
        assert not self.abroad, self.abroad

    @property
    def composer(self) -> Locator:
        return self.page.get_by_label("Your message")

    @property
    def messages(self) -> Locator:
        return self.page.locator("#log .message .words")

    def say(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def sees(self, *texts: str) -> None:
        """Exactly these messages, in this order."""
        expect(self.messages).to_have_text(list(texts))

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    @property
    def status(self) -> Locator:
        return self.page.locator("#status")

    @property
    def banner(self) -> Locator:
        return self.page.locator("#banner")

    @property
    def typing(self) -> Locator:
        return self.page.locator("#typing")

    def tab_to(self, name: str, key: str = "Tab") -> None:
        """Walk there with the Tab key."""
        self.button(name).wait_for()
        for _ in range(MOST_TABS):
            self.page.keyboard.press(key)
            if self.page.evaluate("document.activeElement.textContent.trim()") == name:
                return
        raise AssertionError(f"Tab does not lead to {name!r}")

    def fits(self) -> bool:
        """No scrolling sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    def swallow_first(self, kind: str) -> None:
        """The socket breaks just before the first frame of this kind would have arrived."""
        swallowed: list[str] = []

        def relay(socket: WebSocketRoute) -> None:
            server = socket.connect_to_server()

            def pass_on(frame: str | bytes) -> None:
                if json.loads(frame)["type"] == kind and not swallowed:
                    swallowed.append(kind)
                    server.close()
                    socket.close()
                else:
                    socket.send(frame)

            server.on_message(pass_on)

        self.page.route_web_socket("**/ws", relay)
