"""Pages and files of the analysis in the back office that are not of one model's row."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from apps.accounts.actors import Actor
from apps.accounts.admin_base import actor_of
from apps.analysis import brief, exports
from smartsteps.wire.json import dumps

Data = dict[str, Any]
EXPORTS: dict[str, Callable[..., Data]] = {
    "transcript": exports.transcript,
    "report": exports.progress_report,
}


def brief_page(request: HttpRequest, object_id: str, context: Data) -> HttpResponse:
    """One page before the session; `context` is the site's."""
    found = brief.of(object_id, by=actor_of(request))
    told = {"title": "Brief", "tab_title": "Brief", "brief": found, "original": found.session}
    return TemplateResponse(request, "admin/analysis/brief.html", {**context, **told})


def export(by: Actor, kind: str, format: str, object_id: str) -> HttpResponse:
    """A file to keep, not to be shown in place; the back office lets nobody cache its answers."""
    data = EXPORTS[kind](object_id, by=by)
    body, mime = (
        (_pdf(kind, data), "application/pdf")
        if format == "pdf"
        else (dumps(data), "application/json")
    )
    name = f"{kind}-{object_id}.{format}"  # ids only: file names end up in many places
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=mime, headers=headers)


def _pdf(kind: str, data: Data) -> bytes:
    """Only whoever asks for a PDF loads what sets type, which takes a third of a second."""
    rendered: bytes = getattr(import_module("apps.analysis.pdf"), kind)(data)
    return rendered


def session_url(session_id: str) -> str:
    return reverse("admin:therapy_sessions_session_change", args=(session_id,))
