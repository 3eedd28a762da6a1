"""JSON in and out: strict about what is read, fast about what is written."""

from __future__ import annotations

import json
import math
import re
from typing import IO, Any

import orjson
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from smartsteps.lib.clock import iso
from smartsteps.lib.errors import malformed

MAX_DEPTH = 32
MAX_KEYS = 10_000
MAX_INT_DIGITS = 19
STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
BRACKETS = re.compile(r"[\[\]{}]")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise malformed("The JSON has an object with the same key twice")
    return result


def _refuse_constant(name: str) -> Any:
    raise malformed(f"The JSON holds {name}, which is not a JSON number")


def _int(text: str) -> int:
    if len(text) > MAX_INT_DIGITS:
        raise malformed("The JSON holds an integer that is too large")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise malformed("The JSON holds a number that is too large")
    return value


def _too_deep(raw: str) -> bool:
    """Count the nesting outside strings, before a parser descends into it."""
    if raw.count("[") + raw.count("{") <= MAX_DEPTH:
        return False
    level = 0
    for bracket in BRACKETS.findall(STRINGS.sub("", raw)):
        level += 1 if bracket in "[{" else -1
        if level > MAX_DEPTH:
            return True
    return False


def loads(raw: bytes | str) -> Any:
    """Parse one JSON document. Raises DomainError 400 for anything that is not plain JSON."""
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        if _too_deep(text):
            raise malformed(f"The JSON is nested deeper than {MAX_DEPTH} levels")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_int,
            parse_float=_float,
        )
    except UnicodeDecodeError as error:
        raise malformed("The body is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise malformed("The body is not valid JSON") from error
    if text.count('":') > MAX_KEYS and _keys(value) > MAX_KEYS:
        raise malformed(f"The JSON has more than {MAX_KEYS} keys")
    return value


def _keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_keys(item) for item in value.values())
    return sum(_keys(item) for item in value) if isinstance(value, list) else 0


def _default(value: Any) -> str:
    if hasattr(value, "astimezone"):
        return iso(value)
    return str(value)


def dumps(value: Any) -> bytes:
    return orjson.dumps(value, default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME)


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        return loads(stream.read())


class StrictJSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        return b"" if data is None else dumps(data)


class Negotiation(DefaultContentNegotiation):
    def select_renderer(
        self, request: Any, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """Who takes anything, or asks for the first by name, is given that without more ado."""
        first = renderers[0]
        if request.META.get("HTTP_ACCEPT", "*/*") in ("*/*", first.media_type):
            return first, first.media_type
        chosen: tuple[Any, str] = super().select_renderer(request, renderers, format_suffix)
        return chosen
