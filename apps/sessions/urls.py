from __future__ import annotations

from django.urls import path

from apps.sessions.schema import MeasureViewSet, MessageViewSet, NoteViewSet, SessionViewSet

ONE = "sessions/<public_id:session_id>"

urlpatterns = [
    path("sessions", SessionViewSet.as_view({"get": "list", "post": "create"})),
    path(ONE, SessionViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path(f"{ONE}/start", SessionViewSet.as_view({"post": "start"})),
    path(f"{ONE}/end", SessionViewSet.as_view({"post": "end"})),
    path(f"{ONE}/cancel", SessionViewSet.as_view({"post": "cancel"})),
    path(f"{ONE}/join-token", SessionViewSet.as_view({"post": "join_token"})),
    path(f"{ONE}/messages", MessageViewSet.as_view({"get": "list", "post": "create"})),
    path(f"{ONE}/measures", MeasureViewSet.as_view({"post": "create"})),
    path(f"{ONE}/notes", NoteViewSet.as_view({"get": "list", "post": "create"})),
]
