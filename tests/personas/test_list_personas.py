"""GET /api/v1/personas"""

from __future__ import annotations

from apps.accounts import services as accounts
from apps.accounts.actors import for_user
from apps.accounts.models import User
from apps.personas import services
from tests import factories
from tests.conftest import Api

URL = "/api/v1/personas"


def test_it_works(api: Api, alice: User) -> None:
    factories.persona("dr_morgan_hayes")
    factories.persona("dr_alex_rivera")
    response = api(alice).get(URL)
    assert response.status_code == 200
    assert response.json() == {
        "personas": [
            {
                "persona_id": "dr_alex_rivera",
                "name": "Dr. Alex Rivera",
                "type": "analyst",
                "specialization": "behavioral",
                "description": "Behavioral Analyst focusing on observable behaviors and "
                "reinforcement patterns",
            },
            {
                "persona_id": "dr_morgan_hayes",
                "name": "Dr. Morgan Hayes",
                "type": "therapist",
                "specialization": "cognitive_behavioral",
                "description": "Cognitive Behavioral Therapist specializing in anxiety and "
                "depression",
            },
        ]
    }


def test_without_a_credential_it_is_refused(api: Api, db: None) -> None:
    assert api(None).get(URL).status_code == 401


def test_a_key_needs_the_scope(api: Api, alice: User) -> None:
    key = accounts.issue_api_key(user=alice, name="k", scopes=["clients:read"], expires_at=None)
    response = api(key.key).get(URL)
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "permission_denied"


def test_a_persona_off_offer_is_left_out(api: Api, alice: User) -> None:
    factories.persona("dr_morgan_hayes")
    services.set_on_offer("dr_morgan_hayes", False, by=for_user(alice))
    assert api(alice).get(URL).json() == {"personas": []}


def test_it_takes_two_queries_more_for_no_number_of_personas(
    api: Api, alice: User, django_assert_max_num_queries: object
) -> None:
    client = api(alice)
    for path in services.CATALOGUE.glob("*.yaml"):
        factories.persona(path.stem)
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        assert len(client.get(URL).json()["personas"]) >= 7
