"""Figures behind the claims of speed; each script prints ratios of one interleaved run."""

from __future__ import annotations
