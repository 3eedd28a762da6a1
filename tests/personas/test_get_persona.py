"""GET /api/v1/personas/{id}"""

from __future__ import annotations

import pytest
from django.contrib.staticfiles import finders

from apps.accounts.actors import for_user
from apps.accounts.models import User
from apps.personas import services
from tests import factories
from tests.conftest import Api

URL = "/api/v1/personas/dr_morgan_hayes"


def test_it_works(api: Api, alice: User) -> None:
    factories.persona("dr_morgan_hayes")
    response = api(alice).get(URL)
    assert response.status_code == 200
    body = response.json()
    assert body.pop("background").startswith("Dr. Hayes has a background in clinical psychology")
    assert body.pop("approach").startswith("Dr. Hayes uses a collaborative, structured approach")
    assert body.pop("avatar_url").endswith("/static/avatars/dr_morgan_hayes.svg")
    assert body == {
        "persona_id": "dr_morgan_hayes",
        "name": "Dr. Morgan Hayes",
        "type": "therapist",
        "specialization": "cognitive_behavioral",
        "description": "Cognitive Behavioral Therapist specializing in anxiety and depression",
        "techniques": [
            "cognitive restructuring",
            "behavioral activation",
            "mindfulness",
            "graded exposure",
        ],
        "suitable_for": ["anxiety", "depression", "stress management", "phobias"],
        "voice_settings": {"pitch": "medium", "rate": "medium", "style": "professional"},
        "communication_style": {
            "formality": 0.7,
            "directiveness": 0.6,
            "warmth": 0.8,
            "complexity": 0.5,
        },
    }


@pytest.mark.parametrize("path", sorted(services.CATALOGUE.glob("*.yaml")), ids=lambda p: p.stem)
def test_each_avatar_is_served(path: object, api: Api, alice: User) -> None:
    stem = path.stem  # type: ignore[attr-defined]
    factories.persona(stem)
    url = api(alice).get(f"/api/v1/personas/{stem}").json()["avatar_url"]
    assert url.startswith("http")
    assert finders.find(url.partition("/static/")[2])


@pytest.mark.parametrize("persona_id", ["nobody", "dr_morgan_hayes%00", "../etc", "é" * 300])
def test_an_unknown_one_is_not_found(api: Api, alice: User, persona_id: str) -> None:
    response = api(alice).get(f"/api/v1/personas/{persona_id}")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "resource_not_found"


def test_one_off_offer_is_not_found(api: Api, alice: User) -> None:
    factories.persona("dr_morgan_hayes")
    services.set_on_offer("dr_morgan_hayes", False, by=for_user(alice))
    assert api(alice).get(URL).status_code == 404


def test_without_a_credential_it_is_refused(api: Api, db: None) -> None:
    assert api(None).get(URL).status_code == 401
