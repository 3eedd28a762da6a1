"""The one error that rules raise; a wire dialect decides how it looks."""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """A refusal with an HTTP-like `status`, a snake_case `code` and facts for the caller.

    `message` is shown to callers, so it never holds a client's data.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details or {}
        self.headers = headers or {}


def not_found(message: str = "Resource not found", code: str = "resource_not_found") -> DomainError:
    return DomainError(404, code, message)


def conflict(message: str, code: str = "conflict", **details: Any) -> DomainError:
    return DomainError(409, code, message, details=details)


def malformed(message: str, **details: Any) -> DomainError:
    """The request could not be read at all (400), as against read and refused (422)."""
    return DomainError(400, "invalid_request", message, details=details)


def invalid(field: str, reason: str) -> DomainError:
    details = {"field": field, "reason": reason}
    return DomainError(422, "validation_error", f"{field}: {reason}", details=details)


def denied(message: str = "You may not do this") -> DomainError:
    return DomainError(403, "permission_denied", message)


def unauthenticated(message: str = "Valid credentials are required") -> DomainError:
    return DomainError(401, "authentication_error", message)


def rate_limited(retry_after_s: int) -> DomainError:
    return DomainError(
        429,
        "rate_limited",
        "Too many requests",
        details={"retry_after": retry_after_s},
        headers={"Retry-After": str(retry_after_s)},
    )


def crisis_failed(message: str) -> DomainError:
    """Words of danger that could not be taken care of: nobody but the person knows of them."""
    return DomainError(503, "crisis_error", message)


def not_connected() -> DomainError:
    return DomainError(503, "connection_error", "The connection could not be opened; try again")


def unavailable(message: str = "The service is briefly unavailable; try again") -> DomainError:
    return DomainError(503, "service_unavailable", message, headers={"Retry-After": "2"})
