"""Analyses in the back office: all versions, the brief, the exports, and making one anew."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.admin_base import BackOfficeAdmin, actor_of
from apps.analysis import admin_views, services
from apps.analysis.models import Analysis
from smartsteps.lib.errors import DomainError


@admin.register(Analysis)
class AnalysisAdmin(BackOfficeAdmin[Analysis]):
    list_display = ("made_at", "client_name", "of_session", "version", "model", "made_by")
    list_display_links = ("made_at",)
    list_select_related = ("session__client",)
    sortable_by = ("made_at",)
    fields = ()

    def name_for_staff(self, obj: Analysis) -> str:
        return f"Analysis {obj.version} of {obj.session_id}"

    @admin.display(description="Client")
    def client_name(self, obj: Analysis) -> str:
        return obj.session.client.full_name

    @admin.display(description="Session")
    def of_session(self, obj: Analysis) -> Any:
        return obj.session.started_at

    def get_urls(self) -> list[URLPattern]:
        return [
            self._at("session/<path:object_id>/run/", "run", require_POST(self.run)),
            self._at("session/<path:object_id>/brief/", "brief", require_GET(self.brief)),
            *(
                self._at(
                    f"{kind}/<path:object_id>/{format}/",
                    f"{kind}_{format}",
                    require_GET(partial(self.export, kind=kind, format=format)),
                )
                for kind in admin_views.EXPORTS
                for format in ("pdf", "json")
            ),
            *super().get_urls(),
        ]

    def _at(self, route: str, name: str, view: Callable[..., HttpResponse]) -> URLPattern:
        return path(route, self.admin_site.admin_view(view), name=f"analysis_{name}")

    def run(self, request: HttpRequest, object_id: str) -> HttpResponse:
        try:
            made = services.analyze_session(object_id, by=actor_of(request))
        except DomainError as error:
            if error.status == 404:
                return self.unknown(request)
            self.message_user(request, error.message, messages.ERROR)
        else:
            self.log_change(request, made, "Analysed a session")
            done = f"The summary is made anew (version {made.version})."
            self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(admin_views.session_url(object_id))

    def brief(self, request: HttpRequest, object_id: str) -> HttpResponse:
        try:
            context = {**self.admin_site.each_context(request), "opts": self.opts}
            return admin_views.brief_page(request, object_id, context)
        except DomainError:
            return self.unknown(request)

    def export(
        self, request: HttpRequest, object_id: str, *, kind: str, format: str
    ) -> HttpResponse:
        try:
            return admin_views.export(actor_of(request), kind, format, object_id)
        except DomainError as error:
            if error.status == 404:
                return self.unknown(request)
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(admin_views.session_url(object_id))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        analysis = kwargs.get("obj")
        if analysis is not None:
            context["analysis"] = analysis
        return super().render_change_form(request, context, *args, **kwargs)
