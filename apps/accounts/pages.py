"""What pages of ours ask for beside the API."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from apps.accounts import services
from apps.accounts.models import User
from apps.accounts.serializers import token_body

TOKEN_LIFETIME = timedelta(minutes=30)


@never_cache
@require_POST
def page_token(request: HttpRequest) -> HttpResponse:
    """A short-lived token for a page's calls, which ends when the person logs out."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    issued = services.open_login(
        user=request.user, lifetime=TOKEN_LIFETIME, web_session=request.session.session_key
    )
    return JsonResponse(token_body(issued))
