"""The professional personas: their catalogue and the rule that speaks for them offline."""

from __future__ import annotations
