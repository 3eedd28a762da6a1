"""Model fields that are ciphertext in the database and plain Python on the instance.

The ciphertext is bound to table, column and primary key, so the primary key must be known
before the first save (ours are made in Python). `.values()` yields ciphertext; filters and
`QuerySet.update()` on plain values are refused rather than silently wrong.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
from django import forms
from django.core.exceptions import FieldError
from django.db import models

from smartsteps.lib import crypto


def row_aad(model: type[models.Model], column: str | None, pk: Any) -> bytes:
    return f"{model._meta.db_table}.{column}:{pk}".encode()


class _Sealed(bytes):
    """Ciphertext as it came from the database, not yet asked for."""


class _Attribute:
    """Decrypts at the first read, so rows that nobody looks at cost nothing."""

    def __init__(self, field: EncryptedField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, _Sealed):
            value = self.field.unseal(value, instance.pk, owner)
            instance.__dict__[name] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.BinaryField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Base of the encrypted fields: subclasses say how a value becomes bytes."""

    form_class: type[forms.Field] = forms.CharField

    def __init__(self, *, category: str, **kwargs: Any) -> None:
        self.category = category
        kwargs.setdefault("editable", True)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "category": self.category}

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Attribute(self))

    def to_bytes(self, value: Any) -> bytes:
        raise NotImplementedError

    def from_bytes(self, raw: bytes) -> Any:
        raise NotImplementedError

    def seal(self, value: Any, pk: Any, model: type[models.Model]) -> bytes:
        return crypto.encrypt(self.category, self.to_bytes(value), row_aad(model, self.column, pk))

    def unseal(self, blob: bytes, pk: Any, model: type[models.Model]) -> Any:
        plain = crypto.decrypt(self.category, bytes(blob), row_aad(model, self.column, pk))
        return self.from_bytes(plain)

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return None if value is None else _Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, _Sealed):
            return value
        return _Sealed(self.seal(value, model_instance.pk, type(model_instance)))

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, _Sealed):
            return value
        raise FieldError(f"{self.name} is encrypted: save the instance instead")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        return None if value is None else connection.Database.Binary(bytes(value))

    def get_default(self) -> Any:
        if self.has_default():
            return self.default() if callable(self.default) else self.default
        return None if self.null else self.empty()

    def empty(self) -> Any:
        return None

    def to_python(self, value: Any) -> Any:
        return value

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", self.form_class)
        return models.Field.formfield(self, **kwargs)

    def value_to_string(self, obj: models.Model) -> str:
        raise FieldError(f"{self.name} is encrypted and is not dumped in the clear")


class EncryptedTextField(EncryptedField):
    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def from_bytes(self, raw: bytes) -> str:
        return raw.decode()

    def empty(self) -> str:
        return ""


class EncryptedJSONField(EncryptedField):
    form_class = forms.JSONField

    def to_bytes(self, value: Any) -> bytes:
        return orjson.dumps(value)

    def from_bytes(self, raw: bytes) -> Any:
        return orjson.loads(raw)


class EncryptedDateField(EncryptedField):
    form_class = forms.DateField

    def to_bytes(self, value: Any) -> bytes:
        if not isinstance(value, date):
            raise FieldError(f"{self.name} wants a date")
        return value.isoformat().encode()

    def from_bytes(self, raw: bytes) -> date:
        return date.fromisoformat(raw.decode())
