"""`python -m benchmarks.serve SERVER MODULE:NAME PORT`: as `manage.py serve` does."""

from __future__ import annotations

import sys
from importlib import import_module

from django.conf import settings

server, application, port = sys.argv[1:]
module, _, name = application.partition(":")
if server == "daphne":
    import_module("daphne.server")  # first: it installs the asyncio reactor
app = getattr(import_module(module), name)
assert settings.configured
import_module(f"smartsteps.serving.{server}_server").run(app, "127.0.0.1", int(port))
