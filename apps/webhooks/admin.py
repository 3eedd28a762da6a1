"""Webhooks in the back office: how endpoints do, what was sent, and sending it again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from apps.accounts.actors import Actor
from apps.accounts.admin_base import BackOfficeAdmin, actor_of
from apps.accounts.models import STAFF_ROLES
from apps.jobs.models import State
from apps.webhooks import report, services
from apps.webhooks.admin_forms import ReplayForm, SubscriptionForm
from apps.webhooks.models import Delivery, Status, Subscription
from apps.webhooks.serializers import STATES, STATUS
from smartsteps.lib.errors import DomainError

DELIVERIES_SHOWN = 25
STATUS_PILLS = {Status.ACTIVE: "good", Status.PAUSED: "quiet", Status.DISABLED: "bad"}
STATE_PILLS = {State.PENDING: "info", State.RUNNING: "info", State.DONE: "good"}
WHY_DISABLED = {
    "gone": "The endpoint answered 410 Gone.",
    "failing": "The endpoint has failed for five days.",
}


def _pill(kind: str, text: str) -> str:
    return format_html('<span class="pill {}">{}</span>', kind, text)


def short(url: str) -> str:
    return str(Truncator(url.partition("://")[2]).chars(28))


def state_pill(delivery: Delivery) -> str:
    state = State(delivery.state)
    tried_before = state == State.PENDING and delivery.attempts
    kind = "warn" if tried_before else STATE_PILLS.get(state, "bad")
    return _pill(kind, "retrying" if tried_before else STATUS[state])


class SubscriptionList(ChangeList):
    """What the shown rows tell of the last day takes two queries."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        reports = report.of(row.pk for row in rows)
        for row in rows:
            row.report = reports[row.pk]
        self.result_list = rows


@admin.register(Subscription)
class SubscriptionAdmin(BackOfficeAdmin[Subscription]):
    """A secret is shown on the one answer that makes it, and on no other page."""

    form = SubscriptionForm
    add_roles = change_roles = STAFF_ROLES
    list_display = ("address", "listens_to", "state", "lately", "waiting")
    list_display_links = ("address",)
    list_filter = ("status",)
    list_select_related = ("owner",)
    search_fields = ("url", "owner__username")
    sortable_by = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SubscriptionList

    def name_for_staff(self, obj: Subscription) -> str:
        return str(Truncator(obj.url).chars(60))

    @admin.display(description="Endpoint")
    def address(self, obj: Subscription) -> str:
        return short(obj.url)

    @admin.display(description="Listens to")
    def listens_to(self, obj: Subscription) -> str:
        return obj.events[0] if len(obj.events) == 1 else f"{len(obj.events)} events"

    @admin.display(description="State")
    def state(self, obj: Subscription) -> str:
        if obj.status == Status.ACTIVE and obj.failing_since:
            return _pill("warn", "failing")
        return _pill(STATUS_PILLS[Status(obj.status)], obj.status)

    @admin.display(description="Good in 24 h")
    def lately(self, obj: Any) -> str | None:
        done = obj.report
        if done.percent is None:
            return None
        median = "" if done.p50_ms is None else f", {done.p50_ms} ms"
        return f"{done.percent} % of {done.attempts}{median}"

    @admin.display(description="Waiting")
    def waiting(self, obj: Any) -> int:
        return int(obj.report.waiting)

    def update(self, obj: Subscription, changes: dict[str, Any], by: Actor) -> None:
        services.update_subscription(obj.pk, changes=changes, by=by)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = SubscriptionForm(request.POST or None)
        if form.is_valid():
            try:
                row = services.create_subscription(**form.cleaned_data, by=actor_of(request))
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                self.log_addition(request, row, "Registered")
                return self._show_once(request, row)
        return self._page(request, "register.html", title="New webhook", form=form)

    def _show_once(self, request: HttpRequest, row: Subscription) -> HttpResponse:
        """In the answer itself: a message, a cookie or the session would keep it."""
        return self._page(request, "secret.html", title="The signing secret", webhook=row)

    def _page(self, request: HttpRequest, template: str, **more: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **more}
        return TemplateResponse(request, f"admin/webhooks/subscription/{template}", context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        row = kwargs.get("obj")
        if row is not None:
            context.update(self._beside_the_form(row))
        return super().render_change_form(request, context, *args, **kwargs)

    def _beside_the_form(self, row: Subscription) -> dict[str, Any]:
        shown: Any = row.deliveries.prefetch_related("tries")[:DELIVERIES_SHOWN]
        return {
            "report": report.of([row.pk])[row.pk],
            "state": self.state(row),
            "why_disabled": WHY_DISABLED.get(row.disabled_reason),
            "deliveries": [(each, state_pill(each), each.tries.first()) for each in shown],
            "replay_form": ReplayForm(auto_id="replay_%s"),
        }

    def get_urls(self) -> list[URLPattern]:
        return [
            self.button("test", self.test),
            self.button("pause", self.pause),
            self.button("resume", self.resume),
            self.button("rotate", self.rotate),
            self.button("replay", self.replay),
            self.button("remove", self.remove),
            *super().get_urls(),
        ]

    def test(self, request: HttpRequest, row: Subscription) -> HttpResponse:
        delivery = services.send_ping(row.pk, by=actor_of(request))
        self.message_user(request, "A test is on its way.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:webhooks_delivery_change", args=(delivery.pk,)))

    def pause(self, request: HttpRequest, row: Subscription) -> None:
        self._set_status(request, row, Status.PAUSED, "Paused")

    def resume(self, request: HttpRequest, row: Subscription) -> None:
        self._set_status(request, row, Status.ACTIVE, "Resumed")

    def _set_status(
        self, request: HttpRequest, row: Subscription, status: Status, done: str
    ) -> None:
        services.update_subscription(row.pk, changes={"status": status}, by=actor_of(request))
        self.log_change(request, row, done)
        self.message_user(request, f"{done}.", messages.SUCCESS)

    def rotate(self, request: HttpRequest, row: Subscription) -> HttpResponse:
        rotated = services.rotate_secret(row.pk, by=actor_of(request))
        self.log_change(request, row, "Rotated the secret")
        return self._show_once(request, rotated)

    def replay(self, request: HttpRequest, row: Subscription) -> None:
        data = self.checked(request, ReplayForm(request.POST))
        if data is not None:
            only_failed, by = data.pop("what") == "failed", actor_of(request)
            count = services.replay(row.pk, **data, only_failed=only_failed, by=by)
            self.log_change(request, row, f"Replayed {count}")
            self.message_user(request, f"{count} are sent again.", messages.SUCCESS)

    def remove(self, request: HttpRequest, row: Subscription) -> HttpResponse:
        self.log_deletions(request, Subscription.objects.filter(pk=row.pk))
        services.delete_subscription(row.pk, by=actor_of(request))
        self.message_user(request, "The webhook is deleted.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:webhooks_subscription_changelist"))


class ProgressFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "progress"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(shown, shown.capitalize()) for shown in STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = STATES.get(self.value() or "")
        return queryset if state is None else queryset.filter(state=state)


@admin.register(Delivery)
class DeliveryAdmin(BackOfficeAdmin[Delivery]):
    change_roles = STAFF_ROLES
    list_display = ("created_at", "event", "endpoint", "progress", "answer")
    list_display_links = ("created_at",)
    list_filter = (ProgressFilter, "event")
    list_select_related = ("subscription",)
    search_fields = ("delivery_id", "subscription__url")
    search_help_text = "A webhook-id, or a part of the endpoint's address."
    sortable_by = ()
    actions = ("resend_selected",)
    fields = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        return super().get_queryset(request).prefetch_related("tries")

    def name_for_staff(self, obj: Delivery) -> str:
        return f"{obj.event}, {obj.created_at:%d %b %Y, %H:%M}"

    @admin.display(description="Endpoint")
    def endpoint(self, obj: Delivery) -> str:
        return short(obj.subscription.url)

    @admin.display(description="State")
    def progress(self, obj: Delivery) -> str:
        return state_pill(obj)

    @admin.display(description="Last answer")
    def answer(self, obj: Delivery) -> str | None:
        last = next(iter(obj.tries.all()), None)
        return f"{last} in {last.latency_ms} ms" if last else None

    @admin.action(description="Send again", permissions=["change"])
    def resend_selected(self, request: HttpRequest, rows: QuerySet[Delivery]) -> None:
        by = actor_of(request)

        def resend(row: Delivery) -> None:
            services.resend_delivery(row.delivery_id, by=by)

        self.for_each(request, rows, resend, "Sent again")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        row = kwargs.get("obj")
        if row is not None:
            context.update(
                state=state_pill(row),
                tries=row.tries.all(),
                may_resend=row.state in services.SETTLED,
                is_waiting=row.state == State.PENDING,
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        return [self.button("resend", self.resend), *super().get_urls()]

    def resend(self, request: HttpRequest, row: Delivery) -> None:
        services.resend_delivery(row.delivery_id, by=actor_of(request))
        self.log_change(request, row, "Sent again")
        self.message_user(request, "It is on its way again.", messages.SUCCESS)
