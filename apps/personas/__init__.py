"""Personas: who answers, in which immutable version."""

from __future__ import annotations
