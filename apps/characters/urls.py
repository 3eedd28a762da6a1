from __future__ import annotations

from django.urls import path

from apps.characters.schema import CharacterViewSet, ConversationViewSet

ONE = "conversations/<public_id:conversation_id>"

urlpatterns = [
    path(
        "characters/<public_id:character_id>",
        CharacterViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
    ),
    path(ONE, ConversationViewSet.as_view({"delete": "destroy"})),
    path(f"{ONE}/state", ConversationViewSet.as_view({"get": "state"})),
    path(f"{ONE}/pause", ConversationViewSet.as_view({"post": "pause"})),
    path(f"{ONE}/resume", ConversationViewSet.as_view({"post": "resume"})),
    path(f"{ONE}/abandon", ConversationViewSet.as_view({"post": "abandon"})),
    path(f"{ONE}/export", ConversationViewSet.as_view({"get": "export"})),
]
