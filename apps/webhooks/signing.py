"""Standard Webhooks signatures: HMAC-SHA256 over id, time and the raw bytes of the body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

SECRET_BYTES = 32
SECRET_MARK = "whsec_"  # noqa: S105  # the standard's prefix, not a secret


def new_secret() -> str:
    return SECRET_MARK + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """`whsec_…` is base64 by the standard; any other text is used as its own bytes.

    Raises ValueError if what should be base64 isn't.
    """
    if secret.startswith(SECRET_MARK):
        return base64.b64decode(secret.removeprefix(SECRET_MARK), validate=True)
    return secret.encode()


def headers(webhook_id: str, timestamp: int, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """The three headers; with two live secrets there are two signatures, parted by a space."""
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    signatures = [
        "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys
    ]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
