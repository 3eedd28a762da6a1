"""The safety desk: what is open, what is overdue, and what came of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.html import format_html

from apps.accounts.admin_base import BackOfficeAdmin, actor_of
from apps.accounts.models import STAFF_ROLES
from apps.safety import services
from apps.safety.models import TRANSITIONS, URGENCY, Level, Outcome, SafetyEvent, State

PILLS = {
    Level.CRITICAL: "bad",
    Level.HIGH: "bad",
    Level.MODERATE: "warn",
    Level.UNREVIEWED: "warn",
}


class EscalateForm(forms.Form):
    to = forms.CharField(max_length=200, label="Escalate to")


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(choices=Outcome.choices)
    note = forms.CharField(
        max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


@admin.register(SafetyEvent)
class SafetyEventAdmin(BackOfficeAdmin[SafetyEvent]):
    change_roles = STAFF_ROLES
    list_display = ("opened_at", "gravity", "kind", "who", "surface", "progress", "due")
    list_display_links = ("opened_at",)
    list_filter = ("state", "level", "surface")
    list_select_related = ("client", "person")
    ordering = URGENCY
    sortable_by = ("opened_at",)
    actions = ("acknowledge_selected",)
    fields = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[SafetyEvent]:
        return super().get_queryset(request).prefetch_related("signals")

    def name_for_staff(self, obj: SafetyEvent) -> str:
        return f"{obj.level.capitalize()} ({obj.kind}), {obj.opened_at:%d %b %Y, %H:%M}"

    @admin.display(description="Level", ordering="level")
    def gravity(self, obj: SafetyEvent) -> str:
        return format_html('<span class="pill {}">{}</span>', PILLS[Level(obj.level)], obj.level)

    @admin.display(description="Category", ordering="category")
    def kind(self, obj: SafetyEvent) -> str:
        return obj.kind

    @admin.display(description="Person")
    def who(self, obj: SafetyEvent) -> str:
        name = obj.client.full_name if obj.client else str(obj.person or "–")
        return f"{name} (under 18)" if obj.is_minor else name

    @admin.display(description="State")
    def progress(self, obj: SafetyEvent) -> str:
        kind = "quiet" if obj.state == State.CLOSED else "info"
        return format_html('<span class="pill {}">{}</span>', kind, obj.state)

    @admin.display(description="Look by", ordering="due_at")
    def due(self, obj: SafetyEvent) -> str:
        if obj.is_overdue:
            return format_html('<span class="pill bad">{}</span>', "overdue")
        return f"{obj.due_at:%d %b, %H:%M}" if obj.state == State.OPENED else "–"

    @admin.action(description="Acknowledge", permissions=["change"])
    def acknowledge_selected(self, request: HttpRequest, rows: QuerySet[SafetyEvent]) -> None:
        by = actor_of(request)
        self.for_each(
            request, rows, lambda row: services.acknowledge_event(row.pk, by=by), "Acknowledged"
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        event = kwargs.get("obj")
        if event is not None:
            context.update(self._beside_the_form(event))
        return super().render_change_form(request, context, *args, **kwargs)

    def _beside_the_form(self, event: SafetyEvent) -> dict[str, Any]:
        possible = TRANSITIONS[event.state]
        return {
            "title": self.name_for_staff(event),
            "subtitle": None,
            "pill": PILLS[Level(event.level)],
            "who": self.who(event),
            "signals": event.signals.all(),
            "alerts": event.alerts.order_by("created_at", "address"),
            "may_acknowledge": State.ACKNOWLEDGED in possible,
            "escalate_form": EscalateForm() if State.ESCALATED in possible else None,
            "close_form": CloseForm() if State.CLOSED in possible else None,
        }

    def get_urls(self) -> list[URLPattern]:
        return [
            self.button("acknowledge", self.acknowledge),
            self.button("escalate", self.escalate),
            self.button("close", self.close),
            *super().get_urls(),
        ]

    def acknowledge(self, request: HttpRequest, event: SafetyEvent) -> None:
        services.acknowledge_event(event.pk, by=actor_of(request))
        self._done(request, event, "Acknowledged")

    def escalate(self, request: HttpRequest, event: SafetyEvent) -> None:
        data = self.checked(request, EscalateForm(request.POST))
        if data is not None:
            services.escalate_event(event.pk, to=data["to"], by=actor_of(request))
            self._done(request, event, "Escalated")

    def close(self, request: HttpRequest, event: SafetyEvent) -> None:
        data = self.checked(request, CloseForm(request.POST))
        if data is not None:
            services.close_event(event.pk, **data, by=actor_of(request))
            self._done(request, event, "Closed")

    def _done(self, request: HttpRequest, event: SafetyEvent, what: str) -> None:
        self.log_change(request, event, what)
        self.message_user(request, f"{what}.", messages.SUCCESS)
