"""The wire dialects of the four APIs."""

from __future__ import annotations
