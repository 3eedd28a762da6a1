"""Serve HTTP, WebSockets and event streams in this one process."""

from __future__ import annotations

from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from channels.routing import get_default_application
from django.core.management.base import BaseCommand

SERVERS = ("daphne", "uvicorn")


class Command(BaseCommand):
    help = "Serve the application with Daphne, or with uvicorn, which is faster."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--server", choices=SERVERS, default="daphne")

    def handle(self, *, host: str, port: int, server: str, **options: Any) -> None:
        # Only the chosen server is loaded: Daphne's import alone makes an event loop.
        module = import_module(f"smartsteps.serving.{server}_server")
        module.run(get_default_application(), host, port)
