"""What a person's words say: small readers for one kind of fact each."""

from __future__ import annotations
