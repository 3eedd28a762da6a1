"""Conversations and characters in the back office, to read only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from apps.accounts.admin_base import BackOfficeAdmin
from apps.characters import turns
from apps.characters.models import Character, Conversation, Status
from apps.characters.stages import FIELDS
from apps.personas.models import Companion

PILLS = {
    Status.ACTIVE: "good",
    Status.PAUSED: "info",
    Status.COMPLETED: "quiet",
    Status.ABANDONED: "quiet",
}


# In the talk the labels speak to the person.
LABELS = {
    "physical_description": "Looks",
    "background": "Background",
    "values": "What matters to them",
    "relationships": "People around them",
    "primary_concerns": "What weighs on them",
    "goals": "What they hope for",
    "preferences": "What helps them",
    "readiness": "How ready they feel (0 to 10)",
}


def label_of(name: str) -> str:
    return LABELS.get(name) or (FIELDS[name].label if name in FIELDS else name)


def shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def known_facts(conversation: Conversation) -> Iterator[tuple[str, str, list[Any]]]:
    """Label, value, and the turns and words that it came from."""
    state = turns.interview_state(conversation)
    for name, known in state.values.items():
        yield label_of(name), shown(known.value), known.sources


@admin.register(Conversation)
class ConversationAdmin(BackOfficeAdmin[Conversation]):
    list_display = ("created_at", "player", "state_pill", "stage", "turn_count", "updated_at")
    list_display_links = ("created_at",)
    list_filter = ("status", "stage")
    list_select_related = ("player",)
    sortable_by = ("created_at", "updated_at")
    fields = ()

    def name_for_staff(self, obj: Conversation) -> str:
        return f"Conversation with {obj.player}"

    @admin.display(description="State", ordering="status")
    def state_pill(self, obj: Conversation) -> str:
        return format_html('<span class="pill {}">{}</span>', PILLS[Status(obj.status)], obj.status)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        row = kwargs.get("obj")
        if row is not None:
            context.update(
                title=f"Conversation {row.pk}",
                subtitle=None,
                transcript=row.turns.order_by("number"),
                known=list(known_facts(row)),
                is_minor=turns.interview_state(row).minor,
                safety_event=row.open_safety_event,
                client=getattr(row.player, "client", None),
            )
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Character)
class CharacterAdmin(BackOfficeAdmin[Character]):
    list_display = ("created_at", "player", "shown_name", "completeness")
    list_display_links = ("created_at",)
    list_select_related = ("player",)
    sortable_by = ("created_at",)
    fields = ()

    def name_for_staff(self, obj: Character) -> str:
        return f"{obj.preview['name'] or 'A character'}, made by {obj.player}"

    @admin.display(description="Name")
    def shown_name(self, obj: Character) -> str:
        return str(obj.preview["name"] or "–")

    @admin.display(description="Complete")
    def completeness(self, obj: Character) -> str:
        return f"{round(100 * obj.preview['completeness_score'])} %"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        character = kwargs.get("obj")
        if character is not None:
            context.update(
                title=f"Character {character.pk}",
                subtitle=None,
                facts=[(label_of(name), shown(value)) for name, value in character.data.items()],
                is_companion=Companion.objects.filter(pk=character.pk).exists(),
            )
        return super().render_change_form(request, context, *args, **kwargs)
