"""Personas in the back office: saving a persona publishes its next version."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts import actors
from apps.accounts.models import User
from apps.personas import services
from apps.personas.forms import PersonaForm, field_name
from apps.personas.models import Persona, PersonaVersion
from apps.personas.professional import form_text
from apps.personas.professional.form_text import Entry


def _names(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    return tuple(field_name(entry.path) for entry in entries)


class ReadOnly:
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff


class VersionInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]  # generic in stubs only
    model = PersonaVersion
    fields = ("version", "created_at", "created_by_label", "origin")
    readonly_fields = fields
    show_change_link = True
    verbose_name_plural = "history of versions"


@admin.register(PersonaVersion)
class PersonaVersionAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # generic in stubs only
    list_display = ["persona", "version", "name", "created_at", "created_by_label", "origin"]
    list_filter = ["persona", "origin"]


@admin.register(Persona)
class PersonaAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # only the stubs are generic
    form = PersonaForm
    inlines = [VersionInline]
    list_display = ["id", "name", "type", "specialization", "version", "is_active"]
    list_filter = ["is_active", "current_version__type"]
    list_select_related = ["current_version"]
    search_fields = ["id", "current_version__name", "current_version__description"]
    fieldsets = [
        (None, {"fields": ("persona_id", "is_active", "type", *_names(form_text.PROFILE))}),
        ("Voice and style", {"fields": ("pitch", "rate", *_names(form_text.STYLE))}),
        (
            "Sentences",
            {
                "classes": ["collapse"],
                "description": "From these the persona speaks when no language model is set up.",
                "fields": _names(form_text.LINES),
            },
        ),
        (
            "Questions by theme",
            {"classes": ["collapse"], "fields": _names(form_text.QUESTIONS)},
        ),
        (
            "Acknowledgements by theme",
            {"classes": ["collapse"], "fields": _names(form_text.ACKNOWLEDGEMENTS)},
        ),
        (
            "What the method listens for",
            {"classes": ["collapse"], "fields": _names(form_text.CUES)},
        ),
        (
            "Answers to messages that tell no story",
            {"classes": ["collapse"], "fields": _names(form_text.RESPONSES)},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Persona]:
        """Without the companions: they belong to the people who made them."""
        return super().get_queryset(request).filter(companion=None)

    @admin.display(ordering="current_version__name")
    def name(self, persona: Persona) -> str:
        return self._current(persona, "name")

    @admin.display(ordering="current_version__type")
    def type(self, persona: Persona) -> str:
        return self._current(persona, "get_type_display")

    @admin.display(ordering="current_version__specialization")
    def specialization(self, persona: Persona) -> str:
        return self._current(persona, "specialization")

    @admin.display(ordering="current_version__version")
    def version(self, persona: Persona) -> str:
        return self._current(persona, "version")

    def _current(self, persona: Persona, field: str) -> str:
        value = getattr(persona.current_version, field, "")
        return str(value() if callable(value) else value)

    def save_model(
        self, request: HttpRequest, obj: Persona, form: PersonaForm, change: bool
    ) -> None:
        if not isinstance(request.user, User):
            raise PermissionDenied
        by = actors.for_user(request.user)
        version = services.publish_version(form.content, by=by)
        services.set_on_offer(version.persona_id, form.cleaned_data["is_active"], by=by)
        obj.pk, obj.current_version = version.persona_id, version

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Persona | None = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Persona | None = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Persona | None = None) -> bool:
        return False
