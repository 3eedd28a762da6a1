"""The room: a session in the browser, for its client and for those who care for them."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from apps.accounts import actors
from apps.accounts import services as accounts
from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.accounts.serializers import token_body
from apps.clients import services as clients
from apps.safety import resources
from apps.sessions.models import Session

TOKEN_LIFETIME = timedelta(minutes=30)


def staff_actor(request: HttpRequest) -> Actor | None:
    """Who is logged into the back office in this browser, if anyone."""
    user = request.user
    return actors.for_user(user) if isinstance(user, User) and user.is_staff else None


def _visible(session_id: str, actor: Actor) -> Session:
    sessions = Session.objects.visible_to(actor).select_related("client")
    return get_object_or_404(sessions, pk=session_id)


@never_cache
@require_GET
def room(request: HttpRequest, session_id: str) -> HttpResponse:
    """A client's join token is in the fragment, which only the browser sees.

    So without a staff login the page is the same for every id, and tells nothing.
    """
    actor = staff_actor(request)
    session = _visible(session_id, actor) if actor else None
    lines = resources.for_person(clients.country_of(None), None, "high")
    context = {"session_id": session_id, "session": session, "actor": actor, "lines": lines}
    return render(request, "sessions/room.html", context)


@never_cache
@require_POST
def room_token(request: HttpRequest, session_id: str) -> HttpResponse:
    """A short-lived token for the page's calls, which ends when the person logs out."""
    actor = staff_actor(request)
    if actor is None or actor.user is None:
        raise PermissionDenied
    _visible(session_id, actor)
    issued = accounts.open_login(
        user=actor.user, lifetime=TOKEN_LIFETIME, web_session=request.session.session_key
    )
    return JsonResponse(token_body(issued))
