"""Webhooks and their deliveries in the back office"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages

from apps.accounts import actors
from apps.accounts.models import User
from apps.jobs.models import State
from apps.webhooks import health, services
from apps.webhooks.models import Attempt, Delivery, Subscription
from smartsteps.lib import clock
from tests import factories
from tests.admin.conftest import Office
from tests.admin.test_query_counts import queries

LIST = "/admin/webhooks/subscription/"
SENT = "/admin/webhooks/delivery/"


@pytest.fixture
def delivery(alice: User) -> Delivery:
    factories.sent_webhook(alice)
    return Delivery.objects.select_related("subscription").get()


def page(row: Subscription | Delivery, view: str = "change") -> str:
    return f"{LIST if isinstance(row, Subscription) else SENT}{row.pk}/{view}/"


def texts(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_registering_shows_the_secret_once(office: Office, alice: User) -> None:
    browser = office(alice)
    data = {"url": "https://hook.invalid/", "events": ["session.ended", "message.created"]}
    response = browser.post(LIST + "add/", data)
    row = Subscription.objects.get()
    assert (row.owner, row.events) == (alice, data["events"])
    assert row.secret in response.text
    kept = [response.cookies.output(), *texts(response), browser.get(page(row)).text]
    kept += [entry.object_repr + entry.change_message for entry in LogEntry.objects.all()]
    assert not [text for text in kept if row.secret in text]
    rotated = browser.post(page(row, "rotate")).text
    assert row.secret not in rotated
    row.refresh_from_db()
    assert row.secret in rotated


@pytest.mark.parametrize("url", ["http://hook.invalid/", "https://127.0.0.1/", "nonsense"])
def test_a_bad_address_is_refused(office: Office, alice: User, url: str) -> None:
    response = office(alice).post(LIST + "add/", {"url": url, "events": ["session.ended"]})
    assert response.status_code == 200
    assert "errorlist" in response.text
    assert not Subscription.objects.exists()


def test_health_and_log(office: Office, alice: User, delivery: Delivery) -> None:
    Attempt.objects.create(
        subscription=delivery.subscription,
        delivery=delivery,
        at=clock.now(),
        status=500,
        latency_ms=99,
        head="<b>oops</b>",
    )
    browser = office(alice)
    assert "50 % of 2, 12 ms" in browser.get(LIST).text
    shown = browser.get(page(delivery.subscription)).text
    assert "12 ms" in shown
    assert "webhook.ping" in shown
    log = browser.get(page(delivery)).text
    assert "&lt;b&gt;oops&lt;/b&gt;" in log
    assert delivery.delivery_id in log
    assert "500 in 99 ms" in browser.get(SENT).text
    assert "500 in 99 ms" not in browser.get(SENT, {"progress": "failed"}).text


def test_change(office: Office, alice: User, delivery: Delivery) -> None:
    row = delivery.subscription
    data = {"url": "https://new.invalid/", "events": ["client.created"]}
    office(alice).post(page(row), data)
    row.refresh_from_db()
    assert (row.url, row.events) == (data["url"], data["events"])


def test_buttons(office: Office, alice: User, delivery: Delivery) -> None:
    browser, row = office(alice), delivery.subscription
    for view, status in (("pause", "paused"), ("resume", "active")):
        browser.post(page(row, view))
        row.refresh_from_db()
        assert row.status == status
    browser.post(page(row, "test"))
    assert row.deliveries.count() == 2
    window = {"since": "2025-01-01 00:00", "until": "2099-01-01 00:00", "what": "all"}
    response = browser.post(page(row, "replay"), window)
    assert texts(response)[-1] == "1 are sent again."
    assert texts(browser.post(page(row, "replay"), {"since": "x"}))
    browser.post(page(row, "remove"))
    assert not Subscription.objects.exists()


def test_send_again(office: Office, alice: User, delivery: Delivery) -> None:
    browser = office(alice)
    browser.post(page(delivery, "resend"))
    assert Delivery.objects.get().state == State.PENDING
    Delivery.objects.update(state=State.FAILED)
    selected = {"action": "resend_selected", "_selected_action": str(delivery.pk)}
    browser.post(SENT, selected)
    assert Delivery.objects.get().state == State.PENDING


def test_strangers(office: Office, charlie: User, bob: User, delivery: Delivery) -> None:
    row, browser = delivery.subscription, office(charlie)
    for path in (LIST, SENT):
        assert "hook.invalid" not in browser.get(path).text
        assert "hook.invalid" in office(bob).get(path).text
    for path in (page(row), page(delivery)):
        assert browser.get(path).status_code == 302
    for view in ("pause", "rotate", "remove", "replay", "test"):
        assert browser.post(page(row, view)).status_code == 302
    browser.post(page(delivery, "resend"))
    row.refresh_from_db()
    assert (row.status, row.deliveries.get().state) == ("active", State.DONE)


def test_what_is_switched_off_is_on_the_front_page(
    office: Office, alice: User, charlie: User, bob: User, delivery: Delivery
) -> None:
    pk = delivery.subscription_id
    health.note(healthy=set(), failing={pk}, gone={pk})
    for user, shown in ((alice, True), (bob, True), (charlie, False)):
        assert ("A webhook is switched off" in office(user).get("/admin/").text) == shown
    assert "answered 410 Gone" in office(alice).get(page(delivery.subscription)).text


def test_as_many_queries_for_many(office: Office, alice: User, delivery: Delivery) -> None:
    browser, by = office(alice), actors.for_user(alice)
    few = [queries(browser, path) for path in (LIST, SENT, page(delivery.subscription))]
    for _ in range(8):
        factories.sent_webhook(alice)
        services.send_ping(delivery.subscription_id, by=by)
    assert [queries(browser, path) for path in (LIST, SENT, page(delivery.subscription))] == few
    assert max(few) <= 12
