"""Publishing: numbered, immutable, and only when something differs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from apps.accounts.actors import Actor, system
from apps.personas import services
from apps.personas.models import Persona, PersonaVersion
from apps.personas.professional.content import PersonaContent, read_file
from smartsteps.lib.errors import DomainError
from tests import factories

FILE = services.CATALOGUE / "dr_morgan_hayes.yaml"


def _changed(**changes: object) -> PersonaContent:
    return read_file(FILE).model_copy(update=changes)


def test_it_works(by_alice: Actor) -> None:
    persona = factories.persona("dr_morgan_hayes")
    version = services.publish_version(_changed(description="New"), by=by_alice)
    persona.refresh_from_db()
    assert persona.current_version == version
    assert (version.version, version.description) == (2, "New")
    assert (version.created_by_label, version.origin) == ("alice@example.com", "back_office")
    assert version.as_dict() == _changed(description="New").model_dump(mode="json")


def test_the_same_content_is_no_new_version(by_alice: Actor) -> None:
    factories.persona("dr_morgan_hayes")
    assert services.publish_version(read_file(FILE), by=by_alice).version == 1
    assert PersonaVersion.objects.count() == 1


def test_a_client_may_not(by_alice: Actor) -> None:
    client = Actor(role="client", label="c1", scopes=frozenset())
    with pytest.raises(DomainError) as caught:
        services.publish_version(read_file(FILE), by=client)
    assert caught.value.status == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE personas_personaversion SET description = 'x'",
        "DELETE FROM personas_personaversion",
    ],
)
def test_the_database_refuses_changes(sql: str) -> None:
    persona = factories.persona("dr_morgan_hayes")
    Persona.objects.update(current_version=None)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(sql)
    assert persona.versions.get().description.startswith("Cognitive")


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_get_two_numbers() -> None:
    factories.persona("dr_morgan_hayes")

    def publish(number: int) -> int:
        try:
            content = _changed(description=f"Edit {number}")
            return services.publish_version(content, by=system("test")).version
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(publish, range(8))) == list(range(2, 10))
