"""Characters made in conversation: the interview, what it collects and what becomes of it."""

from __future__ import annotations
