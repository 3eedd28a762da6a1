"""The OpenAPI document: whole, valid, with examples, and as it was reviewed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from smartsteps.wire import openapi
from tests import routes
from tests.routes import Operation

SNAPSHOT = Path(__file__).parent.parent / "snapshots" / "openapi.json"
OPERATIONS = routes.operations() + routes.operations(routes.CHARACTERS)
TAGS = {
    *("Authentication", "Clients", "Personas", "Sessions", "Measures", "Analysis", "Webhooks"),
    "Characters",
}
WITHOUT_BODY = {"204"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(openapi.document())
    return parsed


def test_it_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate_schema(document)


def test_it_is_the_reviewed_one() -> None:
    """After a wanted change: UPDATE_SNAPSHOTS=1 make test ARGS=tests/wire/test_openapi.py"""
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_bytes(openapi.document())
    assert SNAPSHOT.read_bytes() == openapi.document()


def test_the_command_writes_it(tmp_path: Path) -> None:
    output = tmp_path / "docs" / "openapi.json"
    call_command("gen_openapi", output=output)
    assert output.read_bytes() == openapi.document()


def test_it_is_served(db: None) -> None:
    response = APIClient().get("/api/openapi.json", headers={"Accept": "*/*"})
    assert response.status_code == 200
    assert json.loads(response.content)["info"]["title"] == "Smart Steps API"


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_each_operation_is_documented(operation: Operation, document: dict[str, Any]) -> None:
    told = document["paths"][operation.documented_path][operation.method]
    assert told["summary"]
    assert told["description"]
    assert set(told["tags"]) <= TAGS
    is_open = operation.route in routes.OPEN
    assert told.get("security", [{}]) == ([{}] if is_open else [{"bearer": []}])
    assert {"401", "403", "429"} <= set(told["responses"]) or is_open


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_each_body_has_examples_that_fit(operation: Operation, document: dict[str, Any]) -> None:
    told = document["paths"][operation.documented_path][operation.method]
    bodies = [
        (status, answer) for status, answer in told["responses"].items()
        if status not in WITHOUT_BODY
    ]  # fmt: skip
    if operation.name in routes.BODIES:
        bodies.append(("request", told["requestBody"]))
    for where, body in bodies:
        content = body["content"]["application/json"]
        assert content["examples"], where
        for example in content["examples"].values():
            _resolved(document, content["schema"]).validate(example["value"])


def test_no_two_operations_have_one_name(document: dict[str, Any]) -> None:
    names = [told["operationId"] for path in document["paths"].values() for told in path.values()]
    assert len(names) == len(set(names))
