"""Personas in the back office."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.personas.models import Persona, PersonaVersion
from tests import factories

LIST = "/admin/personas/persona/"
CHANGE = f"{LIST}dr_morgan_hayes/change/"


@pytest.fixture
def admin(client: Client, alice: User) -> Client:
    factories.persona("dr_morgan_hayes")
    client.force_login(alice)
    return client


def fields(admin: Client) -> dict[str, Any]:
    """What the browser would send if nothing were touched."""
    form = admin.get(CHANGE).context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    formset = {"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0}
    return {name: "" if value is None else value for name, value in data.items()} | formset


def test_the_list_shows_names_and_versions(admin: Client) -> None:
    page = admin.get(LIST).content.decode()
    assert "Dr. Morgan Hayes" in page
    assert "cognitive_behavioral" in page


def test_saving_publishes_a_version_in_the_editors_name(admin: Client) -> None:
    data = fields(admin) | {"description": "Changed", "techniques": "one\n\n two \n"}
    assert admin.post(CHANGE, data).status_code == 302
    version = Persona.objects.get().current_version
    assert version is not None
    assert (version.version, version.description) == (2, "Changed")
    assert version.techniques == ["one", "two"]
    assert version.created_by_label == "alice@example.com"
    before = PersonaVersion.objects.get(version=1)
    assert version.lines == before.lines
    assert "alice@example.com" in admin.get(CHANGE).content.decode()


def test_saving_without_a_change_publishes_nothing(admin: Client) -> None:
    assert admin.post(CHANGE, fields(admin)).status_code == 302
    assert PersonaVersion.objects.count() == 1


def test_it_can_be_taken_off_offer(admin: Client) -> None:
    data = fields(admin)
    del data["is_active"]
    assert admin.post(CHANGE, data).status_code == 302
    assert not Persona.objects.get().is_active


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("lines__questions__anxiety", "Is it?\nNo question.", "Line 2: must end with a question"),
        ("lines__reflections", "a\nb\nc\nd", "Line 1: "),
        ("lines__rhythm", "reflect dance", "Line 1: Input should be"),
        ("communication_style__warmth", "2", "less than or equal to 1"),
        ("lines__follow_ups", "no arrow", "Line 1: Field required"),
        ("lines__openings", "", "This field is required"),
        ("avatar_url", "http://other.example/x.png", "should match pattern"),
    ],
)
def test_a_mistake_is_shown_at_its_field(admin: Client, field: str, text: str, told: str) -> None:
    response = admin.post(CHANGE, fields(admin) | {field: text})
    assert response.status_code == 200
    assert told in " ".join(response.context["adminform"].form.errors[field])
    assert PersonaVersion.objects.count() == 1


def test_a_new_persona_can_be_made(admin: Client) -> None:
    data = fields(admin) | {"persona_id": "new_one", "name": "New One"}
    assert admin.post(f"{LIST}add/", data).status_code == 302
    persona = Persona.objects.get(pk="new_one")
    assert persona.current_version is not None
    assert persona.current_version.name == "New One"


def test_versions_are_only_read(admin: Client) -> None:
    version = PersonaVersion.objects.get()
    url = f"/admin/personas/personaversion/{version.pk}"
    assert admin.get(f"{url}/change/").status_code == 200
    assert admin.post(f"{url}/change/", {"name": "x"}).status_code == 403
    assert admin.post(f"{url}/delete/", {"post": "yes"}).status_code == 403
    assert admin.post(f"{LIST}dr_morgan_hayes/delete/", {"post": "yes"}).status_code == 403


def test_nobody_else_comes_in(admin: Client, client: Client) -> None:
    admin.logout()
    assert client.get(LIST).status_code == 302
