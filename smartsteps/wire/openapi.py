"""What the apps' `schema` modules say about their operations, as OpenAPI 3.1.

Answers are described by the specs' own examples: `like` makes the schema that an example
stands for, so an example can't disagree with its schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import normalize_result_object
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.serializers import CharField, DictField, Serializer

from smartsteps.wire.serializers import QuerySerializer, StrictSerializer

V = TypeVar("V")
Schema = dict[str, Any]
FORMATS = (
    ("date-time", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("uri", re.compile(r"https?://\S+")),
)
KINDS: dict[type, str] = {bool: "boolean", int: "integer", float: "number", type(None): "null"}


@dataclass(frozen=True)
class Loose:
    """Names of fields that may be null, may be missing, or hold what the caller likes."""

    nullable: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()


def loose(*, nullable: str = "", optional: str = "", free: str = "metadata") -> Loose:
    """Each a list of names with spaces between."""
    return Loose(*(frozenset(names.split()) for names in (nullable, optional, free)))


def _text(example: str) -> Schema:
    for name, pattern in FORMATS:
        if pattern.fullmatch(example):
            return {"type": "string", "format": name}
    return {"type": "string"}


def _object(example: dict[str, Any], but: Loose) -> Schema:
    properties = {name: _field(name, value, but) for name, value in example.items()}
    required = [name for name in example if name not in but.optional]
    return {"type": "object", "properties": properties, "required": required}


def _field(name: str, value: Any, but: Loose) -> Schema:
    schema: Schema = {"type": "object"} if name in but.free else like(value, but)
    if name in but.nullable:
        schema["type"] = [schema["type"], "null"]
    return schema


def like(example: Any, but: Loose) -> Schema:
    if isinstance(example, dict):
        return _object(example, but)
    if isinstance(example, list):
        return {"type": "array", "items": like(example[0], but) if example else {}}
    if isinstance(example, str):
        return _text(example)
    return {"type": KINDS[type(example)]}


def _error(code: str, message: str, **details: Any) -> dict[str, Any]:
    error = {"code": code, "message": message, "details": details, "request_id": REQUEST_ID}
    return {"error": error}


REQUEST_ID = "req4f0c2m9x7kq1z8ab"
ERRORS = {
    400: _error("invalid_request", "The body is not valid JSON"),
    401: _error("authentication_error", "Valid credentials are required"),
    403: _error("permission_denied", "This needs the scope sessions:write"),
    404: _error("resource_not_found", "Resource not found"),
    409: _error("conflict", "The session is completed", status="completed"),
    413: _error("payload_too_large", "The request is too large"),
    422: _error(
        "validation_error",
        "duration_minutes: A valid integer is required.",
        field="duration_minutes",
        reason="A valid integer is required.",
    ),
    429: _error("rate_limited", "Too many requests", retry_after=12),
    503: _error("provider_timeout", "The language model gave no usable answer"),
}
MEANING = {
    400: "The request could not be read.",
    401: "The credential is missing, wrong or has ended.",
    403: "The credential is good, and may not do this.",
    404: "There is no such thing, or it is not yours to see.",
    409: "Not in this state.",
    413: "The body is larger than a megabyte.",
    422: "The request was read, and a field of it is refused.",
    429: "Too many requests; `Retry-After` says the seconds to wait.",
    503: "Not now; `Retry-After` says the seconds to wait. Nothing was changed.",
}


class Refusal(Serializer[Any]):
    code = CharField()
    message = CharField()
    details = DictField()
    request_id = CharField()


class Error(Serializer[Any]):
    """What every refusal looks like."""

    error = Refusal()


def _refusals(codes: list[int]) -> dict[int, OpenApiResponse]:
    return {
        code: OpenApiResponse(
            Error,
            MEANING[code],
            examples=[OpenApiExample(ERRORS[code]["error"]["code"], value=ERRORS[code])],
        )
        for code in codes
    }


def _others(codes: list[int], refusal: Callable[[int], Any]) -> dict[int, OpenApiResponse]:
    return {
        code: OpenApiResponse(
            like(refusal(code), loose(free="details", optional="conversation_id")),
            MEANING[code],
            examples=[OpenApiExample("Refused", value=refusal(code), status_codes=[str(code)])],
        )
        for code in codes
    }


def _success(status: int, example: Any, but: Loose) -> OpenApiResponse:
    if example is None:
        return OpenApiResponse(None, "Done; there is no body.")
    shown = OpenApiExample("Answer", value=example, response_only=True, status_codes=[str(status)])
    return OpenApiResponse(like(example, but), "It worked.", examples=[shown])


def operation(
    summary: str,
    *,
    tag: str,
    returns: Any,
    status: int = 200,
    but: Loose = loose(),  # noqa: B008  # immutable
    takes: type[StrictSerializer] | None = None,
    sends: Any = None,
    query: type[QuerySerializer] | None = None,
    errors: tuple[int, ...] = (),
    open: bool = False,
    description: str = "",
    refusal: Callable[[int], Any] | None = None,
) -> Callable[[Any], Any]:
    """Documents one action; `sends` is an example of the body that `takes` parses.

    `refusal` gives another API's example of an error by its status; without it spec 1's is shown.
    """
    codes = {429, *errors, *(() if open else (401, 403)), *((400, 413, 422) if takes else ())}
    codes |= {422} if query else set()
    refused = _refusals(sorted(codes)) if refusal is None else _others(sorted(codes), refusal)
    shown = [OpenApiExample("Request", value=sends, request_only=True)] if sends else []
    return extend_schema(
        operation_id=summary.lower().replace(" ", "_").replace("'", ""),
        summary=summary,
        description=description or summary + ".",
        tags=[tag],
        request=takes,
        parameters=[query] if query else [],
        responses={status: _success(status, returns, but), **refused},
        examples=shown,
        auth=[] if open else None,
    )


def documented(view: type[V], **operations: Callable[[Any], Any]) -> type[V]:
    """The view again, its actions documented by these operations."""
    for action, document_action in operations.items():
        document_action(getattr(view, action))
    return view


class StrictSerializerExtension(OpenApiSerializerExtension):
    """Unknown fields are refused, which a generated client should know."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Schema:
        target: Serializer[Any] = self.target
        schema: Schema = auto_schema._map_serializer(target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}


def document() -> bytes:
    """The whole document, indented, keys in order, so that two of them can be compared."""
    generated = SchemaGenerator().get_schema(request=None, public=True)
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(normalize_result_object(generated), option=options)
