"""The usage ledger in the back office: to read and to add up, never to change."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from apps.llm.models import UsageEntry, UsageQuerySet


@admin.register(UsageEntry)
class UsageEntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # only the stubs are generic
    list_display = [
        "created_at",
        "purpose",
        "provider",
        "model",
        "input_tokens",
        "output_tokens",
        "cost",
        "latency_ms",
        "outcome",
        "by_label",
        "subject",
    ]
    list_filter = ["purpose", "provider", "model", "outcome", "created_at"]
    search_fields = ["subject", "by_label"]
    date_hierarchy = "created_at"
    change_list_template = "admin/llm/usageentry/change_list.html"

    @admin.display(description="cost in USD", ordering="cost_usd")
    def cost(self, entry: UsageEntry) -> str | None:
        """Up to eight places, since a single call costs fractions of a cent."""
        return None if entry.cost_usd is None else f"{entry.cost_usd.normalize():f}"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        listed = getattr(response, "context_data", {}).get("cl")
        if listed is not None and isinstance(listed.queryset, UsageQuerySet):
            response.context_data["totals"] = listed.queryset.totals()  # type: ignore[attr-defined]  # a TemplateResponse, as its context shows
        return response

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: UsageEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: UsageEntry | None = None) -> bool:
        return False
