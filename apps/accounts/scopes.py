"""What a credential may do: each role's scopes, which an API key can only narrow."""

from __future__ import annotations

CLIENTS_READ = "clients:read"
CLIENTS_WRITE = "clients:write"
SESSIONS_READ = "sessions:read"
SESSIONS_WRITE = "sessions:write"
MESSAGES_WRITE = "messages:write"
NOTES_READ = "notes:read"
NOTES_WRITE = "notes:write"
PERSONAS_READ = "personas:read"
CHARACTERS = "characters"
WEBHOOKS_READ = "webhooks:read"
WEBHOOKS_WRITE = "webhooks:write"

ALL = frozenset(
    {
        CLIENTS_READ,
        CLIENTS_WRITE,
        SESSIONS_READ,
        SESSIONS_WRITE,
        MESSAGES_WRITE,
        NOTES_READ,
        NOTES_WRITE,
        PERSONAS_READ,
        CHARACTERS,
        WEBHOOKS_READ,
        WEBHOOKS_WRITE,
    }
)
CLIENT = frozenset({SESSIONS_READ, MESSAGES_WRITE, PERSONAS_READ, CHARACTERS})

OF_ROLE = {"admin": ALL, "clinician": ALL, "integrator": ALL, "client": CLIENT}
