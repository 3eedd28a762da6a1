"""Questionnaires in the back office: what was answered, and entering one from paper."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from apps.accounts.admin_base import BackOfficeAdmin, actor_of
from apps.measures import services
from apps.measures.admin_forms import MeasureForm
from apps.measures.instruments import INSTRUMENTS
from apps.measures.models import Measure
from smartsteps.lib.errors import DomainError


@admin.register(Measure)
class MeasureAdmin(BackOfficeAdmin[Measure]):
    list_display = ("taken_at", "client_name", "instrument", "result", "source", "entered_by")
    list_display_links = ("taken_at",)
    list_filter = ("instrument", "source")
    list_select_related = ("client",)
    sortable_by = ("taken_at",)
    fields = ()

    def name_for_staff(self, obj: Measure) -> str:
        return f"{obj.form.name} of {obj.taken_at:%d %b %Y}"

    @admin.display(description="Client")
    def client_name(self, obj: Measure) -> str:
        return obj.client.full_name

    @admin.display(description="Total")
    def result(self, obj: Measure) -> str:
        if obj.total is None:
            return "incomplete"
        return f"{obj.total} of {obj.form.highest}, {obj.band}"

    def get_urls(self) -> list[URLPattern]:
        enter = self.admin_site.admin_view(require_POST(self.enter))
        route = "client/<path:object_id>/enter/"
        return [path(route, enter, name="measures_enter"), *super().get_urls()]

    def enter(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Back on the client's page, where the form is."""
        first = next(iter(INSTRUMENTS.values()))  # a wrong one is refused by the service
        asked = INSTRUMENTS.get(request.POST.get("instrument", ""), first)
        form = MeasureForm(asked, request.POST)
        if self.checked(request, form) is not None:
            try:
                self._record(request, object_id, form)
            except DomainError as error:
                if error.status == 404:
                    return self.unknown(request)
                self.message_user(request, error.message, messages.ERROR)
        return HttpResponseRedirect(reverse("admin:clients_client_change", args=(object_id,)))

    def _record(self, request: HttpRequest, client_id: str, form: MeasureForm) -> None:
        measure = services.record_measure(
            client_id,
            instrument=form.cleaned_data["instrument"],
            answers=form.answers,
            taken_at=form.cleaned_data["taken_at"],
            by=actor_of(request),
        )
        self.log_change(request, measure, "Entered a questionnaire")
        if measure.form.alert_level(measure.answers) != "none":
            self.message_user(request, "A safety event is open for an answer.", messages.WARNING)
        self.message_user(request, "The questionnaire is entered.", messages.SUCCESS)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        measure = kwargs.get("obj")
        if measure is not None:
            scale = measure.form.scale
            context["rows"] = [
                (item, "not answered" if answer is None else f"{answer}: {scale[answer]}")
                for item, answer in zip(measure.form.items, measure.answers, strict=True)
            ]
        return super().render_change_form(request, context, *args, **kwargs)
