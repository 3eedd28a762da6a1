from __future__ import annotations

from django.urls import path

from apps.accounts import views

urlpatterns = [
    path("auth/login", views.LoginViewSet.as_view({"post": "login"})),
    path("auth/refresh", views.TokenViewSet.as_view({"post": "refresh"})),
    path("auth/logout", views.TokenViewSet.as_view({"post": "logout"})),
    path("auth/password/reset", views.PasswordViewSet.as_view({"post": "reset"})),
    path("auth/password/reset/confirm", views.PasswordViewSet.as_view({"post": "confirm"})),
    path("auth/keys", views.ApiKeyViewSet.as_view({"get": "list", "post": "create"})),
    path("auth/keys/<slug:prefix>", views.ApiKeyViewSet.as_view({"delete": "revoke"})),
]
