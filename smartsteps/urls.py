"""Every URL of the project; each app's own `urls` says what answers."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, register_converter
from drf_spectacular.views import SpectacularJSONAPIView

from apps.characters import pages
from smartsteps import health
from smartsteps.wire import views
from smartsteps.wire.converters import PublicIdConverter

register_converter(PublicIdConverter, "public_id")

v1 = [
    path("", include("apps.accounts.urls")),
    path("", include("apps.clients.urls")),
    path("", include("apps.personas.urls")),
    path("", include("apps.sessions.urls")),
]

urlpatterns = [
    path("create-character", pages.create_character, name="create_character"),
    path("create-character/token", pages.create_character_token, name="create_character_token"),
    path("api/v1/", include(v1)),
    path("api/", include("apps.characters.urls")),
    path("api/health", health.health),
    path("api/openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    path("admin/", admin.site.urls),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
