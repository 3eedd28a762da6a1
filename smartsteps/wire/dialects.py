"""The error shapes of the four APIs (specs 1 to 4), side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smartsteps.lib import clock
from smartsteps.wire.problem import Problem

Body = dict[str, Any]


@dataclass(frozen=True)
class Dialect:
    """`render(problem, request_id)` makes the body; `statuses` changes some status codes."""

    name: str
    render: Callable[[Problem, str], Body]
    statuses: dict[int, int]

    def status(self, problem: Problem) -> int:
        return self.statuses.get(problem.status, problem.status)


def _v1(problem: Problem, request_id: str) -> Body:
    return {
        "error": {
            "code": problem.code,
            "message": problem.message,
            "details": problem.details,
            "request_id": request_id,
        }
    }


CHARACTER_CODES = {
    400: "INVALID_INPUT",
    401: "AUTHENTICATION_ERROR",
    403: "AUTHENTICATION_ERROR",
    404: "CONVERSATION_NOT_FOUND",
    405: "INVALID_INPUT",
    409: "CONVERSATION_INACTIVE",
    413: "INVALID_INPUT",
    415: "INVALID_INPUT",
    422: "INVALID_INPUT",
    429: "RATE_LIMIT_ERROR",
}


# What is no matter of a status: danger that could not be taken care of, a socket that won't open.
CHARACTER_TROUBLES = {"crisis_error": "CRISIS_ERROR", "connection_error": "CONNECTION_ERROR"}


def _character_code(problem: Problem) -> str:
    by_status = CHARACTER_CODES.get(problem.status, "SERVICE_ERROR")
    return CHARACTER_TROUBLES.get(problem.code, by_status)


def _characters(problem: Problem, request_id: str) -> Body:
    conversation = problem.details.get("conversation_id")
    details = {key: value for key, value in problem.details.items() if key != "conversation_id"}
    return {
        "type": "error",
        "error_message": problem.message,
        "error_code": _character_code(problem),
        **({"conversation_id": conversation} if conversation else {}),
        "timestamp": clock.iso(clock.now()),
        "details": {**details, "request_id": request_id},
    }


def _ghostwriter(problem: Problem, request_id: str) -> Body:
    if problem.status == 429:
        return {"detail": {"error": problem.code, "message": problem.message}}
    return {"detail": problem.message}


QA_CODES = {404: "SESSION_NOT_FOUND", 429: "QUOTA_EXCEEDED", 500: "PROCESSING_ERROR"}


def _qa(problem: Problem, request_id: str) -> Body:
    return {
        "error_code": QA_CODES.get(problem.status, problem.code.upper()),
        "message": problem.message,
        "details": {**problem.details, "request_id": request_id},
        "timestamp": clock.iso(clock.now()),
    }


V1 = Dialect("v1", _v1, {})
CHARACTERS = Dialect("characters", _characters, {})
GHOSTWRITER = Dialect("ghostwriter", _ghostwriter, {401: 403, 422: 400})
QA = Dialect("qa", _qa, {})

# Only for errors born outside views (unknown URL, body too large); a view names its dialect.
PREFIXES = (
    ("/api/v1/qa/", QA),
    ("/api/conversations/", CHARACTERS),
    ("/api/", V1),
    ("/personas/", GHOSTWRITER),
)


def for_path(path: str) -> Dialect | None:
    return next((dialect for prefix, dialect in PREFIXES if path.startswith(prefix)), None)
