#!/usr/bin/env python
"""Django's command line for Smart Steps."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from smartsteps.embedded.management.commands import up
from smartsteps.env import ConfigError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartsteps.settings")
    if sys.argv[1:2] in (["migrate"], ["prepare"]):
        # A migration may take longer than any request is allowed to.
        os.environ["SMARTSTEPS_STATEMENT_TIMEOUT_MS"] = "0"
    try:
        execute_from_command_line(sys.argv)
    except ConfigError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    if sys.argv[1:2] == ["up"]:
        # Without settings: they need the servers that this command is about to start.
        up.Command().run_from_argv(sys.argv)
    else:
        main()
