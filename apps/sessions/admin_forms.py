"""What can be typed about a session in the back office; the limits are the API's."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.sessions.models import Session
from apps.sessions.serializers import DEFAULT_DURATION_MINUTES, GOAL_CHARS, MAX_GOALS, NOTE_CHARS


class GoalsField(forms.CharField):
    """One goal a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in (super().to_python(value) or "").splitlines()]
        return [line for line in lines if line]

    def validate(self, value: Any) -> None:
        if len(value) > MAX_GOALS:
            raise forms.ValidationError(f"At most {MAX_GOALS} goals.")
        if any(len(goal) > GOAL_CHARS for goal in value):
            raise forms.ValidationError(f"At most {GOAL_CHARS} characters for a goal.")

    def run_validators(self, value: Any) -> None:
        for goal in value:
            super().run_validators(goal)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class SessionForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    scheduled_at = forms.DateTimeField(
        label="When",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M:%S"),
        help_text="In your own time zone. Empty means now.",
    )
    duration_minutes = forms.IntegerField(
        label="Minutes planned", min_value=1, max_value=480, initial=DEFAULT_DURATION_MINUTES
    )
    goals = GoalsField(required=False, help_text="One a line. The persona knows them.")

    class Meta:
        model = Session
        fields = ("client", "persona", "scheduled_at", "duration_minutes", "goals")


class NoteForm(forms.Form):
    content = forms.CharField(
        label="New note",
        max_length=NOTE_CHARS,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "Only staff can read this."}),
    )
