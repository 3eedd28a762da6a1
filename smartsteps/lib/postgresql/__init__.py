"""Django's PostgreSQL backend with a cheap look at a pooled connection before its use."""

from __future__ import annotations
