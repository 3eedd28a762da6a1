"""Every URL of the project; each app's own `urls` says what answers."""

from __future__ import annotations

from importlib import import_module

from django.contrib import admin
from django.urls import include, path, register_converter
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularJSONAPIView

from apps.accounts import pages as accounts
from apps.characters import pages as characters
from apps.sessions import pages as sessions
from smartsteps import front, health
from smartsteps.wire import views
from smartsteps.wire.converters import PublicIdConverter

register_converter(PublicIdConverter, "public_id")

# What is asked most comes first. One list, since each `include` is a resolver on everybody's way.
V1 = ("sessions", "clients", "accounts", "personas", "measures", "analysis", "webhooks")
v1 = [each for app in V1 for each in import_module(f"apps.{app}.urls").urlpatterns]

urlpatterns = [
    path("api/v1/", include(v1)),
    path("", front.front, name="front"),
    path("favicon.ico", RedirectView.as_view(url="/static/img/icon.svg")),
    path("reset-password", front.reset_password, name="reset_password"),
    path("room/<public_id:session_id>", sessions.room, name="room"),
    path("room/<public_id:session_id>/token", sessions.room_token, name="room_token"),
    path("create-character", characters.create_character, name="create_character"),
    path("page-token", accounts.page_token, name="page_token"),
    path("api/", include("apps.characters.urls")),
    path("api/health", health.health),
    path("api/openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    path("api/docs", front.api_docs, name="api_docs"),
    path("admin/", admin.site.urls),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
