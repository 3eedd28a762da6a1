"""The back office's form for a persona: it edits nothing, it describes the next version."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.personas.models import Persona, Type
from apps.personas.professional.content import ContentError, PersonaContent, content_from
from apps.personas.professional.form_text import ENTRIES, Entry, content_of, texts_of

_PITCH = [(value, value) for value in ("low", "medium", "high")]
_RATE = [(value, value) for value in ("slow", "medium", "fast")]


def field_name(path: str) -> str:
    return path.replace(".", "__")


def _field(entry: Entry) -> forms.Field:
    label = entry.path.split(".")[-1].replace("_", " ").capitalize()
    given: dict[str, Any] = {"label": label, "help_text": entry.help, "required": entry.needed}
    if entry.shape == "line":
        return forms.CharField(**given, widget=forms.TextInput(attrs={"size": 80}))
    if entry.shape == "number":
        return forms.FloatField(**given, min_value=0, max_value=1)
    return forms.CharField(**given, widget=forms.Textarea(attrs={"rows": 5, "cols": 100}))


class PersonaForm(forms.ModelForm):  # type: ignore[type-arg]  # only the stubs are generic
    persona_id = forms.CharField(
        label="Persona id",
        help_text="Small letters, digits and underscores, as in dr_morgan_hayes. It never changes.",
    )
    type = forms.ChoiceField(choices=Type.choices)
    pitch = forms.ChoiceField(choices=_PITCH, label="Voice: pitch")
    rate = forms.ChoiceField(choices=_RATE, label="Voice: rate")
    content: PersonaContent

    class Meta:
        model = Persona
        fields = ["is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = self.instance.current_version
        if version is not None:
            self._show(version.as_dict())
            self.fields["persona_id"].disabled = True

    def _show(self, content: dict[str, Any]) -> None:
        voice = content["voice_settings"]
        self.initial.update({name: content[name] for name in ("persona_id", "type")})
        self.initial.update({"pitch": voice["pitch"], "rate": voice["rate"]})
        self.initial.update({field_name(path): text for path, text in texts_of(content)})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            self.content = content_from(self._content(data), "form")
        except ContentError as error:
            for problem in error.problems:
                self._blame(problem)
        return data

    def _content(self, data: dict[str, Any]) -> dict[str, Any]:
        content = content_of({entry.path: data.get(field_name(entry.path)) for entry in ENTRIES})
        content["voice_settings"] |= {"pitch": data["pitch"], "rate": data["rate"]}
        return content | {"persona_id": data["persona_id"], "type": data["type"]}

    def _blame(self, problem: str) -> None:
        """Show "lines.openings.0: reason" at the field of the openings, as line 1."""
        where, _, reason = problem.partition(": ")
        steps = where.split(".")
        while steps and "__".join(steps) not in self.fields:
            steps.pop()
        rest = where.split(".")[len(steps) :]
        line = f"Line {int(rest[0]) + 1}: " if rest and rest[0].isdigit() else ""
        self.add_error("__".join(steps) or None, f"{line}{reason or problem}")


# Declared here and not in __init__, since the admin asks the class for its fields.
PersonaForm.declared_fields.update({field_name(entry.path): _field(entry) for entry in ENTRIES})
