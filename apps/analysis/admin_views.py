"""Pages and files of the analysis in the back office that are not of one model's row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from apps.accounts.actors import Actor
from apps.accounts.admin_base import actor_of
from apps.analysis import brief, exports, pdf
from smartsteps.wire.json import dumps

Data = dict[str, Any]
EXPORTS: dict[str, tuple[Callable[..., Data], Callable[[Data], bytes]]] = {
    "transcript": (exports.transcript, pdf.transcript),
    "report": (exports.progress_report, pdf.report),
}


def brief_page(request: HttpRequest, object_id: str, context: Data) -> HttpResponse:
    """One page before the session; `context` is the site's."""
    found = brief.of(object_id, by=actor_of(request))
    told = {"title": "Brief", "tab_title": "Brief", "brief": found, "original": found.session}
    return TemplateResponse(request, "admin/analysis/brief.html", {**context, **told})


def export(by: Actor, kind: str, format: str, object_id: str) -> HttpResponse:
    """A file to keep, not to be shown in place; the back office lets nobody cache its answers."""
    gather, render = EXPORTS[kind]
    data = gather(object_id, by=by)
    body, mime = (
        (render(data), "application/pdf") if format == "pdf" else (dumps(data), "application/json")
    )
    name = f"{kind}-{object_id}.{format}"  # ids only: file names end up in many places
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=mime, headers=headers)


def session_url(session_id: str) -> str:
    return reverse("admin:therapy_sessions_session_change", args=(session_id,))
