"""Every operation of the APIs, from the URL resolver, with what a good call of it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PREFIX = "api/v1/"
CHARACTERS = "api/"  # spec 2, which answers in a dialect of its own
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
OPEN = {"auth/login", "auth/password/reset", "auth/password/reset/confirm"}
# Whoever has the scope sees the same there: the route belongs to nobody.
SHARED = {
    "webhooks/events",
    "personas",
    "personas/<public_id:persona_id>",
    "personas/<slug:persona_id>",
}
BODIES: dict[str, Any] = {
    "post clients": {"first_name": "Ann", "last_name": "Roe"},
    "patch clients/{client_id}": {"last_name": "Roe"},
    "post clients/{client_id}/consents": {"kind": "ai_processing", "granted": True},
    "post clients/{client_id}/analyze/progress": {
        "start_date": "2025-04-01",
        "end_date": "2025-05-11",
    },
    "post clients/{client_id}/measures": {"instrument": "gad7", "answers": [1] * 7},
    "post sessions/{session_id}/measures": {"instrument": "gad7", "answers": [1] * 7},
    "post sessions": {"client_id": "{client_id}", "persona_id": "dr_morgan_hayes"},
    "patch sessions/{session_id}": {"goals": ["Sleep"]},
    "post sessions/{session_id}/messages": {"content": "Hello", "sender_type": "facilitator"},
    "post sessions/{session_id}/notes": {"content": "Calm."},
    "post auth/keys": {"name": "Unity"},
    "post webhooks": {"url": "https://example.com/hook", "events": ["session.started"]},
    "patch webhooks/{webhook_id}": {"events": ["session.ended"]},
    "post webhooks/{webhook_id}/replay": {
        "since": "2025-04-01T00:00:00Z",
        "until": "2025-05-11T00:00:00Z",
    },
}


@dataclass(frozen=True)
class Operation:
    prefix: str
    method: str
    route: str
    action: str
    view: Any

    @property
    def template(self) -> str:
        """`sessions/{session_id}/start`"""
        return PARAMETER.sub(r"{\1}", self.route)

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.route)

    @property
    def documented_path(self) -> str:
        return f"/{self.prefix}{self.template}"

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def scope(self) -> str | None:
        scope: str | None = self.view.cls.scopes.get(self.action)
        return scope

    def path(self, **ids: str) -> str:
        return f"/{self.prefix}{self.template.format(**ids)}"

    def body(self, **ids: str) -> Any:
        given = BODIES.get(self.name)
        if given is None:
            return None
        return {
            key: value.format(**ids) if isinstance(value, str) else value
            for key, value in given.items()
        }


def _patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, route)
        else:
            yield route, pattern


def operations(prefix: str = PREFIX) -> list[Operation]:
    """Without questions and answers (`qa/`), which have their own tests."""
    found = []
    for route, pattern in _patterns(get_resolver()):
        is_v1 = route.startswith(PREFIX)
        if not route.startswith(prefix) or is_v1 != (prefix == PREFIX):
            continue
        if not route.startswith(PREFIX + "qa/") and hasattr(pattern.callback, "actions"):
            view: Any = pattern.callback
            found += [
                Operation(prefix, method, route.removeprefix(prefix), action, view)
                for method, action in view.actions.items()
                if method != "head"
            ]
    return found
