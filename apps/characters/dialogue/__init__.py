"""The parts of the interview: its state, its voice and its moves."""

from __future__ import annotations
