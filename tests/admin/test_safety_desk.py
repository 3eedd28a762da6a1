"""The safety desk, conversations and characters in the back office."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client as Browser

from apps.accounts import actors
from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.characters import responses
from apps.characters import services as characters
from apps.safety.models import SafetyEvent
from apps.sessions import services
from apps.sessions.models import Session
from smartsteps.lib import clock
from tests.characters.test_interview import TERSE

DESK = "/admin/safety/safetyevent/"


def browser(user: User) -> Browser:
    one = Browser()
    one.force_login(user)
    return one


@pytest.fixture
def event(active: Session, by_alice: Actor) -> SafetyEvent:
    services.send_message(
        active.pk, content="I want to kill myself", sender_type="client", by=by_alice
    )
    return SafetyEvent.objects.get()


def test_the_queue_marks_what_is_overdue(event: SafetyEvent, alice: User) -> None:
    page = browser(alice).get(DESK)
    assert page.status_code == 200
    assert "Jane Doe" in page.text
    assert ">overdue<" not in page.text
    SafetyEvent.objects.update(due_at=clock.now() - timedelta(minutes=1))
    assert ">overdue<" in browser(alice).get(DESK).text


def test_from_opened_to_closed(event: SafetyEvent, alice: User) -> None:
    web, url = browser(alice), f"{DESK}{event.pk}/change/"
    assert "kill myself" in web.get(url).text
    web.post(f"{DESK}{event.pk}/acknowledge/")
    web.post(f"{DESK}{event.pk}/escalate/", {"to": "Dr. Night"})
    web.post(f"{DESK}{event.pk}/close/", {"outcome": "nonsense"})
    event.refresh_from_db()
    assert (event.state, event.escalated_to) == ("escalated", "Dr. Night")
    web.post(f"{DESK}{event.pk}/close/", {"outcome": "safe", "note": "Spoke at length."})
    event.refresh_from_db()
    assert (event.state, event.closed_by) == ("closed", alice.email)
    assert "Spoke at length." in web.get(url).text


def test_the_badge_is_on_every_page_and_counts_one_s_own(
    event: SafetyEvent, alice: User, bob: User, charlie: User
) -> None:
    """Also without a script: the count is in the page."""
    for path in ("/admin/", "/admin/clients/client/", DESK, "/admin/password_change/"):
        assert 'data-open="1" data-overdue="0"' in browser(alice).get(path).text, path
    SafetyEvent.objects.update(due_at=clock.now() - timedelta(minutes=1))
    assert "1 open, 1 overdue" in browser(bob).get("/admin/").text
    assert "nothing open" in browser(charlie).get("/admin/").text
    assert "Safety:" not in Browser().get("/admin/login/").text


def test_strangers_see_and_do_nothing(event: SafetyEvent, charlie: User, jane_user: User) -> None:
    for stranger in (charlie, jane_user):
        web = browser(stranger)
        assert "Jane" not in web.get(DESK, follow=True).text
        web.post(f"{DESK}{event.pk}/close/", {"outcome": "safe"})
    event.refresh_from_db()
    assert event.state == "opened"


def test_conversations_and_characters(jane_user: User, alice: User, charlie: User) -> None:
    by = actors.for_user(jane_user)
    row = characters.start_conversation(
        player_id=jane_user.pk, conversation_id="cvone", welcome_id="tone", by=by
    )
    for line in TERSE:
        responses.respond(row.pk, content=line, answering=None, by=by)
    character = row.character
    for path in (f"conversation/{row.pk}", f"character/{character.pk}"):
        assert "grew up in Leeds" in browser(alice).get(f"/admin/characters/{path}/change/").text
        hidden = browser(charlie).get(f"/admin/characters/{path}/change/", follow=True)
        assert "Leeds" not in hidden.text
    for kind in ("conversation", "character"):
        assert "jane" in browser(alice).get(f"/admin/characters/{kind}/").text
        assert browser(charlie).get(f"/admin/characters/{kind}/").status_code == 200
