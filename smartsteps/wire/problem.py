"""The one place that knows how Django's and DRF's exceptions read as problems of ours."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from psycopg_pool import PoolTimeout
from rest_framework import exceptions as drf

from smartsteps.lib.errors import DomainError, unavailable

logger = logging.getLogger(__name__)

CODES = {
    400: "invalid_request",
    401: "authentication_error",
    403: "permission_denied",
    404: "resource_not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "payload_too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
    500: "internal_error",
    503: "service_unavailable",
}
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)


@dataclass(frozen=True)
class Problem:
    status: int
    code: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def of_status(status: int, message: str) -> Problem:
    return Problem(status, CODES[status], message)


def _first_reasons(detail: Any, path: str = "") -> list[dict[str, str]]:
    """Flatten DRF's nested errors into [{field, reason}, …] with dotted paths."""
    if isinstance(detail, dict):
        parts = [
            _first_reasons(value, f"{path}.{key}" if path else str(key))
            for key, value in detail.items()
        ]
        return [reason for part in parts for reason in part]
    if isinstance(detail, list):
        nested = [item for item in detail if isinstance(item, dict | list)]
        if nested:
            return [reason for item in nested for reason in _first_reasons(item, path)]
        detail = detail[0] if detail else ""
    return [
        {
            "field": path.removesuffix("non_field_errors").rstrip(".") or "body",
            "reason": str(detail),
        }
    ]


def _from_validation(error: drf.ValidationError) -> Problem:
    reasons = _first_reasons(error.detail)
    first = reasons[0]
    details: dict[str, Any] = dict(first)
    if len(reasons) > 1:
        details["errors"] = reasons
    message = f"{first['field']}: {first['reason']}"
    return Problem(422, "validation_error", message, details)


def _from_drf(error: drf.APIException) -> Problem:
    if isinstance(error, drf.ValidationError):
        return _from_validation(error)
    code = CODES.get(error.status_code, "internal_error")
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    return Problem(error.status_code, code, str(error.detail), headers=headers)


def _from_domain(error: DomainError) -> Problem:
    return Problem(error.status, error.code, error.message, error.details, error.headers)


def problem_from(error: BaseException) -> Problem:
    """Any exception as a problem; what is unexpected is logged and told without its text."""
    if isinstance(error, DomainError):
        return _from_domain(error)
    if isinstance(error, drf.APIException):
        return _from_drf(error)
    if isinstance(error, Http404):
        return of_status(404, "Resource not found")
    if isinstance(error, PermissionDenied):
        return of_status(403, "You may not do this")
    if isinstance(error, RequestDataTooBig):
        return of_status(413, "The request is too large")
    if isinstance(error, SuspiciousOperation):
        return of_status(400, "The request could not be read")
    logger.error("unhandled error", exc_info=error)
    if isinstance(error, DATABASE_AWAY):
        return _from_domain(unavailable())
    return of_status(500, "Internal server error")
