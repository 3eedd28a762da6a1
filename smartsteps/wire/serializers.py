"""Serializers that refuse what they don't know and what the database can't hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from smartsteps.lib.clock import iso
from smartsteps.wire.json import dumps

# NUL can't be stored by PostgreSQL, a lone surrogate can't be written as UTF-8.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
UNSTORABLE_REASON = "Must not hold NUL characters or lone surrogates"


def unstorable(value: Any, path: str) -> Iterator[str]:
    """The dotted paths of all strings, keys included, that can't be stored."""
    if isinstance(value, str):
        if UNSTORABLE.search(value):
            yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if UNSTORABLE.search(str(key)):
                yield path
            yield from unstorable(item, f"{path}.{UNSTORABLE.sub('?', str(key))}".lstrip("."))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unstorable(item, f"{path}.{index}".lstrip("."))


class StrictSerializer(serializers.Serializer[Any]):
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse(data)
        return super().to_internal_value(data)

    def _refuse(self, data: Mapping[str, Any]) -> None:
        writable = {name for name, field in self.fields.items() if not field.read_only}
        errors = {path or "body": [UNSTORABLE_REASON] for path in unstorable(data, "")}
        if not errors:
            errors = {key: ["Unknown field"] for key in data if key not in writable}
        if errors:
            raise serializers.ValidationError(errors)


@cache
def _made(serializer: type[serializers.Serializer[Any]], partial: bool) -> Any:
    """One for all input: validating keeps nothing in it, and making one copies each field."""
    return serializer(partial=partial)


def checked(
    serializer: type[serializers.Serializer[Any]], data: Any, *, partial: bool = False
) -> dict[str, Any]:
    """The validated data. Raises ValidationError."""
    return dict(_made(serializer, partial).run_validation(data))


@lru_cache(256)
def checked_query(
    serializer: type[QuerySerializer], text: str, encoding: str | None
) -> Mapping[str, Any]:
    """The validated query string, which is nothing but a function of the text: most ask the same.

    Raises ValidationError, and SuspiciousOperation for too many parameters.
    """
    return MappingProxyType(checked(serializer, QueryDict(text, encoding=encoding)))


class NoInput(StrictSerializer):
    """An absent body, or an empty object."""


class QuerySerializer(serializers.Serializer[Any]):
    """A query string: unknown parameters are left alone, unstorable text is refused."""

    def to_internal_value(self, data: Any) -> Any:
        errors = {path: [UNSTORABLE_REASON] for path in unstorable(data.dict(), "")}
        if errors:
            raise serializers.ValidationError(errors)
        return super().to_internal_value(data)


class AwareDateTimeField(serializers.DateTimeField):
    """An ISO 8601 time that says its offset; a naive one is refused, never guessed."""

    OFFSET = re.compile(r"(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$")

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise serializers.ValidationError("Must be an ISO 8601 text")
        if not self.OFFSET.search(value.partition("T")[2] or value.partition(" ")[2]):
            raise serializers.ValidationError("Must say its time zone, as in 2025-05-15T14:00:00Z")
        try:
            moment = super().to_internal_value(value)
            return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        except OverflowError as error:
            raise serializers.ValidationError("Is out of range") from error

    def to_representation(self, value: Any) -> Any:
        return None if value is None else iso(value)


class StrictCharField(serializers.CharField):
    """Text only: DRF would otherwise read numbers as text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictIntegerField(serializers.IntegerField):
    """Whole JSON numbers only: DRF would otherwise read "45" and 45.0 too."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictBooleanField(serializers.BooleanField):
    """JSON's true and false only: DRF would otherwise read "yes" and 1 too."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class ObjectField(serializers.DictField):
    """A free JSON object of at most `max_bytes` of JSON text."""

    def __init__(self, *, max_bytes: int = 16 * 1024, **kwargs: Any) -> None:
        self.max_bytes = max_bytes
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if len(dumps(value)) > self.max_bytes:
            raise serializers.ValidationError(f"Must be smaller than {self.max_bytes} bytes")
        return value
