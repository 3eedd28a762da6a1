"""The room by keyboard alone, on a phone, and with a long history."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from apps.sessions.models import Message, Session
from smartsteps.lib import clock
from tests.browser.conftest import OpenWindow, Stage, apart
from tests.browser.window import Window

LONG = 2000
OPEN_WITHIN_S = 8  # generous: two cores, shared with the servers under test


def test_keyboard_alone(client: Window, clinician: Window) -> None:
    clinician.tab_to("Start session")
    clinician.page.keyboard.press("Enter")
    expect(client.composer).to_be_focused()
    client.page.keyboard.type("one")
    client.page.keyboard.press("Shift+Enter")
    client.page.keyboard.type("two")
    client.page.keyboard.press("Enter")
    clinician.sees("one\ntwo")
    clinician.tab_to("End session")
    clinician.page.keyboard.press("Enter")
    expect(clinician.button("No, go back")).to_be_focused()
    clinician.page.keyboard.press("Tab")
    clinician.page.keyboard.press("Enter")
    expect(client.page.get_by_text("The session has ended")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_scrolls_in_one_direction_only(window: OpenWindow, stage: Stage, scheme: str) -> None:
    client, clinician = (
        window(cookie, color_scheme=scheme, reduced_motion="reduce")
        for cookie in (None, stage.cookie)
    )
    for one, address in ((client, stage.link), (clinician, stage.room)):
        one.page.set_viewport_size({"width": 360, "height": 640})
        one.page.goto(address)
        assert one.fits()
    clinician.button("Start session").click()
    clinician.say("unbroken" * 60)
    clinician.say("كيف حالك اليوم؟")
    expect(client.messages).to_have_count(2)
    assert client.messages.nth(1).evaluate("node => getComputedStyle(node).direction") == "rtl"
    clinician.button("Notes").click()
    expect(clinician.page.get_by_label("New note")).to_be_focused()
    assert client.fits()
    assert clinician.fits()


def _talk_at_length(session_id: str) -> None:
    session = Session.objects.get(pk=session_id)
    moment = clock.now()
    Message.objects.bulk_create(
        Message(
            session=session,
            number=number,
            sender_type="facilitator",
            sender_id="alice",
            content=f"message {number}",
            timestamp=moment,
        )
        for number in range(1, LONG + 1)
    )
    Session.objects.filter(pk=session_id).update(message_count=LONG)


def test_long_history_opens_fast_and_at_its_end(
    window: OpenWindow, stage: Stage, clinician: Window
) -> None:
    clinician.button("Start session").click()
    expect(clinician.composer).to_be_visible()
    apart(lambda: _talk_at_length(stage.session_id))
    client = window()
    began = time.monotonic()
    client.page.goto(stage.link)
    expect(client.messages.last).to_have_text(f"message {LONG}")
    expect(client.messages.last).to_be_in_viewport()
    assert time.monotonic() - began < OPEN_WITHIN_S
    assert client.messages.count() == LONG
    clinician.say("and one more")
    expect(client.messages.last).to_have_text("and one more")
    expect(client.messages.last).to_be_in_viewport()
