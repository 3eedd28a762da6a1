from __future__ import annotations

from django.urls import path

from apps.accounts import schema

urlpatterns = [
    path("auth/login", schema.LoginViewSet.as_view({"post": "login"})),
    path("auth/refresh", schema.TokenViewSet.as_view({"post": "refresh"})),
    path("auth/logout", schema.TokenViewSet.as_view({"post": "logout"})),
    path("auth/password/reset", schema.PasswordViewSet.as_view({"post": "reset"})),
    path("auth/password/reset/confirm", schema.PasswordViewSet.as_view({"post": "confirm"})),
    path("auth/keys", schema.ApiKeyViewSet.as_view({"get": "list", "post": "create"})),
    path("auth/keys/<slug:prefix>", schema.ApiKeyViewSet.as_view({"delete": "revoke"})),
]
