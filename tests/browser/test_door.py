"""How one comes into the room, and what happens to the link's token."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow, Stage
from tests.browser.window import Window
from tests.live import Live


def test_token_leaves_the_address_and_survives_a_reload(
    client: Window, stage: Stage, live: Live
) -> None:
    expect(client.page.get_by_text("You are in the right place")).to_be_visible()
    assert client.page.url == stage.room
    client.page.reload()
    expect(client.page.get_by_text("You are in the right place")).to_be_visible()
    assert stage.join_token not in live.log("web").read_text()


def test_without_a_link_it_explains(window: OpenWindow, stage: Stage) -> None:
    stranger = window()
    stranger.page.goto(stage.room)
    expect(stranger.page.get_by_role("heading", name="This room opens with a link")).to_be_visible()
    expect(stranger.page.get_by_text("call your local emergency number").first).to_be_visible()


def test_broken_link_says_what_to_do(window: OpenWindow, stage: Stage) -> None:
    late = window()
    late.allowed = ("401",)
    late.page.goto(f"{stage.link}x")
    expect(late.page.get_by_text("Please ask your clinician for a new one")).to_be_visible()


def test_clinician_may_try_the_link_beside_their_own_page(window: OpenWindow, stage: Stage) -> None:
    both = window(stage.cookie)
    both.page.goto(stage.link)
    for _ in range(2):
        expect(both.page.get_by_text("You are in the right place")).to_be_visible()
        both.page.reload()
    both.page.goto("about:blank")
    both.page.goto(stage.room)
    expect(both.button("Start session")).to_be_visible()


def test_invitation_opens_the_room(clinician: Window, window: OpenWindow) -> None:
    clinician.button("Invite client").click()
    link = clinician.page.get_by_label("Link")
    expect(link).not_to_have_value("")
    client = window()
    client.page.goto(link.input_value())
    expect(client.page.get_by_text("You are in the right place")).to_be_visible()
