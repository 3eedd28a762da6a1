"""Interim: replaced by the personas work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def reply(context: Mapping[str, Any]) -> str:
    return f"I hear you ({context['turn']})."
