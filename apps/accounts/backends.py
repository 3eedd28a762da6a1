"""Log in by user name or by e-mail address."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q
from django.http import HttpRequest

from apps.accounts.models import User


class EmailOrUsernameBackend(ModelBackend):
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if not username or password is None:
            return None
        named = Q(username=username) | Q(email__iexact=username)
        user = User.objects.filter(named).order_by("pk").first()
        if user is None:
            User().set_password(password)  # takes as long as a real check
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None
