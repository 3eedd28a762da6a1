"""Path converters: what can't be an id of ours is a 404 before any view sees it."""

from __future__ import annotations


class PublicIdConverter:
    regex = "[A-Za-z0-9_-]{1,64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
