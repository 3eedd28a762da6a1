"""The back office in a real browser: quiet console under the strict policy, desk and phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import OpenWindow, Stage
from tests.live import Live

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}
PAGES = (
    "",
    "clients/client/",
    "clients/client/add/",
    "therapy_sessions/session/",
    "therapy_sessions/session/add/",
    "therapy_sessions/session/{session}/change/",
    "therapy_sessions/session/{session}/history/",
    "personas/persona/",
    "password_change/",
)


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_are_quiet_and_fit(
    window: OpenWindow, live: Live, stage: Stage, screen: ViewportSize
) -> None:
    clinician = window(stage.cookie)
    clinician.page.set_viewport_size(screen)
    for path in PAGES:
        address = f"{live.base_url}/admin/{path.format(session=stage.session_id)}"
        clinician.page.goto(address, wait_until="networkidle")
        assert clinician.page.url == address
        assert clinician.fits(), path


def test_a_session_is_planned_led_and_noted(window: OpenWindow, live: Live, stage: Stage) -> None:
    clinician = window(stage.cookie, timezone_id="Asia/Kolkata")
    page = clinician.page
    page.goto(f"{live.base_url}/admin/therapy_sessions/session/add/")
    page.get_by_role("combobox", name="Client").click()
    page.get_by_role("searchbox").press_sequentially("jan")
    page.get_by_role("option", name="Jane Doe").click()
    page.get_by_label("Persona").select_option(label="Dr. Morgan Hayes")
    page.get_by_label("When").fill("2030-05-11T14:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Jane Doe")
    expect(page.get_by_text("11 May 2030, 14:00 with Dr. Morgan Hayes")).to_be_visible()
    page.get_by_label("New note").fill("Arrived early.")
    clinician.button("Add note").click()
    expect(page.get_by_text("Arrived early.")).to_be_visible()
    clinician.button("Start").click()
    page.get_by_text("End…").click()
    clinician.button("End the session").click()
    expect(page.get_by_text("completed", exact=True)).to_be_visible()


def test_a_join_link_opens_the_room(window: OpenWindow, live: Live, stage: Stage) -> None:
    clinician = window(stage.cookie)
    clinician.page.goto(
        f"{live.base_url}/admin/therapy_sessions/session/{stage.session_id}/change/"
    )
    clinician.button("Join link").click()
    link = clinician.page.get_by_label("Link").input_value()
    assert link.partition("#")[0].endswith(f"/room/{stage.session_id}")


def test_the_menu_of_a_phone_works_with_the_keyboard(
    window: OpenWindow, live: Live, stage: Stage
) -> None:
    clinician = window(stage.cookie)
    page = clinician.page
    page.set_viewport_size(PHONE)
    page.goto(f"{live.base_url}/admin/")
    menu = page.get_by_role("navigation", name="Back office")
    expect(menu).to_be_hidden()
    clinician.button("Menu").press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
