"""What can be typed about webhooks in the back office."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from apps.webhooks import catalog
from apps.webhooks.models import Subscription
from smartsteps.lib import clock


class SubscriptionForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    url = forms.CharField(
        label="URL",
        max_length=2048,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text="Gets a signed POST for each event.",
    )
    events = forms.MultipleChoiceField(
        choices=[(each.name, f"{each.name}: {each.says}") for each in catalog.ALL],
        widget=forms.CheckboxSelectMultiple,
        help_text="They tell ids and times, never what was said or who somebody is.",
    )

    class Meta:
        model = Subscription
        fields = ("url", "events")


def _hours_ago(hours: int) -> Any:
    return lambda: clock.now() - timedelta(hours=hours)


class ReplayForm(forms.Form):
    since = forms.DateTimeField(label="From", initial=_hours_ago(24))
    until = forms.DateTimeField(label="To", initial=_hours_ago(0))
    what = forms.ChoiceField(
        choices=[("failed", "What failed"), ("all", "All, also what has arrived")]
    )
