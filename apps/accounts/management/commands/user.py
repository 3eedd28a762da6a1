"""`manage.py user create|list|reset-password`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts import services
from apps.accounts.models import Role, User
from smartsteps.lib.errors import DomainError


class Command(BaseCommand):
    help = "Create, list and let in users."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        create = commands.add_parser("create", help="Create a user.")
        create.add_argument("--username", required=True)
        create.add_argument("--email", required=True)
        create.add_argument("--role", required=True, choices=Role.values)
        create.add_argument("--password", help="A random one is printed once if none is given.")
        commands.add_parser("list", help="List all users.")
        reset = commands.add_parser("reset-password", help="Give a user a new password.")
        reset.add_argument("--username", required=True, help="User name or e-mail address.")
        reset.add_argument("--password", help="A random one is printed once if none is given.")

    def handle(self, *, command: str, **options: Any) -> None:
        work = {"create": self._create, "list": self._list, "reset-password": self._reset_password}
        try:
            work[command](options)
        except DomainError as error:
            raise CommandError(error.message) from error

    def _create(self, options: dict[str, Any]) -> None:
        password = options["password"] or services.random_password()
        user = services.create_user(
            username=options["username"],
            email=options["email"],
            role=options["role"],
            password=password,
        )
        self.stdout.write(f"Created {user.role} {user.username} ({user.pk}).")
        self._show(password, given=options["password"] is not None)

    def _list(self, options: dict[str, Any]) -> None:
        for user in User.objects.order_by("username"):
            seen = f"{user.last_login:%Y-%m-%d}" if user.last_login else "never"
            state = "active" if user.is_active else "disabled"
            self.stdout.write(
                f"{user.username:<24} {user.email:<36} {user.role:<10} {state:<8} "
                f"last log-in {seen}"
            )

    def _reset_password(self, options: dict[str, Any]) -> None:
        user = services.user_named(options["username"])
        password = options["password"] or services.random_password()
        services.set_password(user=user, password=password)
        self.stdout.write(f"{user.username} has a new password, and all log-ins have ended.")
        self._show(password, given=options["password"] is not None)

    def _show(self, password: str, *, given: bool) -> None:
        if not given:
            self.stdout.write(f"Password, shown this once: {password}")
