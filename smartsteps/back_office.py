"""The back office: Django's admin with our log-in, front page, order of things and time zone."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterator
from functools import cache, wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils import timezone

from apps.accounts.admin_base import BackOfficeAdmin, actor_of
from apps.accounts.admin_login import LoginForm, OwnPasswordForm
from apps.safety import services as safety
from apps.sessions import dashboard

# What clinicians need most comes first; apps that are not named follow by name.
APPS_IN_ORDER = ("therapy_sessions", "clients", "safety", "analysis", "measures", "personas")
APPS_AT_THE_END = ("webhooks", "llm", "accounts")


class AutocompleteView(AutocompleteJsonView):
    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        admin = self.model_admin
        name = admin.name_for_staff(obj) if isinstance(admin, BackOfficeAdmin) else str(obj)
        return {"id": str(getattr(obj, to_field_name)), "text": name}


class BackOffice(AdminSite):
    site_header = "Smart Steps"
    site_title = "Smart Steps"
    index_title = "Today"
    site_url = None
    empty_value_display = "–"
    login_form = LoginForm

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return super().admin_view(_without_nul(view), cacheable)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """The safety desk's badge is on every page, also where no script runs."""
        context = super().each_context(request)
        if context["has_permission"]:
            context["desk"] = safety.count_desk(by=actor_of(request))
        return context

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        context = {"dashboard": dashboard.of(actor_of(request)), **(extra_context or {})}
        return super().index(request, context)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if form is not None and form.is_bound and form.has_error("__all__", "too_many"):
            response.status_code = 429
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        request.current_app = self.name
        view = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return view(request)

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return AutocompleteView.as_view(admin_site=self)(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        return sorted(super().get_app_list(request, app_label), key=_place)


def _without_nul(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """PostgreSQL refuses a NUL in any text, and no honest page sends one."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sent = (value for data in (request.GET, request.POST) for _, value in _pairs(data))
        if "\x00" in request.path or any("\x00" in value for value in sent):
            raise BadRequest("NUL in the request")
        return view(request, *args, **kwargs)

    return checked


def _pairs(data: QueryDict) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, values in data.lists() for value in values)


def _place(app: dict[str, Any]) -> tuple[int, str]:
    label = app["app_label"]
    if label in APPS_IN_ORDER:
        return APPS_IN_ORDER.index(label), ""
    at_the_end = label in APPS_AT_THE_END
    later = APPS_AT_THE_END.index(label) + 1 if at_the_end else 0
    return len(APPS_IN_ORDER) + later, app["name"]


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


class LocalTimeMiddleware:
    """Times in the back office, shown and typed, are the browser's; its script tells the zone.

    A session planned for two o'clock is then at the clinician's two o'clock.
    """

    COOKIE = "timezone"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = request.COOKIES.get(self.COOKIE, "")
        if not request.path.startswith("/admin/") or name not in _zones():
            return self.get_response(request)
        with timezone.override(zoneinfo.ZoneInfo(name)):
            return self.get_response(request)
