"""Clients in the back office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html, format_html_join

from apps.accounts.actors import Actor
from apps.accounts.admin_base import ADMINS, BackOfficeAdmin, actor_of
from apps.accounts.models import STAFF_ROLES, User
from apps.clients import services
from apps.clients.admin_forms import (
    CarerForm,
    ClientForm,
    ConsentForm,
    EraseForm,
    LoginOfClientForm,
)
from apps.clients.models import CareAssignment, Client, Erasure

SESSIONS_SHOWN = 20
CONSENT_WORDS = {True: ("good", "given"), False: ("bad", "withdrawn"), None: ("quiet", "not asked")}


class ClientList(ChangeList):
    """Names are decrypted for the shown rows only; what else they tell takes one query."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        clients = list(self.result_list)
        overview = Client.objects.filter(pk__in=[client.pk for client in clients])
        rows = overview.with_overview().values(
            "pk", "session_total", "next_session_at", "last_session_at", "ai_consent"
        )
        told = {row.pop("pk"): row for row in rows.order_by()}
        for client in clients:
            vars(client).update(told[client.pk])
        self.result_list = clients


@admin.register(Client)
class ClientAdmin(BackOfficeAdmin[Client]):
    form = ClientForm
    add_roles = change_roles = STAFF_ROLES
    list_display = ("name", "mail", "next_session", "last_session", "sessions", "carers", "consent")
    list_display_links = ("name",)
    sortable_by = ()
    search_fields = ("search_tokens",)  # shows the box; get_search_results says what it does
    search_help_text = "The beginning of a name or e-mail address, or a client's id."
    fieldsets = (
        (None, {"fields": (("first_name", "last_name"), ("email", "phone"), "date_of_birth")}),
        ("Further data", {"fields": ("metadata",), "classes": ("collapse",)}),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ClientList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        team = CareAssignment.objects.select_related("carer").order_by("since", "pk")
        return super().get_queryset(request).prefetch_related(Prefetch("care", team))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Through the blind index, since the database can't read names."""
        if not search_term:
            return queryset, False
        return queryset.filter(pk__in=Client.objects.found_by(search_term)), False

    def name_for_staff(self, obj: Client) -> str:
        return obj.full_name

    @admin.display(description="Name")
    def name(self, obj: Client) -> str:
        return obj.full_name

    @admin.display(description="E-mail")
    def mail(self, obj: Client) -> str:
        return str(obj.email)

    @admin.display(description="Next session")
    def next_session(self, obj: Any) -> Any:
        return obj.next_session_at

    @admin.display(description="Last session")
    def last_session(self, obj: Any) -> Any:
        return obj.last_session_at

    @admin.display(description="Sessions")
    def sessions(self, obj: Any) -> int:
        return int(obj.session_total)

    @admin.display(description="Care team")
    def carers(self, obj: Client) -> str:
        return format_html_join(", ", "{}", [(care.carer.shown_name,) for care in obj.care.all()])

    @admin.display(description="AI consent")
    def consent(self, obj: Any) -> str:
        kind, words = CONSENT_WORDS[obj.ai_consent]
        return format_html('<span class="pill {}">{}</span>', kind, words)

    def create(self, data: dict[str, Any], by: Actor) -> Client:
        return services.create_client(**data, by=by)

    def update(self, obj: Client, changes: dict[str, Any], by: Actor) -> None:
        services.update_client(obj.pk, changes=changes, by=by)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        client = kwargs.get("obj")
        if client is not None:
            context.update(self._beside_the_form(request, client))
        return super().render_change_form(request, context, *args, **kwargs)

    def _beside_the_form(self, request: HttpRequest, client: Client) -> dict[str, Any]:
        sessions = client.sessions.select_related("persona__current_version", "persona__companion")
        consents = list(client.consents.all())
        return {
            "sessions": sessions.order_by("-scheduled_at", "-pk")[:SESSIONS_SHOWN],
            "session_total": client.sessions.count(),
            "consents": consents,
            "consent_form": ConsentForm(auto_id="consent_%s"),
            "team": client.care.all(),
            **(self._for_admins(client) if actor_of(request).is_admin else {}),
        }

    def _for_admins(self, client: Client) -> dict[str, forms.Form]:
        return {
            "carer_form": CarerForm(client, auto_id="carer_%s"),
            "login_form": LoginOfClientForm(client, auto_id="login_%s"),
        }

    def get_urls(self) -> list[URLPattern]:
        return [
            self.button("consent", self.record_consent),
            self.button("carer", self.add_carer),
            self.button("carer-end", self.end_care),
            self.button("login", self.give_login),
            self.button("erase", self.erase),
            *super().get_urls(),
        ]

    def record_consent(self, request: HttpRequest, client: Client) -> None:
        data = self.checked(request, ConsentForm(request.POST))
        if data is not None:
            services.record_consent(client.pk, **data, by=actor_of(request))
            self.log_change(request, client, "Recorded a consent")
            self.message_user(request, "The consent is recorded.", messages.SUCCESS)

    def add_carer(self, request: HttpRequest, client: Client) -> None:
        data = self.checked(request, CarerForm(client, request.POST))
        if data is not None:
            carer: User = data["carer"]
            services.assign_carer(client.pk, carer=carer, by=actor_of(request))
            self.log_change(request, client, f"Added {carer} to the care team")
            self.message_user(request, f"{carer.shown_name} is in the team.", messages.SUCCESS)

    def end_care(self, request: HttpRequest, client: Client) -> None:
        carer_id = request.POST.get("carer", "")
        services.end_care(client.pk, carer_id=carer_id, by=actor_of(request))
        self.log_change(request, client, f"Took {carer_id} out of the care team")
        self.message_user(request, "The care team is changed.", messages.SUCCESS)

    def give_login(self, request: HttpRequest, client: Client) -> None:
        data = self.checked(request, LoginOfClientForm(client, request.POST))
        if data is not None:
            services.give_login(client.pk, user=data["user"], by=actor_of(request))
            self.log_change(request, client, "Changed the login")
            self.message_user(request, "The client's login is changed.", messages.SUCCESS)

    def erase(self, request: HttpRequest, client: Client) -> HttpResponse:
        """Asks first. The receipt is the record of it, so the back office's own log has none."""
        form = EraseForm(request.POST if "asked" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, client, form)
        receipt = services.erase_client(client.pk, by=actor_of(request))
        done = f"The client {receipt.client_id} is erased. Receipt: {receipt}."
        self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:clients_client_changelist"))

    def _ask(self, request: HttpRequest, client: Client, form: EraseForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"Erase {client.full_name}",
            "tab_title": f"Erase client {client}",
            "opts": self.opts,
            "original": client,
            "session_total": client.sessions.count(),
            "has_login": client.user_id is not None,
            "form": form,
        }
        return TemplateResponse(request, "admin/clients/client/erase.html", context)


@admin.register(Erasure)
class ErasureAdmin(BackOfficeAdmin[Erasure]):
    view_roles = ADMINS
    list_display = ("id", "client_id", "erased_at", "erased_by")
    search_fields = ("=id", "=client_id")
    search_help_text = "A receipt's or a client's id."
    sortable_by = ()
    fields = readonly_fields = (
        "client_id",
        "erased_at",
        "erased_by",
        "removed_rows",
        "usage_entries",
    )

    @admin.display(description="Removed")
    def removed_rows(self, obj: Erasure) -> str:
        return format_html_join("", "{} × {}<br>", ((n, table) for table, n in obj.removed.items()))
