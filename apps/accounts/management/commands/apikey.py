"""`manage.py apikey generate|list|rotate|revoke`."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts import actors, services
from apps.accounts.authentication import PREFIX_CHARS
from apps.accounts.models import ApiKey, Role, User
from smartsteps.lib import clock
from smartsteps.lib.errors import DomainError

BY = actors.system("manage.py")


class Command(BaseCommand):
    help = "Issue, list, rotate and revoke API keys. A key is shown once, on the last line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        generate = commands.add_parser("generate", help="Issue a key.")
        generate.add_argument("--name", required=True, help="What the key is for.")
        generate.add_argument("--expiry", type=int, metavar="DAYS", help="Never, if not given.")
        generate.add_argument("--user", help="Owner; the only integrator, if not given.")
        generate.add_argument("--scopes", help="a,b; all of the owner's role, if not given.")
        generate.add_argument("--networks", help="Usable from these alone: 10.0.0.0/8,…")
        generate.add_argument("--signed", action="store_true", help="Requests must be signed.")
        commands.add_parser("list", help="List all keys.")
        rotate = commands.add_parser("rotate", help="Issue a successor; the old key soon ends.")
        rotate.add_argument("--id", required=True, metavar="sk_ss_…", help="The key's beginning.")
        rotate.add_argument("--overlap-hours", type=float, default=24)
        revoke = commands.add_parser("revoke", help="End a key at once.")
        revoke.add_argument("--id", required=True, metavar="sk_ss_…", help="The key's beginning.")

    def handle(self, *, command: str, **options: Any) -> None:
        work = {
            "generate": self._generate,
            "list": self._list,
            "rotate": self._rotate,
            "revoke": self._revoke,
        }
        try:
            work[command](options)
        except DomainError as error:
            raise CommandError(error.message) from error

    def _generate(self, options: dict[str, Any]) -> None:
        days = options["expiry"]
        issued = services.issue_api_key(
            user=self._owner(options["user"]),
            name=options["name"],
            scopes=options["scopes"].split(",") if options["scopes"] else None,
            expires_at=None if days is None else clock.now() + timedelta(days=days),
            networks=options["networks"].split(",") if options["networks"] else None,
            signed=options["signed"],
        )
        self._show(issued)

    def _owner(self, name: str | None) -> User:
        if name is not None:
            return services.user_named(name)
        integrators = list(User.objects.filter(role=Role.INTEGRATOR, is_active=True)[:2])
        if len(integrators) != 1:
            raise CommandError("Say whose key it is with --user; there is no single integrator.")
        return integrators[0]

    def _list(self, options: dict[str, Any]) -> None:
        for key in ApiKey.objects.select_related("user"):
            until = f"{key.expires_at:%Y-%m-%d %H:%M}" if key.expires_at else "never"
            used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
            self.stdout.write(
                f"{key.prefix:<16} {key.status:<8} {key.user.username:<20} expires {until:<16} "
                f"last used {used:<16} {key.name} [{', '.join(key.scopes)}]"
            )

    def _rotate(self, options: dict[str, Any]) -> None:
        overlap = timedelta(hours=options["overlap_hours"])
        issued = services.rotate_api_key(prefix=_prefix(options["id"]), overlap=overlap, by=BY)
        self._show(issued)

    def _revoke(self, options: dict[str, Any]) -> None:
        key = services.revoke_api_key(prefix=_prefix(options["id"]), by=BY)
        self.stdout.write(f"Revoked {key}.")

    def _show(self, issued: services.IssuedKey) -> None:
        row = issued.row
        until = f"until {row.expires_at:%Y-%m-%d %H:%M} UTC" if row.expires_at else "without end"
        self.stdout.write(
            f"{row.name}: for {row.user.username}, {until}, may {', '.join(row.scopes)}.\n"
            f"The key is shown this once:\n{issued.key}"
        )


def _prefix(given: str) -> str:
    """A whole key is taken too, since that is what somebody has at hand who must revoke it."""
    return given[:PREFIX_CHARS]
