"""A clinician's walk from the end of a session to its brief, and a client's questionnaire."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.window import Window

SAID = "I was so anxious before the meeting that I couldn't sleep."
DONE = "I tried the breathing twice and wrote my worries down."
TRIES = 20


def read_when_made(page: Page) -> None:
    """The worker makes the summary after the session's end; the page says that it is on its way."""
    for _ in range(TRIES):
        if page.get_by_text("By rules, without a language model").is_visible():
            return
        page.wait_for_timeout(250)
        page.reload()
    raise AssertionError("no summary was made")


def test_from_the_end_to_the_brief(started: tuple[Window, Window]) -> None:
    client, clinician = started
    for text in (SAID, DONE):
        client.say(text)
        expect(clinician.messages.filter(has_text=text)).to_be_visible()
    clinician.button("End session").click()
    clinician.page.locator("#ask-yes").click()
    clinician.page.get_by_role("link", name="Read the summary").click()
    page = clinician.page
    read_when_made(page)
    expect(page.get_by_role("heading", name="Key points")).to_be_visible()
    page.get_by_role("link", name="read", exact=True).first.click()
    expect(page).to_have_url(re.compile(r"#m\w+$"))
    expect(page.locator(".bubble:target")).to_be_in_viewport()
    assert clinician.fits()
    page.get_by_role("link", name="Brief").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Brief: Jane Doe")
    expect(page.get_by_text("Nobody has recorded yet")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Coping strategies used"))).to_be_visible()
    assert clinician.fits()


def test_a_client_fills_in_a_questionnaire(started: tuple[Window, Window]) -> None:
    client, _ = started
    page = client.page
    client.button("Questionnaires").click()
    client.button("9 questions (PHQ-9)").click()
    for item in page.locator("#measure .item").all():
        item.get_by_label("Several days").check()
    client.button("Send my answers").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(page.locator(".support")).to_contain_text("findahelpline.com")
    client.button("Close").click()
    expect(page.locator("#measure")).to_be_hidden()
