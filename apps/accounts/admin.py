"""Users and API keys in the back office, for admins only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html

from apps.accounts import services
from apps.accounts.actors import Actor
from apps.accounts.admin_base import ADMINS, BackOfficeAdmin, actor_of
from apps.accounts.admin_forms import IssueKeyForm, NewUserForm, UserForm
from apps.accounts.admin_login import NewPasswordForm
from apps.accounts.models import ApiKey, User
from smartsteps.lib.errors import DomainError

KEY_PILLS = {"active": "good", "expired": "quiet", "revoked": "bad", "disabled": "quiet"}
OVERLAP = timedelta(hours=24)

admin.site.unregister(Group)  # roles decide here


@admin.register(User)
class UserAdmin(BackOfficeAdmin[User]):
    view_roles = add_roles = change_roles = ADMINS
    list_display = ("username", "shown_name", "email", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)

    def get_form(
        self, request: Any, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = NewUserForm if obj is None else UserForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        if obj is None:
            return (*NewUserForm.Meta.fields, "password")
        return UserForm.Meta.fields

    def create(self, data: dict[str, Any], by: Actor) -> User:
        return services.create_user(**{**data, "password": data["password"] or None})

    def update(self, obj: User, changes: dict[str, Any], by: Actor) -> None:
        services.update_user(obj.pk, changes=changes, by=by)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.new_password)
        name = "accounts_user_password"
        return [path("<path:object_id>/password/", view, name=name), *super().get_urls()]

    def new_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self.get_object(request, object_id)
        if not self.has_change_permission(request):
            raise PermissionDenied
        if user is None:
            return self.unknown(request)
        form = NewPasswordForm(user, request.POST or None)
        if form.is_valid() and form.save():
            self.log_change(request, user, "Set a new password")
            self.message_user(
                request, "The password is set, and all log-ins have ended.", messages.SUCCESS
            )
            return HttpResponseRedirect(self.url_of(user))
        context = {
            **self.admin_site.each_context(request),
            "title": f"New password for {user.username}",
            "form": form,
            "opts": self.opts,
            "original": user,
        }
        return TemplateResponse(request, "admin/accounts/user/password.html", context)


@admin.register(ApiKey)
class ApiKeyAdmin(BackOfficeAdmin[ApiKey]):
    """A key is shown on the one answer that issues it, and on no other page."""

    view_roles = add_roles = change_roles = ADMINS
    list_display = ("name", "beginning", "user", "may", "last_used_at", "expires_at", "state")
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username")
    actions = ("revoke_selected",)
    fields = readonly_fields = (
        "name",
        "beginning",
        "user",
        "may",
        "networks",
        "signed",
        "state",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )

    @admin.display(description="Key")
    def beginning(self, obj: ApiKey) -> str:
        return format_html("<code>{}…</code>", obj.prefix)

    @admin.display(description="May")
    def may(self, obj: ApiKey) -> str:
        return ", ".join(obj.scopes)

    @admin.display(description="State")
    def state(self, obj: ApiKey) -> str:
        return format_html('<span class="pill {}">{}</span>', KEY_PILLS[obj.status], obj.status)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = IssueKeyForm(request.POST or None)
        if form.is_valid():
            try:
                issued = services.issue_api_key(**form.wanted())
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                self.log_addition(request, issued.row, "Issued")
                return self._show_once(request, issued)
        return self._page(request, "issue.html", title="Issue an API key", form=form)

    def _show_once(self, request: HttpRequest, issued: services.IssuedKey) -> HttpResponse:
        """In the answer itself: not in a message, a cookie or the session, which would keep it."""
        return self._page(request, "issued.html", title="The new key", issued=issued)

    def _page(self, request: HttpRequest, template: str, **more: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **more}
        return TemplateResponse(request, f"admin/accounts/apikey/{template}", context)

    def get_urls(self) -> list[URLPattern]:
        return [
            self.button("revoke", self.revoke),
            self.button("rotate", self.rotate),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        key = kwargs.get("obj")
        context.update(show_save=False)
        context.update(is_usable=key is not None and key.status == "active")
        return super().render_change_form(request, context, *args, **kwargs)

    def revoke(self, request: HttpRequest, key: ApiKey) -> None:
        services.revoke_api_key(prefix=key.prefix, by=actor_of(request))
        self.log_change(request, key, "Revoked")
        self.message_user(request, "The key is revoked.", messages.SUCCESS)

    def rotate(self, request: HttpRequest, key: ApiKey) -> HttpResponse:
        by = actor_of(request)
        issued = services.rotate_api_key(prefix=key.prefix, overlap=OVERLAP, by=by)
        self.log_change(request, key, "Rotated")
        self.log_addition(request, issued.row, "Issued in rotation")
        return self._show_once(request, issued)

    @admin.action(description="Revoke", permissions=["change"])
    def revoke_selected(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> None:
        by = actor_of(request)
        self.for_each(
            request, rows, lambda key: services.revoke_api_key(prefix=key.prefix, by=by), "Revoked"
        )
