from __future__ import annotations

from django.urls import path

from apps.characters.schema import ConversationViewSet

ONE = "conversations/<public_id:conversation_id>"

urlpatterns = [
    path(ONE, ConversationViewSet.as_view({"delete": "destroy"})),
    path(f"{ONE}/state", ConversationViewSet.as_view({"get": "state"})),
    path(f"{ONE}/pause", ConversationViewSet.as_view({"post": "pause"})),
    path(f"{ONE}/resume", ConversationViewSet.as_view({"post": "resume"})),
    path(f"{ONE}/abandon", ConversationViewSet.as_view({"post": "abandon"})),
    path(f"{ONE}/export", ConversationViewSet.as_view({"get": "export"})),
]
