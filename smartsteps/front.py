"""The pages that belong to no app: the front door, the API's documentation, a new password."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.sessions.models import Session
from apps.sessions.pages import staff_actor

SHOWN_SESSIONS = 20


@never_cache
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    actor = staff_actor(request)
    sessions = Session.objects.visible_to(actor).open()[:SHOWN_SESSIONS] if actor else []
    return render(request, "front.html", {"actor": actor, "sessions": sessions})


@never_cache
@require_GET
def reset_password(request: HttpRequest) -> HttpResponse:
    """The token is in the fragment; the page's script sends it with the new password."""
    return render(request, "reset_password.html")


@require_GET
def api_docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api_docs.html")
