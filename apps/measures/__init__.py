"""Standard questionnaires: PHQ-9 and GAD-7 as data, and what clients and clinicians enter."""

from __future__ import annotations
