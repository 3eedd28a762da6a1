"""What can be typed about a client in the back office; the limits are the API's."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from apps.accounts.models import STAFF_ROLES, Role, User
from apps.clients.models import Client, ConsentKind
from apps.clients.serializers import ClientInput

LIMITS = {name: getattr(field, "max_length", None) for name, field in ClientInput().fields.items()}


def _text(name: str, **kwargs: Any) -> forms.CharField:
    return forms.CharField(max_length=LIMITS[name], **kwargs)


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    first_name = _text("first_name")
    last_name = _text("last_name")
    email = forms.EmailField(label="E-mail", max_length=LIMITS["email"], required=False)
    phone = _text("phone", required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    date_of_birth = forms.DateField(
        required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    metadata = forms.JSONField(
        label="Further data",
        required=False,
        help_text="A JSON object, for what other systems need to know about this client.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "code"}),
    )

    class Meta:
        model = Client
        fields = ("first_name", "last_name", "email", "phone", "date_of_birth", "metadata")

    def clean_date_of_birth(self) -> date | None:
        born: date | None = self.cleaned_data["date_of_birth"]
        if born is not None and born > timezone.localdate():
            raise forms.ValidationError("This day is still to come.")
        return born

    def clean_metadata(self) -> dict[str, Any]:
        data = self.cleaned_data["metadata"]
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise forms.ValidationError('Write an object, such as {"referred_by": "GP"}.')
        return data


class ConsentForm(forms.Form):
    granted = forms.TypedChoiceField(
        label="The client",
        choices=[("yes", "gives consent"), ("no", "withdraws consent")],
        coerce=lambda value: value == "yes",
    )
    kind = forms.ChoiceField(label="to", choices=ConsentKind.choices)
    note = forms.CharField(
        label="How it was given",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CarerForm(forms.Form):
    carer = forms.ModelChoiceField(User.objects.none(), label="Clinician", empty_label="Choose…")

    def __init__(self, client: Client, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clinicians = User.objects.filter(role__in=(*STAFF_ROLES, Role.INTEGRATOR), is_active=True)
        others = clinicians.exclude(care__client=client).exclude(role=Role.ADMIN)
        self.fields["carer"].queryset = others.order_by("username")  # type: ignore[attr-defined]  # a ModelChoiceField


class LoginOfClientForm(forms.Form):
    user = forms.ModelChoiceField(
        User.objects.none(), label="Login", required=False, empty_label="None"
    )

    def __init__(self, client: Client, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["user"] = client.user_id
        free = User.objects.filter(role=Role.CLIENT, client=None)
        own = User.objects.filter(pk=client.user_id)
        self.fields["user"].queryset = (free | own).order_by("username")  # type: ignore[attr-defined]  # a ModelChoiceField


class EraseForm(forms.Form):
    sure = forms.BooleanField(label="I know that nobody can bring it back.")
