"""The installation's own secrets: made once, kept in one file that only its owner reads."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Keys:
    superuser_password: str
    database_password: str
    redis_password: str
    secret_key: str
    encryption_keys: str  # "1:<base64 of 32 bytes>,2:…"


def new_keys() -> Keys:
    return Keys(
        superuser_password=secrets.token_urlsafe(24),
        database_password=secrets.token_urlsafe(24),
        redis_password=secrets.token_urlsafe(24),
        secret_key=secrets.token_urlsafe(48),
        encryption_keys="1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    )


def load_or_create(path: Path) -> Keys:
    if not path.exists():
        write_private(path, asdict(new_keys()))
    return Keys(**json.loads(path.read_text()))


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Replace the file in one step, so that a crash leaves the old one or the new one."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
