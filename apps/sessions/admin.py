"""Sessions in the back office: the plan, the transcript, the notes, and what can be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join

from apps.accounts.actors import Actor
from apps.accounts.admin_base import BackOfficeAdmin, actor_of
from apps.accounts.models import STAFF_ROLES
from apps.clients.models import Client
from apps.jobs.models import State
from apps.personas.models import Companion, Kind, Persona
from apps.sessions import services
from apps.sessions.admin_filters import PersonaFilter, WhenFilter
from apps.sessions.admin_forms import NoteForm, SessionForm
from apps.sessions.models import TRANSITIONS, WITH_NAMES, Message, Reply, Session, Status

PILLS = {
    Status.SCHEDULED: "info",
    Status.ACTIVE: "good",
    Status.COMPLETED: "quiet",
    Status.CANCELLED: "quiet",
}
OPEN = (Status.SCHEDULED, Status.ACTIVE)
# What the form shows at which time; names that are not of fields are to read only.
PLANNED = ("persona", "scheduled_at", "duration_minutes", "goals")
RUNNING = ("persona_name", "planned_for", "duration_minutes", "goals")
OVER = ("persona_name", "planned_for", "minutes", "goal_list")


class Step(NamedTuple):
    """A line of a session's history."""

    what: str
    at: datetime
    who: str = ""


def _persona_label(persona: Persona) -> str:
    own = " (a companion, for its maker alone)" if persona.kind == Kind.COMPANION else ""
    return persona.shown_name + own


@admin.register(Session)
class SessionAdmin(BackOfficeAdmin[Session]):
    form = SessionForm
    add_roles = change_roles = STAFF_ROLES
    list_display = ("when", "client_name", "persona_name", "state", "length", "talk")
    list_display_links = ("when",)
    list_filter = ("status", WhenFilter, PersonaFilter)
    list_select_related = WITH_NAMES
    search_fields = ("client",)  # shows the box; get_search_results says what it does
    search_help_text = "The beginning of a client's name or e-mail address, or an id."
    autocomplete_fields = ("client",)
    readonly_fields = ("persona_name", "planned_for", "minutes", "goal_list")
    actions = ("start_selected", "end_selected", "cancel_selected")
    sortable_by = ("when",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        failed = Reply.objects.filter(session=OuterRef("pk"), state=State.FAILED)
        return super().get_queryset(request).annotate(has_failed=Exists(failed))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Through the clients' blind index, since the database can't read names."""
        if not search_term:
            return queryset, False
        clients = Client.objects.visible_to(actor_of(request)).found_by(search_term)
        return queryset.filter(Q(client__in=clients) | Q(pk=search_term.strip())), False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "persona":
            made = Companion.objects.visible_to(actor_of(request)).values("pk")
            on_offer = Q(kind=Kind.PROFESSIONAL) | Q(pk__in=made)
            rows = Persona.objects.filter(on_offer, is_active=True)
            field.queryset = rows.select_related("current_version", "companion")
            field.label_from_instance = _persona_label
        return field

    def get_fields(self, request: HttpRequest, obj: Session | None = None) -> tuple[str, ...]:
        """As services.update_session has it: a running session keeps its persona and its time."""
        if obj is None:
            return ("client", *PLANNED)
        return {Status.SCHEDULED: PLANNED, Status.ACTIVE: RUNNING}.get(Status(obj.status), OVER)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Session | None = None
    ) -> tuple[str, ...]:
        shown = self.get_fields(request, obj)
        return (*self.readonly_fields, *(name for name in PLANNED if name not in shown))

    def name_for_staff(self, obj: Session) -> str:
        return f"{obj.client.full_name}, {self.planned_for(obj)}"

    def name_in_messages(self, obj: Session) -> str:
        return f"{self.planned_for(obj)} ({obj.pk})"

    @admin.display(description="When")
    def planned_for(self, obj: Session) -> str:
        return localize(timezone.localtime(obj.scheduled_at))

    @admin.display(description="When", ordering="scheduled_at")
    def when(self, obj: Session) -> datetime:
        return obj.scheduled_at

    @admin.display(description="Client")
    def client_name(self, obj: Session) -> str:
        return obj.client.full_name

    @admin.display(description="Persona")
    def persona_name(self, obj: Session) -> str:
        return obj.persona.shown_name

    @admin.display(description="State")
    def state(self, obj: Session) -> str:
        return format_html('<span class="pill {}">{}</span>', PILLS[Status(obj.status)], obj.status)

    @admin.display(description="Length")
    def length(self, obj: Session) -> str:
        if obj.started_at and obj.ended_at:
            minutes = round((obj.ended_at - obj.started_at).total_seconds() / 60)
            return f"{minutes} of {obj.duration_minutes} min"
        return f"{obj.duration_minutes} min planned"

    @admin.display(description="Messages")
    def talk(self, obj: Any) -> str:
        if not obj.has_failed:
            return str(obj.message_count)
        return format_html('{} <span class="pill bad">answer failed</span>', obj.message_count)

    @admin.display(description="Minutes planned")
    def minutes(self, obj: Session) -> int:
        return obj.duration_minutes

    @admin.display(description="Goals")
    def goal_list(self, obj: Session) -> str:
        return format_html_join("", "{}<br>", ((goal,) for goal in obj.goals)) or "–"

    def create(self, data: dict[str, Any], by: Actor) -> Session:
        client, persona = data.pop("client"), data.pop("persona")
        return services.create_session(client_id=client.pk, persona_id=persona.pk, **data, by=by)

    def update(self, obj: Session, changes: dict[str, Any], by: Actor) -> None:
        if "persona" in changes:
            changes["persona_id"] = changes.pop("persona").pk
        services.update_session(obj.pk, changes=changes, by=by)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        session = kwargs.get("obj")
        if session is not None:
            context.update(self._beside_the_form(session))
        return super().render_change_form(request, context, *args, **kwargs)

    def _beside_the_form(self, session: Session) -> dict[str, Any]:
        moves = TRANSITIONS[session.status]
        return {
            "transcript": _transcript(session),
            "notes": session.notes.all(),
            "note_form": NoteForm(auto_id="note_%s"),
            "history": _history(session),
            "pill": PILLS[Status(session.status)],
            "length": self.length(session),
            "show_save": session.status in OPEN,
            "may_start": Status.ACTIVE in moves,
            "may_end": Status.COMPLETED in moves,
            "may_cancel": Status.CANCELLED in moves,
            "is_open": session.status in OPEN,
        }

    def get_urls(self) -> list[URLPattern]:
        return [
            self.button("start", self.start),
            self.button("end", self.end),
            self.button("cancel", self.cancel),
            self.button("note", self.add_note),
            self.button("join-link", self.join_link),
            *super().get_urls(),
        ]

    def _move(
        self, request: HttpRequest, session: Session, service: Callable[..., Any], done: str
    ) -> None:
        service(session.pk, by=actor_of(request))
        self.log_change(request, session, done)
        self.message_user(request, f"{done}.", messages.SUCCESS)

    def start(self, request: HttpRequest, session: Session) -> None:
        self._move(request, session, services.start_session, "Started")

    def end(self, request: HttpRequest, session: Session) -> None:
        self._move(request, session, services.end_session, "Ended")

    def cancel(self, request: HttpRequest, session: Session) -> None:
        self._move(request, session, services.cancel_session, "Cancelled")

    def add_note(self, request: HttpRequest, session: Session) -> None:
        data = self.checked(request, NoteForm(request.POST))
        if data is not None:
            services.add_note(session.pk, **data, by=actor_of(request))
            self.log_change(request, session, "Added a note")
            self.message_user(request, "The note is added.", messages.SUCCESS)

    def join_link(self, request: HttpRequest, session: Session) -> HttpResponse:
        """On this one answer only: the token is stored neither in a message nor in a cookie."""
        issued = services.issue_join_token(session.pk, by=actor_of(request))
        self.log_change(request, session, "Issued a join link")
        context = {
            **self.admin_site.each_context(request),
            "title": "Join link",
            "tab_title": "Join link",
            "opts": self.opts,
            "original": session,
            "person": session.client.full_name,
            "link": f"{settings.PUBLIC_URL}/room/{session.pk}#token={issued.token}",
            "expires_at": issued.expires_at,
        }
        return TemplateResponse(request, "admin/therapy_sessions/session/join_link.html", context)

    @admin.action(description="Start", permissions=["change"])
    def start_selected(self, request: HttpRequest, rows: QuerySet[Session]) -> None:
        by = actor_of(request)
        self.for_each(request, rows, lambda row: services.start_session(row.pk, by=by), "Started")

    @admin.action(description="End", permissions=["change"])
    def end_selected(self, request: HttpRequest, rows: QuerySet[Session]) -> None:
        by = actor_of(request)
        self.for_each(request, rows, lambda row: services.end_session(row.pk, by=by), "Ended")

    @admin.action(description="Cancel", permissions=["change"])
    def cancel_selected(self, request: HttpRequest, rows: QuerySet[Session]) -> None:
        by = actor_of(request)
        self.for_each(
            request, rows, lambda row: services.cancel_session(row.pk, by=by), "Cancelled"
        )


def _transcript(session: Session) -> list[Message]:
    messages = session.messages.select_related("reply", "persona_version").order_by("number")
    for message in messages:
        message.session = session  # known already; asking again would be a query for each
    return list(messages)


def _history(session: Session) -> list[Step]:
    """From the session's own times, which last; events are kept for a while only."""
    steps = [Step("Planned", session.created_at, session.created_by)]
    if session.status == Status.CANCELLED:
        steps.append(Step("Cancelled", session.updated_at))
    if session.started_at:
        steps.append(Step("Started", session.started_at))
    if session.ended_at:
        steps.append(Step("Ended", session.ended_at))
    return steps
