"""Browsers in the back office, and a Jane with something to give away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client as Browser

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients import services as clients
from apps.clients.models import Client
from apps.sessions import services as sessions
from apps.sessions.models import Session

Office = Callable[[User], Browser]


@pytest.fixture
def office() -> Office:
    """The browser of somebody who has logged in."""

    def browser_of(user: User) -> Browser:
        browser = Browser()
        browser.force_login(user)
        return browser

    return browser_of


@dataclass(frozen=True)
class Secrets:
    session: Session
    canaries: tuple[str, ...]


@pytest.fixture
def secrets(jane: Client, active: Session, by_alice: Actor) -> Secrets:
    """Jane's session with a message, a note, a goal and a consent that only alice may read.

    What gives her away is long, since cookies are full of random letters.
    """
    names = {"first_name": "Canaryjane", "last_name": "Canarydoe"}
    clients.update_client(jane.pk, changes=names, by=by_alice)
    sessions.update_session(active.pk, changes={"goals": ["canary-goal"]}, by=by_alice)
    sessions.send_message(active.pk, content="canary-message", sender_type="client", by=by_alice)
    sessions.add_note(active.pk, content="canary-note", by=by_alice)
    clients.record_consent(
        jane.pk, kind="ai_processing", granted=True, note="canary-consent", by=by_alice
    )
    canaries = ("Canary", "canary-", "jane.doe@example", "234-567-8901", "alice@example")
    return Secrets(active, canaries)
