"""Tests of the character interview."""

from __future__ import annotations
