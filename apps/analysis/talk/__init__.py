"""Reads a talk by rules: pure, from lines of text to findings that each quote what shows them."""

from __future__ import annotations
