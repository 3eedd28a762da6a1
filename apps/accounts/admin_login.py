"""How staff get into the back office and change their own password there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from apps.accounts import services, throttles
from apps.accounts.models import User
from smartsteps.lib.errors import DomainError


class LoginForm(AdminAuthenticationForm):
    """The API's log-in limit counts here too, so the two doors can't be tried in turn."""

    error_messages = {
        "invalid_login": (
            "That didn't work: the user name (or e-mail address) or the password is wrong, "
            "or it isn't a staff account."
        ),
        "too_many": "Too many attempts. Please wait %(seconds)s seconds and try again.",
    }

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = "User name or e-mail address"
        self.fields["password"].label = "Password"

    def clean(self) -> dict[str, Any]:
        if self.request is None:
            raise self.get_invalid_login_error()
        try:
            throttles.check_login(self.request, self.data.get("username", "").strip().lower())
        except DomainError as error:
            raise ValidationError(
                self.error_messages["too_many"],
                code="too_many",
                params={"seconds": error.details["retry_after"]},
            ) from error
        return super().clean()

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        if not (user.is_active and getattr(user, "is_staff", False)):
            raise self.get_invalid_login_error()


class OwnPasswordForm(AdminPasswordChangeForm):
    """The service ends the person's other log-ins, those at the API included."""

    def save(self, commit: bool = True) -> User:
        services.set_password(user=self.user, password=self.cleaned_data["new_password1"])
        return self.user


class NewPasswordForm(forms.Form):
    """An admin gives somebody a password."""

    password = forms.CharField(
        label="New password",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="Once more",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") != data.get("again"):
            self.add_error("again", "The two passwords are not the same.")
        return data

    def save(self) -> bool:
        """False if it was refused; the form then says why."""
        try:
            services.set_password(user=self.user, password=self.cleaned_data["password"])
        except DomainError as error:
            self.add_error("password", error.details.get("reason", error.message))
            return False
        return True
