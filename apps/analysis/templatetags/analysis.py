"""What pages of sessions and clients show of the analysis; those apps don't know this one."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from apps.accounts.admin_base import actor_of
from apps.analysis import charts, history, report, services
from apps.analysis.charts import Chart
from apps.clients.models import Client
from apps.measures.admin_forms import forms_to_enter
from apps.sessions.models import Session

register = template.Library()


@register.inclusion_tag("admin/analysis/of_session.html", takes_context=True)
def session_analysis(context: RequestContext, session: Session) -> dict[str, Any]:
    by = actor_of(context["request"])
    versions = services.list_analyses(session.pk, by=by)
    return {
        "session": session,
        "analysis": versions[0] if versions else None,
        "older": versions[1:],
        "may_run": session.status in services.ANALYSABLE,
        "csrf_token": context["csrf_token"],
    }


@register.inclusion_tag("admin/analysis/charts.html")
def client_charts(client: Client) -> dict[str, Any]:
    """Of all that is known of the client; the caller has checked who may see them."""
    return {"charts": charts_of(client), "client": client}


@register.inclusion_tag("admin/analysis/measures.html", takes_context=True)
def client_measures(context: RequestContext, client: Client) -> dict[str, Any]:
    measures = client.measures.all()[:20]
    return {
        "measures": measures,
        "client": client,
        "forms": forms_to_enter(),
        "csrf_token": context["csrf_token"],
    }


def charts_of(client: Client) -> list[Chart]:
    known = history.of(client).series.values()
    return [
        charts.of(series, charts.described(series, report.sentence(series)))
        for series in known
        if series.points
    ]
