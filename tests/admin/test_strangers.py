"""Charlie goes to every address of the back office, and finds nothing of Jane's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver

from apps.accounts.models import User
from apps.clients.models import CareAssignment, Client
from apps.sessions.models import Message, Note, Session
from tests.admin.conftest import Office, Secrets


def patterns(urls: list[Any], prefix: str = "/admin/") -> Iterator[tuple[str, list[str]]]:
    """All addresses as templates, each with the names of its parameters."""
    for entry in urls:
        route = str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns, prefix + route)
        elif isinstance(entry, URLPattern):
            yield prefix + route, list(entry.pattern.converters)


def addresses(ids: list[str]) -> Iterator[str]:
    for template, parameters in patterns(admin.site.urls[0]):
        if "(?P<" in template:  # the application index and Django's catch-all
            continue
        if not parameters:
            yield template
        for value in ids if parameters else []:
            path = template
            for name in parameters:
                path = path.replace(f"<path:{name}>", value)
            assert "<" not in path, f"tell this test how to fill {template}"
            yield path


QUERIES = (
    "?q=cana",
    "?q=canaryd",
    "?q=jane.doe",
    "?client__id__exact={client}",
    "?client={client}",
    "?_popup=1&_to_field=id&q=cana",
    "?id__exact={client}",
    "?app_label=therapy_sessions&model_name=session&field_name=client&term=cana",
    "?app_label=clients&model_name=consent&field_name=client&term=",
    "?app_label=therapy_sessions&model_name=note&field_name=session&term=",
)


@pytest.fixture
def stranger(office: Office, charlie: User) -> Browser:
    return office(charlie)


def seen(response: Any) -> str:
    """All that reaches the browser: body, target of a redirect, cookies."""
    body = b"".join(response) if response.streaming else response.content
    return f"{body.decode()} {response.headers.get('Location')} {response.cookies.output()}"


def test_no_page_tells(stranger: Browser, jane: Client, secrets: Secrets) -> None:
    ids = [jane.pk, secrets.session.pk, Message.objects.get().pk, Note.objects.get().pk]
    ids += [str(row.pk) for row in CareAssignment.objects.all()]
    pages = list(addresses(ids))
    lists = [path for path in pages if not any(object_id in path for object_id in ids)]
    searches = [path + query.format(client=jane.pk) for path in lists for query in QUERIES]
    popups = [f"{path}?_popup=1&_to_field=id" for path in pages]
    assert len(lists) >= 15
    for path in (*pages, *popups, *searches):
        told = seen(stranger.get(path))
        assert [canary for canary in secrets.canaries if canary in told] == [], path


def test_no_button_works(stranger: Browser, jane: Client, secrets: Secrets) -> None:
    before = state(secrets.session)
    data = {"content": "x", "granted": "no", "kind": "ai_processing", "first_name": "Mallory"}
    data |= {"last_name": "M", "action": "end_selected", "_selected_action": secrets.session.pk}
    for path in addresses([jane.pk, secrets.session.pk]):
        if "logout" in path or "password_change" in path:
            continue
        told = seen(stranger.post(path, {**data, "index": "0"}))
        assert [canary for canary in secrets.canaries if canary in told] == [], path
    assert state(secrets.session) == before


def state(session: Session) -> tuple[Any, ...]:
    session.refresh_from_db()
    client = Client.objects.get(pk=session.client_id)
    counts = client.consents.count(), session.notes.count(), client.care.count()
    return session.status, client.first_name, client.updated_at, session.updated_at, *counts


@pytest.mark.parametrize("view", ["change/", "history/", "delete/", "start/", "note/", "consent/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_s_is_like_an_unknown_one(
    stranger: Browser, secrets: Secrets, view: str, method: str
) -> None:
    base = "/admin/therapy_sessions/session/"
    if view == "consent/":
        base, known = "/admin/clients/client/", secrets.session.client_id
    else:
        known = secrets.session.pk
    answers = []
    for object_id in (known, "z" + known[1:]):
        response = getattr(stranger, method)(f"{base}{object_id}/{view}")
        answers.append((response.status_code, seen(response).replace(object_id, "ID")))
    assert strip(answers[0]) == strip(answers[1])


def strip(answer: tuple[int, str]) -> tuple[int, str]:
    """Cookies and request ids differ from one answer to the next."""
    return answer[0], answer[1].partition("Set-Cookie")[0].partition("Request ")[0]


def test_a_session_can_t_be_planned_for_another_s_client(
    stranger: Browser, jane: Client, session: Session
) -> None:
    response = stranger.post(
        "/admin/therapy_sessions/session/add/",
        {"client": jane.pk, "persona": session.persona_id, "duration_minutes": "30", "goals": ""},
    )
    assert response.status_code == 200
    assert "client" in response.context["errors"][0] or response.context["errors"]
    assert Session.objects.count() == 1


def test_care_that_ended_ends_the_sight(office: Office, alice: User, jane: Client) -> None:
    browser = office(alice)
    path = f"/admin/clients/client/{jane.pk}/change/"
    assert browser.get(path).status_code == 200
    CareAssignment.objects.all().delete()
    assert browser.get(path).status_code == 302
