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
from apps.characters.stages import STAGES

TOKEN_LIFETIME = timedelta(minutes=30)


@never_cache
@require_GET
def create_character(request: HttpRequest) -> HttpResponse:
    """Who is not logged in here logs in on the page, or comes by a link with a token behind #."""
    stages = [(stage.id, stage.title) for stage in STAGES]
    context = {"stages": stages, "logged_in": request.user.is_authenticated}
    return render(request, "characters/create.html", context)


@never_cache
@require_POST
def create_character_token(request: HttpRequest) -> HttpResponse:
    """A short-lived token for the page's calls, which ends when the person logs out."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    issued = accounts.open_login(
        user=request.user, lifetime=TOKEN_LIFETIME, web_session=request.session.session_key
    )
    return JsonResponse(token_body(issued))
