#!/usr/bin/env python
"""Django's command line for Smart Steps."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartsteps.settings")
    if sys.argv[1:2] == ["migrate"]:
        # A migration may take longer than any request is allowed to.
        os.environ["SMARTSTEPS_STATEMENT_TIMEOUT_MS"] = "0"
    execute_from_command_line(sys.argv)
