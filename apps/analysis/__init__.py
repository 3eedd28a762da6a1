"""What a session turns into afterwards: a summary with its evidence, scores, trends, reports."""

from __future__ import annotations
