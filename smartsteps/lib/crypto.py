"""AES-256-GCM with versioned keys per data category, and keyed blind indexes for search.

A ciphertext is `format (1 byte) | key version (2) | nonce (12) | AES-GCM ciphertext and tag`.
The associated data names the place it belongs to, so it can't be moved to another row.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FORMAT = 1
HEADER_BYTES = 3
NONCE_BYTES = 12
KEY_BYTES = 32


class DecryptionError(Exception):
    """The ciphertext was altered, moved to another place, or its key is missing."""


def parse_keys(text: str) -> dict[int, bytes]:
    """Read `1:<base64 of 32 bytes>,2:…`; the highest version encrypts.

    Raises ImproperlyConfigured when there is no key or one is malformed.
    """
    try:
        pairs = [part.split(":", 1) for part in text.split(",") if part.strip()]
        keys = {int(version): base64.b64decode(key, validate=True) for version, key in pairs}
    except (ValueError, binascii.Error) as error:
        raise ImproperlyConfigured(
            'SMARTSTEPS_ENCRYPTION_KEYS must look like "1:<base64 of 32 random bytes>"'
        ) from error
    if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
        raise ImproperlyConfigured("SMARTSTEPS_ENCRYPTION_KEYS needs keys of 32 bytes each")
    return keys


@cache
def _master_keys(text: str) -> dict[int, bytes]:
    return parse_keys(text)


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(
        master
    )


@cache
def _cipher(keys: str, category: str, version: int) -> AESGCM:
    master = _master_keys(keys).get(version)
    if master is None:
        raise DecryptionError(f"no encryption key of version {version}")
    return AESGCM(_derive(master, f"data:{category}"))


@cache
def _index_key(keys: str, category: str) -> bytes:
    """Blind indexes stay with the oldest key, since changing it means indexing anew."""
    masters = _master_keys(keys)
    return _derive(masters[min(masters)], f"index:{category}")


def current_version() -> int:
    return max(_master_keys(settings.ENCRYPTION_KEYS))


def encrypt(category: str, plaintext: bytes, aad: bytes) -> bytes:
    version = current_version()
    nonce = os.urandom(NONCE_BYTES)
    header = bytes([FORMAT]) + version.to_bytes(2, "big")
    cipher = _cipher(settings.ENCRYPTION_KEYS, category, version)
    return header + nonce + cipher.encrypt(nonce, plaintext, header + aad)


def key_version(blob: bytes) -> int:
    return int.from_bytes(blob[1:HEADER_BYTES], "big")


def decrypt(category: str, blob: bytes, aad: bytes) -> bytes:
    """Raises DecryptionError if `blob` was altered or belongs to another place."""
    if len(blob) < HEADER_BYTES + NONCE_BYTES or blob[0] != FORMAT:
        raise DecryptionError("not a ciphertext of ours")
    header, rest = blob[:HEADER_BYTES], blob[HEADER_BYTES:]
    cipher = _cipher(settings.ENCRYPTION_KEYS, category, key_version(blob))
    try:
        return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], header + aad)
    except InvalidTag as error:
        raise DecryptionError("the ciphertext does not belong here") from error


def blind_index(category: str, text: str) -> int:
    """A signed 64-bit keyed hash: equal texts meet, nothing else can be read from it."""
    key = _index_key(settings.ENCRYPTION_KEYS, category)
    digest = hmac.digest(key, text.encode(), hashlib.sha256)
    return int.from_bytes(digest[:8], "big", signed=True)
