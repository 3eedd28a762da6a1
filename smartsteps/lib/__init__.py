"""Building blocks that know no app, no model and no REST framework."""

from __future__ import annotations
