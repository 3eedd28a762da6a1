"""What a caller may do with personas: look them up, publish versions, take them off offer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F, ProtectedError, Q

from apps.accounts.actors import Actor
from apps.accounts.models import STAFF_ROLES, User
from apps.accounts.scopes import PERSONAS_READ
from apps.personas.companion import dressing
from apps.personas.models import (
    CONTENT_FIELDS,
    Companion,
    Kind,
    Origin,
    Persona,
    PersonaVersion,
)
from apps.personas.professional.content import ContentError, PersonaContent, read_file
from smartsteps.lib import clock
from smartsteps.lib.errors import denied, not_found

VOICE = "companion"  # the persona whose sentences all companions speak
COMPANION_VOICE = Path(__file__).parent / "companion" / "companion.yaml"
CATALOGUE = Path(__file__).parent / "professional" / "catalogue"


def list_personas(*, by: Actor) -> list[PersonaVersion]:
    """The current version of each persona on offer."""
    by.require(PERSONAS_READ)
    return list(PersonaVersion.objects.on_offer())


def get_persona(persona_id: str, *, by: Actor) -> PersonaVersion:
    """Its current version. Raises DomainError 404."""
    by.require(PERSONAS_READ)
    version = PersonaVersion.objects.on_offer().filter(persona=persona_id).first()
    if version is None:
        companions = Companion.objects.visible_to(by).select_related("persona")
        made = companions.filter(pk=persona_id).first()
        version = version_of(made.persona) if made else None
    if version is None:
        raise not_found()
    return version


def version_of(persona: Persona) -> PersonaVersion | None:
    """What the persona is now. A companion's is the voice that all share, in its own dress."""
    if persona.kind != Kind.COMPANION:
        return persona.current_version
    voice = PersonaVersion.objects.filter(pk=F("persona__current_version"), persona=VOICE).first()
    if voice is not None:
        voice.persona = persona
        for field, value in dressing.dressed(voice.as_dict(), profile_of(persona)).items():
            setattr(voice, field, value)
    return voice


def profile_of(persona: Persona) -> dict[str, Any]:
    """What its maker told; empty for all but companions."""
    made = Companion.objects.filter(pk=persona.pk).first()
    return dict(made.profile) if made else {}


def is_available(persona_id: str, *, owner_id: str | None) -> bool:
    """To a session of that person: what is on offer, and the companions they made."""
    rows = Persona.objects.filter(pk=persona_id, is_active=True)
    mine = Q(kind=Kind.COMPANION, companion__owner=owner_id, companion__isnull=False)
    return rows.filter(Q(kind=Kind.PROFESSIONAL) | mine).exists()


@transaction.atomic
def create_companion(*, persona_id: str, owner: User, profile: dict[str, Any]) -> Companion:
    persona = Persona.objects.create(pk=persona_id, kind=Kind.COMPANION)
    return Companion.objects.create(
        persona=persona, owner=owner, profile=profile, created_at=clock.now()
    )


def forget_companion(persona_id: str) -> None:
    """Nothing that was told is left. The bare id stays, since sessions may point to it."""
    Companion.objects.filter(pk=persona_id).delete()
    Persona.objects.filter(pk=persona_id, kind=Kind.COMPANION).update(is_active=False)


def remove_companion(persona_id: str) -> tuple[int, dict[str, int]]:
    """Also the bare id, unless a session of somebody else points to it; as `delete()` answers."""
    forget_companion(persona_id)
    try:
        return Persona.objects.filter(pk=persona_id, kind=Kind.COMPANION).delete()
    except ProtectedError:
        return 0, {}


@transaction.atomic
def publish_version(
    content: PersonaContent, *, origin: Origin = Origin.BACK_OFFICE, by: Actor
) -> PersonaVersion:
    """The new current version; the present one again if nothing in it would differ.

    Any clinician may publish: each message keeps pointing at the version that spoke it.
    """
    _require_staff(by)
    _get_or_create(content)
    # The row lock numbers two editors' versions one after the other.
    rows = Persona.objects.select_for_update(of=("self",)).select_related("current_version")
    persona = rows.get(pk=content.persona_id)
    current = persona.current_version
    if current is not None and current.source_hash == content.source_hash():
        return current
    persona.current_version = _create_version(persona, content, origin, by)
    persona.save(update_fields=["current_version"])
    return persona.current_version


def set_on_offer(persona_id: str, on_offer: bool, *, by: Actor) -> None:
    """Sessions planned before keep their persona."""
    _require_staff(by)
    Persona.objects.filter(pk=persona_id).update(is_active=on_offer)


def _get_or_create(content: PersonaContent) -> Persona:
    kind = Kind.COMPANION if content.persona_id == VOICE else Kind.PROFESSIONAL
    persona, _ = Persona.objects.get_or_create(pk=content.persona_id, defaults={"kind": kind})
    return persona


def _require_staff(by: Actor) -> None:
    if by.role not in STAFF_ROLES:
        raise denied("Only clinicians and admins change personas")


def _create_version(
    persona: Persona, content: PersonaContent, origin: Origin, by: Actor
) -> PersonaVersion:
    last = persona.versions.order_by("-version").values_list("version", flat=True).first()
    plain = content.model_dump(mode="json")
    return PersonaVersion.objects.create(
        persona=persona,
        version=(last or 0) + 1,
        origin=origin,
        source_hash=content.source_hash(),
        created_at=clock.now(),
        created_by_label=by.label,
        **{field: plain[field] for field in CONTENT_FIELDS},
    )


@transaction.atomic
def load_catalogue(paths: Sequence[Path], *, by: Actor) -> list[tuple[PersonaVersion, str]]:
    """Publish each file that has changed since it was last loaded; all of them or none.

    Yields the persona's version with "unchanged", "created", "updated", or "replaced <name>'s
    version" when a version made in the back office gives way. A file that has not changed
    leaves such a version alone. Raises a group of ContentErrors, one for each wrong file.
    """
    return [_load(content, by) for content in _read_all(paths)]


def _load(content: PersonaContent, by: Actor) -> tuple[PersonaVersion, str]:
    # Serializes two loads of the same file, which would otherwise both find it new.
    persona = _get_or_create(content)
    Persona.objects.select_for_update().get(pk=persona.pk)
    before = persona.versions.order_by("-version").first()
    loaded = persona.versions.filter(origin=Origin.CATALOGUE).order_by("-version").first()
    if loaded is not None and loaded.source_hash == content.source_hash():
        return before or loaded, "unchanged"
    version = publish_version(content, origin=Origin.CATALOGUE, by=by)
    if before is None:
        return version, "created"
    if before.origin == Origin.CATALOGUE:
        return version, "updated"
    return version, f"replaced {before.created_by_label}'s version {before.version}"


def _read_all(paths: Sequence[Path]) -> list[PersonaContent]:
    contents, wrong = [], []
    for path in paths:
        try:
            contents.append(read_file(path))
        except ContentError as error:
            wrong.append(error)
    if wrong:
        raise ExceptionGroup("The catalogue has mistakes", wrong)
    return contents
