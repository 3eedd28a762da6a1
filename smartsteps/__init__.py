"""Smart Steps: the Django project."""

from __future__ import annotations
