"""The other pages in a real browser: nothing breaks the content security policy."""

from __future__ import annotations

from playwright.sync_api import expect

from apps.accounts import tokens
from apps.accounts.models import User
from tests.browser.conftest import OpenWindow, Stage, apart
from tests.live import Live

PASSWORD = "correct-horse-battery-9"


def test_front_leads_to_the_room(window: OpenWindow, stage: Stage, live: Live) -> None:
    clinician = window(stage.cookie)
    clinician.page.goto(live.base_url)
    clinician.page.get_by_role("link", name="Jane Doe").click()
    expect(clinician.button("Start session")).to_be_visible()


def test_api_docs_work_offline(window: OpenWindow, stage: Stage, live: Live) -> None:
    reader = window()
    reader.page.goto(f"{live.base_url}/api/docs")
    expect(reader.page.locator(".opblock-tag").first).to_be_visible()
    reader.page.locator(".opblock-summary-control").first.click()
    expect(reader.page.locator(".opblock-body").first).to_be_visible()


def test_new_password_by_link(window: OpenWindow, stage: Stage, live: Live) -> None:
    token = apart(lambda: tokens.reset_token(User.objects.get(username=stage.username)))
    alice = window()
    alice.page.goto(f"{live.base_url}/reset-password#{token}")
    alice.page.get_by_label("New password").fill(PASSWORD)
    assert token not in alice.page.url
    alice.button("Set the password").click()
    expect(alice.page.get_by_text("Done. You can log in now.")).to_be_visible()
    alice.page.goto(f"{live.base_url}/admin/login/?next=/")
    alice.page.get_by_label("User name or e-mail address").fill(stage.username)
    alice.page.get_by_label("Password").fill(PASSWORD)
    alice.button("Log in").click()
    expect(alice.page.get_by_role("heading", name="Running and coming sessions")).to_be_visible()


def test_weak_password_is_explained(window: OpenWindow, stage: Stage, live: Live) -> None:
    token = apart(lambda: tokens.reset_token(User.objects.get(username=stage.username)))
    alice = window()
    alice.allowed = ("422",)
    alice.page.goto(f"{live.base_url}/reset-password#{token}")
    alice.page.get_by_label("New password").fill("password")
    alice.button("Set the password").click()
    expect(alice.page.locator("#outcome")).to_contain_text("too common")
