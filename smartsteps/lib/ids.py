"""Public ids: opaque, unguessable, with the specs' prefixes."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
ID_LENGTH = 16  # 36**16 = 2**82 possibilities


def random_text(length: int, alphabet: str = ALPHABET) -> str:
    """Each text is as likely as any other; one call for randomness, not one for each letter."""
    number = secrets.randbelow(len(alphabet) ** length)
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(alphabet))
        letters.append(alphabet[index])
    return "".join(letters)


def new_id(prefix: str) -> str:
    return prefix + random_text(ID_LENGTH)
