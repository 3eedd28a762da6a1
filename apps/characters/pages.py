"""The page on which a person makes a character by talking."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.serializers import token_body
from apps.characters.stages import STAGE_IDS

TOKEN_LIFETIME = timedelta(minutes=30)


@never_cache
@require_GET
def create_character(request: HttpRequest) -> HttpResponse:
    """Without a login in this browser the token comes in the fragment, seen by the page alone."""
    stages = [(stage, stage.replace("_", " ").capitalize()) for stage in STAGE_IDS]
    context = {"stages": stages, "logged_in": request.user.is_authenticated}
    return render(request, "characters/create.html", context)


@never_cache
@require_POST
def create_character_token(request: HttpRequest) -> HttpResponse:
    """A short-lived token for the page's calls, for whoever is logged in here."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    issued = accounts.open_login(user=request.user, lifetime=TOKEN_LIFETIME)
    return JsonResponse(token_body(issued))
