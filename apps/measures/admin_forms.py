"""Questionnaires as forms of the back office: one row of choices for each item."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from apps.measures.instruments import INSTRUMENTS, Instrument


class MeasureForm(forms.Form):
    """An item left open is no answer, which counts as incomplete and not as 0."""

    instrument = forms.CharField(widget=forms.HiddenInput)
    taken_at = forms.DateTimeField(
        label="Answered",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="In your own time zone. Empty means now.",
    )

    def __init__(self, form: Instrument, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{form.id}_%s")
        self.form = form
        self.initial = {"instrument": form.id}
        answers = [(str(value), f"{value}: {text}") for value, text in enumerate(form.scale)]
        scale = [("", "–"), *answers]
        for number, item in enumerate(form.items, start=1):
            self.fields[f"item{number}"] = forms.ChoiceField(
                label=f"{number}. {item}", choices=scale, required=False
            )

    @property
    def answers(self) -> list[int | None]:
        values = [self.cleaned_data[f"item{n}"] for n in range(1, len(self.form.items) + 1)]
        return [int(value) if value else None for value in values]

    def clean_taken_at(self) -> Any:
        taken = self.cleaned_data["taken_at"]
        if taken and taken > timezone.now():
            raise forms.ValidationError("Must not lie in the future.")
        return taken


def forms_to_enter() -> list[MeasureForm]:
    return [MeasureForm(form) for form in INSTRUMENTS.values()]
