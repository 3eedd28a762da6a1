"""Companions: personas that clients make for themselves by conversation."""

from __future__ import annotations
