"""A session held in two browser windows."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from apps.sessions.models import Message
from tests.browser.conftest import OpenWindow, Stage, apart
from tests.browser.window import AWAY, Window
from tests.live import Live

Two = tuple[Window, Window]
WITHIN_S = 20_000


def test_client_waits_until_the_clinician_starts(client: Window, clinician: Window) -> None:
    expect(client.page.get_by_text("You are in the right place")).to_be_visible()
    expect(client.page.get_by_text("is an AI persona, not a person")).to_be_visible()
    expect(client.composer).to_be_hidden()
    clinician.button("Start session").click()
    expect(client.composer).to_be_focused()
    expect(client.status).to_have_text("In session")


def test_typing_is_seen_and_ends(started: Two) -> None:
    client, clinician = started
    client.composer.press_sequentially("He")
    expect(clinician.typing).to_contain_text("Jane Doe is typing")
    expect(client.typing).to_be_empty()
    expect(clinician.typing).to_be_empty(timeout=6000)


def test_persona_answers_the_client(started: Two) -> None:
    client, clinician = started
    client.say("I could not sleep again.")
    for one in started:
        expect(one.messages).to_have_count(2)
        expect(one.page.locator("#log .persona .speaker b")).to_have_text("Dr. Morgan Hayes")
        expect(one.page.locator("#log .persona .badge")).to_have_text("AI")
        expect(one.typing).to_be_empty()
    answer = client.messages.last.inner_text()
    clinician.sees("I could not sleep again.", answer)


def test_facilitator_and_persona_are_told_apart(started: Two) -> None:
    client, clinician = started
    clinician.say("I am here too.")
    client.sees("I am here too.")
    clinician.page.get_by_label("Dr. Morgan Hayes").check()
    expect(clinician.page.get_by_text("The client will read it as")).to_be_visible()
    clinician.say("What brings you here?")
    client.sees("I am here too.", "What brings you here?")
    speakers = client.page.locator("#log .speaker b")
    expect(speakers).to_have_text(["Your clinician", "Dr. Morgan Hayes"])


def test_note_reaches_the_care_team_only(started: Two, window: OpenWindow, stage: Stage) -> None:
    client, clinician = started
    colleague = window(stage.cookie)
    colleague.page.goto(stage.room)
    expect(colleague.button("End session")).to_be_visible()
    clinician.page.get_by_label("New note").fill("Sleeps badly")
    clinician.button("Add note").click()
    for staff in (clinician, colleague):
        expect(staff.page.locator(".note .words")).to_have_text(["Sleeps badly"])
    assert "Sleeps badly" not in client.page.content()


def test_end_is_asked_and_seen_by_both(started: Two) -> None:
    _, clinician = started
    clinician.button("End session").click()
    clinician.page.get_by_role("dialog").get_by_role("button", name="End session").click()
    for one in started:
        expect(one.page.get_by_text("The session has ended")).to_be_visible()
        expect(one.composer).to_be_hidden()
    expect(clinician.button("End session")).to_be_hidden()


def test_killed_server_costs_nothing(started: Two, live: Live) -> None:
    client, clinician = started
    client.allowed = clinician.allowed = (*client.allowed, *AWAY)
    clinician.say("before")
    client.sees("before")
    live.kill("web")
    for one in started:
        expect(one.banner).to_contain_text("Reconnecting")
    clinician.say("meanwhile")
    expect(clinician.page.locator(".delivery")).to_contain_text("Not sent yet")
    live.start("web")
    for one in started:
        expect(one.messages).to_have_text(["before", "meanwhile"], timeout=WITHIN_S)
        expect(one.banner).to_be_empty(timeout=WITHIN_S)
    clinician.say("after")
    client.sees("before", "meanwhile", "after")


def test_written_offline_is_sent_once(started: Two) -> None:
    _, clinician = started
    clinician.allowed = (*clinician.allowed, *AWAY)
    clinician.page.context.set_offline(True)
    expect(clinician.banner).to_contain_text("Reconnecting")
    clinician.say("from the tunnel")
    clinician.page.wait_for_timeout(500)
    clinician.page.context.set_offline(False)
    for one in started:
        one.sees("from the tunnel")
    expect(clinician.page.locator(".delivery")).to_have_count(0)


def test_unsent_message_survives_leaving_the_page(started: Two, stage: Stage) -> None:
    client, clinician = started
    clinician.allowed = (*clinician.allowed, *AWAY)
    clinician.page.context.set_offline(True)
    expect(clinician.banner).to_contain_text("Reconnecting")
    clinician.say("kept")
    clinician.page.goto("about:blank")
    clinician.page.context.set_offline(False)
    clinician.page.goto(stage.room)
    for one in (clinician, client):
        one.sees("kept")


def test_lost_confirmation_does_not_double(
    window: OpenWindow, stage: Stage, clinician: Window
) -> None:
    clinician.button("Start session").click()
    client = window()
    client.swallow_first("new_message")
    client.page.goto(stage.link)
    client.say("only once")
    for one in (client, clinician):
        expect(one.page.locator("#log .client .words")).to_have_text(["only once"])
    expect(client.page.locator(".pending")).to_have_count(0)
    assert (
        apart(
            lambda: Message.objects.filter(session=stage.session_id, sender_type="client").count()
        )
        == 1
    )


def test_words_are_never_markup(started: Two) -> None:
    client, clinician = started
    attack = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script>'
    clinician.say(attack)
    client.sees(attack)
    clinician.page.get_by_label("New note").fill(attack)
    clinician.button("Add note").click()
    expect(clinician.page.locator(".note .words")).to_have_text([attack])
    for one in started:
        assert one.page.evaluate("window.hacked") is None


def test_log_out_closes_the_room(started: Two, live: Live) -> None:
    client, clinician = started
    other_tab = clinician.page.context.new_page()
    other_tab.goto(live.base_url)
    other_tab.get_by_role("button", name="Log out").click()
    clinician.allowed = (*clinician.allowed, "403")
    expect(clinician.page.get_by_text("You have been logged out")).to_be_visible()
    expect(client.composer).to_be_visible()


def test_danger_shows_the_client_lines_and_staff_their_desk(
    started: Two, window: OpenWindow, live: Live, stage: Stage
) -> None:
    """The client's card, the clinician's notice, and the back office, all without a reload."""
    client, clinician = started
    desk = window(stage.cookie)
    desk.page.goto(f"{live.base_url}/admin/safety/safetyevent/")
    badge, queue = desk.page.locator("#desk"), desk.page.locator("#changelist-form")
    expect(badge).to_have_text(re.compile("nothing open"))
    expect(badge).to_have_attribute("data-live", "joined")
    client.page.set_viewport_size({"width": 390, "height": 700})
    client.say("I want to kill myself")
    card, notice = client.page.locator("#crisis"), clinician.page.locator("#danger")
    expect(card).to_be_visible()
    expect(card.get_by_role("link", name="https://findahelpline.com")).to_be_visible()
    expect(client.composer).to_be_focused()
    answer = client.page.locator("#log article").filter(has_text="findahelpline")
    expect(answer.locator("> :first-child")).to_be_in_viewport()  # the rest is longer than this
    expect(notice).to_contain_text("Sign of danger: high, suicidal ideation.")
    expect(clinician.page.locator("#crisis")).to_be_hidden()
    expect(badge).to_have_text(re.compile("1 open"))
    expect(desk.page.locator("#desk-news")).to_contain_text("A new sign of danger")
    expect(queue).to_contain_text("Jane Doe")
    client.tab_to("Close", "Shift+Tab")
    client.page.keyboard.press("Enter")
    expect(card).to_be_hidden()
    expect(client.button("Help lines")).to_be_focused()
    client.page.keyboard.press("Enter")
    expect(card).to_be_focused()
    client.page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    client.page.reload()
    expect(card).to_be_visible()
    desk.page.get_by_role("checkbox", name="Select this object").check()
    desk.page.locator("select[name=action]").select_option(label="Acknowledge")
    desk.button("Go").click()
    expect(notice).to_contain_text("It is acknowledged.")
    desk.page.locator("#result_list tbody a").first.click()
    desk.page.get_by_label("Note").fill("Spoken on the phone.")
    desk.button("Close the event").click()
    expect(notice).to_be_hidden()
    expect(badge).to_have_text(re.compile("nothing open"))
