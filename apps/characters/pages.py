"""The page on which a person makes a character by talking."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.characters.stages import STAGES
from apps.clients import services as clients
from apps.safety import resources


@never_cache
@require_GET
def create_character(request: HttpRequest) -> HttpResponse:
    """Who is not logged in here logs in on the page, or comes by a link with a token behind #."""
    stages = [(stage.id, stage.title) for stage in STAGES]
    context = {
        "stages": stages,
        "logged_in": request.user.is_authenticated,
        "lines": resources.for_person(clients.country_of(None), None, "high"),
    }
    return render(request, "characters/create.html", context)
