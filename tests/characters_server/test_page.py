"""/create-character in Chromium, against the project as it is deployed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client as WebClient
from playwright.sync_api import Browser, Page, expect

from apps.accounts import services as accounts
from apps.accounts.models import User
from smartsteps.lib.ids import new_id
from tests.browser.window import AWAY, browser
from tests.characters.player import TERSE
from tests.conftest import Api
from tests.live import Live
from tests.threads import at_once

PASSWORD = "correct-horse-9"
STATE = "/api/conversations/cvnobodys/state"


def _player() -> User:
    name = new_id("p")
    user = accounts.create_user(
        username=name, email=f"{name}@example.com", role="client", password=PASSWORD
    )
    # As the live server hashes it, where the tests' own hasher is unknown.
    user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    user.save(update_fields=["password"])
    return user


def _token() -> str:
    return accounts.open_login(user=_player()).token


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """From the first test that asks for it: what comes before may run loops of its own."""
    with browser() as one:
        yield one


@pytest.fixture
def phone(live: Live, chromium: Browser) -> Iterator[Page]:
    one = chromium.new_page(viewport={"width": 360, "height": 740}, has_touch=True)
    troubles: list[Any] = []
    one.on("console", lambda said: troubles.append(said.text) if said.type == "error" else 0)
    one.on("pageerror", lambda error: troubles.append(str(error)))
    yield one
    one.close()
    assert [each for each in troubles if not any(away in each for away in AWAY)] == []


def _say(page: Page, text: str) -> None:
    mine, said = page.locator(".message.client"), page.locator(".message.persona")
    before = (mine.count(), said.count())
    page.locator("#text").fill(text)
    page.keyboard.press("Enter")
    expect(mine).to_have_count(before[0] + 1)
    expect(said).not_to_have_count(before[1], timeout=10_000)


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def _is_at_end(page: Page) -> bool:
    rest = "e => e.scrollHeight - e.scrollTop - e.clientHeight"
    return bool(page.locator("#scroller").evaluate(rest) < 2)


def test_the_token_is_for_whoever_is_logged_in_and_ends_with_that(api: Api, alice: User) -> None:
    web = WebClient()
    assert web.post("/page-token").status_code == 403
    web.force_login(alice)
    issued = web.post("/page-token").json()
    assert set(issued) >= {"token", "expires_at"}
    assert web.get("/create-character").status_code == 200
    assert api(issued["token"]).get(STATE).status_code == 404
    web.logout()
    assert api(issued["token"]).get(STATE).status_code == 401


def test_a_character_is_made_on_a_phone(live: Live, phone: Page) -> None:
    """With a crisis, a pause, a reload and a correction on the way."""
    (token,) = at_once(_token)
    phone.goto(f"{live.base_url}/create-character#token={token}")
    expect(phone.locator(".message")).to_have_count(1)
    assert "token" not in phone.url
    _press(phone, "OK, let's start")
    expect(phone.locator(".message")).to_have_count(3)
    for line in TERSE[1:4]:
        _say(phone, line)
    expect(phone.locator("#stage-name")).to_have_text("How you look")
    expect(phone.locator("#stage-count")).to_have_text("Step 3 of 13")
    _say(phone, "I want to kill myself")
    expect(phone.locator("#crisis")).to_be_visible()
    expect(phone.locator("#lines a").first).to_have_attribute("href", "https://findahelpline.com")
    _say(phone, "I'm safe, let's go on")
    expect(phone.locator("#crisis")).to_be_hidden()
    _press(phone, "Pause")
    expect(phone.locator("#banner")).to_contain_text("Paused")
    phone.reload()
    _press(phone, "Go on")
    expect(phone.locator("#banner")).to_be_empty()
    expect(phone.locator(".message").last).to_contain_text("?")
    for line in TERSE[4:-1]:
        _say(phone, line)
    assert _is_at_end(phone)
    phone.get_by_role("button", name="Change: Name").click()
    expect(phone.locator(".message.persona").last).to_contain_text("name")
    _say(phone, "Anna")
    _press(phone, "Yes, that's right")
    expect(phone.locator("#result")).to_contain_text("Anna")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.reload()
    expect(phone.locator("#result")).to_contain_text("Anna")
    _press(phone, "Delete it")
    phone.locator("#sure-erase").get_by_role("button", name="Delete it").click()
    expect(phone.locator(".message")).to_have_count(1)


def test_the_log_in_and_the_keyboard(live: Live, phone: Page) -> None:
    (player,) = at_once(_player)
    phone.goto(f"{live.base_url}/create-character")
    expect(phone.locator("#username")).to_be_focused()
    phone.keyboard.type(player.username)
    phone.keyboard.press("Tab")
    phone.keyboard.type(PASSWORD)
    phone.keyboard.press("Enter")
    expect(phone.locator(".message")).to_have_count(1)
    phone.locator("#text").focus()
    phone.keyboard.type("hi")
    phone.keyboard.press("Enter")
    expect(phone.locator(".message")).to_have_count(3)
    _press(phone, "Stop")
    phone.keyboard.press("Escape")
    expect(phone.locator("#stage-count")).to_have_text("Step 2 of 13")
    _press(phone, "Stop")
    phone.locator("#sure").get_by_role("button", name="Start over").click()
    expect(phone.locator(".message")).to_have_count(1)


def test_the_server_is_killed_in_the_middle(live: Live, phone: Page) -> None:
    """The page comes back by itself, with all that was said, and the talk goes on."""
    (token,) = at_once(_token)
    phone.goto(f"{live.base_url}/create-character#token={token}")
    expect(phone.locator(".message")).to_have_count(1)
    for line in TERSE[:7]:
        _say(phone, line)
    live.restart("web")
    expect(phone.locator(".message").last).to_contain_text(
        re.compile("Welcome back|see you again"), timeout=20_000
    )
    for line in TERSE[7:]:
        _say(phone, line)
    expect(phone.locator("#result")).to_contain_text("Ana")
