"""/create-character in Chromium, against the project as it is deployed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client as WebClient
from playwright.sync_api import Page, expect, sync_playwright

from apps.accounts import services as accounts
from apps.accounts.models import User
from smartsteps.lib.ids import new_id
from tests.characters.test_interview import TERSE
from tests.live import Live
from tests.threads import at_once


def _player() -> User:
    name = new_id("p")
    return accounts.create_user(
        username=name, email=f"{name}@example.com", role="client", password="correct-horse-9"
    )


def _token() -> str:
    return accounts.open_login(user=_player()).token


@pytest.fixture
def phone(live: Live, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        one = browser.new_page(viewport={"width": 360, "height": 740})
        troubles: list[Any] = []
        one.on("console", lambda said: troubles.append(said.text) if said.type == "error" else 0)
        one.on("pageerror", lambda error: troubles.append(str(error)))
        yield one
        browser.close()
        assert not troubles


def _say(page: Page, text: str) -> None:
    mine, said = page.locator(".said.mine"), page.locator(".said:not(.mine)")
    before = (mine.count(), said.count())
    page.locator("#text").fill(text)
    page.keyboard.press("Enter")
    expect(mine).to_have_count(before[0] + 1)
    expect(said).not_to_have_count(before[1], timeout=10_000)


def test_a_character_is_made_on_a_phone(live: Live, phone: Page) -> None:
    """With a crisis, a pause and a reload on the way."""
    (token,) = at_once(_token)
    phone.goto(f"{live.base_url}/create-character#token={token}")
    expect(phone.locator(".said")).to_have_count(1)
    assert "token" not in phone.url
    for line in TERSE[:4]:
        _say(phone, line)
    expect(phone.locator("#stage-name")).to_have_text("Appearance")
    _say(phone, "I want to kill myself")
    expect(phone.locator("#crisis")).to_be_visible()
    expect(phone.locator("#lines li").first).to_contain_text("findahelpline")
    _say(phone, "I'm safe, let's go on")
    expect(phone.locator("#crisis")).to_be_hidden()
    phone.get_by_role("button", name="Pause").click()
    expect(phone.locator("#status")).to_have_text("Paused")
    phone.reload()
    phone.get_by_role("button", name="Resume").click()
    expect(phone.locator("#status")).to_have_text("Connected")
    expect(phone.locator("#text")).to_be_enabled()
    expect(phone.locator(".said").last).to_contain_text("?")
    for line in TERSE[4:]:
        _say(phone, line)
    expect(phone.locator("#result")).to_contain_text("Ana")
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 360


def test_a_stranger_is_shown_the_door(live: Live, phone: Page) -> None:
    phone.goto(f"{live.base_url}/create-character")
    expect(phone.get_by_role("link", name="Log in")).to_be_visible()


def test_the_token_is_for_whoever_is_logged_in(alice: User) -> None:
    web = WebClient()
    assert web.post("/create-character/token").status_code == 403
    web.force_login(alice)
    assert set(web.post("/create-character/token").json()) >= {"token", "expires_at"}
    assert web.get("/create-character").status_code == 200
