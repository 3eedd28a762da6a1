"""Public ids: opaque, unguessable, with the specs' prefixes."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
ID_LENGTH = 16  # 36**16 = 2**82 possibilities


def random_text(length: int, alphabet: str = ALPHABET) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def new_id(prefix: str) -> str:
    return prefix + random_text(ID_LENGTH)
