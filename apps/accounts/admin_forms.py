"""What can be typed about users and API keys in the back office."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from apps.accounts import scopes
from apps.accounts.models import Role, User
from smartsteps.lib import clock

LIFETIMES_DAYS = (30, 90, 365)


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    class Meta:
        model = User
        fields = ("username", "email", "first_name", "last_name", "role", "is_active")
        help_texts = {
            "role": "Clinicians see the clients in their care, admins see all.",
            "is_active": "Without this tick the person can't log in anywhere, and all keys rest.",
        }


class NewUserForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    password = forms.CharField(
        required=False,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="May stay empty: then the person asks for a link to set one.",
    )

    class Meta:
        model = User
        fields = ("username", "email", "role")


class IssueKeyForm(forms.Form):
    name = forms.CharField(max_length=100, help_text="What the key is for, such as Unity Client.")
    user = forms.ModelChoiceField(
        User.objects.filter(is_active=True).exclude(role=Role.CLIENT).order_by("username"),
        label="Owner",
        help_text="The key sees what this person sees.",
    )
    days = forms.TypedChoiceField(
        label="Good for",
        choices=[*((days, f"{days} days") for days in LIFETIMES_DAYS), ("", "ever")],
        coerce=int,
        empty_value=None,
        required=False,
        initial=LIFETIMES_DAYS[1],
    )
    scopes = forms.MultipleChoiceField(
        label="May",
        choices=[(scope, scope) for scope in sorted(scopes.ALL)],
        widget=forms.CheckboxSelectMultiple,
        help_text="As little as will do.",
    )
    networks = forms.CharField(
        label="From",
        required=False,
        help_text="Networks such as 10.0.0.0/8, separated by commas; empty: from anywhere.",
    )
    signed = forms.BooleanField(
        label="Signed", required=False, help_text="Each request must carry a signature."
    )

    def clean_networks(self) -> list[str]:
        return [part.strip() for part in self.cleaned_data["networks"].split(",") if part.strip()]

    def wanted(self) -> dict[str, Any]:
        """As services.issue_api_key takes it."""
        data = self.cleaned_data
        days = data["days"]
        return {
            "user": data["user"],
            "name": data["name"],
            "scopes": data["scopes"],
            "networks": data["networks"],
            "signed": data["signed"],
            "expires_at": None if days is None else clock.now() + timedelta(days=days),
        }
