"""The filters beside the list of sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from apps.personas.models import Persona

# Days from today's midnight: the first one and the one after the last.
SPANS = {
    "today": ("Today", 0, 1),
    "tomorrow": ("Tomorrow", 1, 2),
    "next7": ("Next 7 days", 0, 7),
    "past7": ("Past 7 days", -7, 1),
    "past30": ("Past 30 days", -30, 1),
}


class WhenFilter(SimpleListFilter):
    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(key, title) for key, (title, _, _) in SPANS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in SPANS:
            return queryset
        _, first, end = SPANS[str(self.value())]
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return queryset.filter(
            scheduled_at__gte=midnight + timedelta(days=first),
            scheduled_at__lt=midnight + timedelta(days=end),
        )


class PersonaFilter(SimpleListFilter):
    title = "persona"
    parameter_name = "persona"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        personas = Persona.objects.filter(kind="professional").select_related("current_version")
        return [(persona.pk, persona.shown_name) for persona in personas.order_by("pk")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = {key for key, _ in self.lookup_choices} & {self.value()}
        return queryset.filter(persona__in=chosen) if chosen else queryset
