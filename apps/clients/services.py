"""What a caller may do with clients."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from apps.accounts.actors import Actor
from apps.accounts.models import STAFF_ROLES, Role, User
from apps.accounts.scopes import CLIENTS_READ, CLIENTS_WRITE
from apps.clients import erasing, events
from apps.clients.models import CareAssignment, Client, Consent, ConsentKind, Erasure
from smartsteps.lib import clock
from smartsteps.lib.batch import Query, Rows, fetch
from smartsteps.lib.errors import conflict, denied, invalid, not_found

PATCHABLE = ("first_name", "last_name", "email", "phone", "date_of_birth", "metadata")

ADULT_AT_YEARS = 18
COUNTRY = re.compile("[A-Za-z]{2}")


def get_client(client_id: str, *, by: Actor) -> Client:
    """Raises DomainError 404, the same for an unknown client and another's."""
    client = Client.objects.visible_to(by).filter(pk=client_id).first()
    if client is None:
        raise not_found()
    return client


@transaction.atomic
def create_client(
    *,
    first_name: str,
    last_name: str,
    email: str = "",
    phone: str = "",
    date_of_birth: date | None = None,
    metadata: dict[str, Any] | None = None,
    by: Actor,
) -> Client:
    """The creator cares for the new client; an admin sees everyone without that."""
    by.require(CLIENTS_WRITE)
    moment = clock.now()
    client = Client(
        first_name=first_name,
        last_name=last_name,
        email=email,
        phone=phone,
        date_of_birth=date_of_birth,
        metadata=metadata or {},
        created_at=moment,
        created_by=by.label,
        updated_at=moment,
    )
    client.index()
    client.save(force_insert=True)
    if by.user is not None and not by.is_admin:
        CareAssignment.objects.create(client=client, carer=by.user)
    events.client_created(client)
    return client


@transaction.atomic
def update_client(client_id: str, *, changes: dict[str, Any], by: Actor) -> Client:
    """`changes` holds any of PATCHABLE; the row is locked so that two patches both count."""
    by.require(CLIENTS_WRITE)
    client = Client.objects.visible_to(by).select_for_update().filter(pk=client_id).first()
    if client is None:
        raise not_found()
    fields = [name for name in PATCHABLE if name in changes]
    for name in fields:
        setattr(client, name, changes[name])
    client.index()
    client.updated_at = clock.now()
    client.save(update_fields=[*fields, "search_tokens", "updated_at"])
    events.client_updated(client)
    return client


@transaction.atomic
def erase_client(client_id: str, *, by: Actor) -> Erasure:
    """Everything of the client, for good; what stays is the receipt.

    Raises DomainError 404 also to those who see the client and don't care for them, and 409
    while a session runs.
    """
    client = _lock_whole(client_id, by=by)
    moment = clock.now()
    events.client_erased(client, moment)  # first: then it is still known who may hear of it
    gone, usage_entries = erasing.remove(client)
    return Erasure.objects.create(
        client_id=client_id,
        erased_at=moment,
        erased_by=by.label,
        removed={table: count for table, count in sorted(gone.removed.items()) if count},
        usage_entries=usage_entries,
    )


def _lock_whole(client_id: str, *, by: Actor) -> Client:
    """The sessions' locks come first, as with all who write in a session of the client.

    Once the client is locked no session can be added; one that slipped in between is seen here.
    """
    by.require(CLIENTS_WRITE)
    if by.role not in STAFF_ROLES:
        raise not_found()
    client = get_client(client_id, by=by)
    _refuse_while_active(client)
    locked = Client.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=client_id)
    if (found := locked.first()) is None:
        raise not_found()
    _refuse_while_active(found)
    return found


def _refuse_while_active(client: Client) -> None:
    rows = client.sessions.order_by("pk").select_for_update(of=("self",))
    for session_id, status in rows.values_list("pk", "status"):
        if status == "active":
            raise conflict("A session of the client is running", session_id=session_id)


def assign_carer(client_id: str, *, carer: User, by: Actor) -> CareAssignment:
    if not by.is_admin:
        raise denied("Only an admin changes who cares for a client")
    client = get_client(client_id, by=by)
    return CareAssignment.objects.get_or_create(client=client, carer=carer)[0]


def end_care(client_id: str, *, carer_id: str, by: Actor) -> None:
    """The carer sees the client no more, open sockets included (within seconds)."""
    if not by.is_admin:
        raise denied("Only an admin changes who cares for a client")
    CareAssignment.objects.filter(client=client_id, carer=carer_id).delete()


@transaction.atomic
def give_login(client_id: str, *, user: User | None, by: Actor) -> Client:
    """The user's login becomes the client's own; None takes it away. Raises DomainError 409."""
    if not by.is_admin:
        raise denied("Only an admin gives clients a login")
    if user is not None and user.role != Role.CLIENT:
        raise invalid("user", "Must be a user whose role is client")
    client = Client.objects.select_for_update().filter(pk=client_id).first()
    if client is None:
        raise not_found()
    if user is not None and Client.objects.exclude(pk=client_id).filter(user=user).exists():
        raise conflict("This login is another client's")
    client.user = user
    client.updated_at = clock.now()
    client.save(update_fields=["user", "updated_at"])
    events.client_updated(client)
    return client


def record_consent(
    client_id: str, *, kind: str, granted: bool, note: str = "", by: Actor
) -> Consent:
    """Adds to the ledger; a client with a login may record their own."""
    if not by.is_client:
        by.require(CLIENTS_WRITE)
    return Consent.objects.create(
        client=get_client(client_id, by=by),
        kind=kind,
        granted=granted,
        note=note,
        recorded_at=clock.now(),
        recorded_by=by.label,
    )


def list_consents(client_id: str, *, by: Actor) -> list[Consent]:
    by.require(CLIENTS_READ)
    return list(get_client(client_id, by=by).consents.all())


def country_of(client: Client | None) -> str | None:
    """For crisis lines: the client's own country, else the installation's; never guessed."""
    given = client.metadata.get("country") if client is not None else None
    if isinstance(given, str) and COUNTRY.fullmatch(given):
        return given.upper()
    return settings.DEFAULT_COUNTRY


def zone_of(client: Client) -> ZoneInfo:
    """The client's own time zone (`metadata.time_zone`), else the installation's."""
    given = client.metadata.get("time_zone")
    if isinstance(given, str) and given in _zones():
        return ZoneInfo(given)
    return ZoneInfo(settings.TIME_ZONE)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_minor(client: Client) -> bool:
    """By the date of birth; unknown is not a minor."""
    born, today = client.date_of_birth, clock.now().date()
    if born is None:
        return False
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return bool(years < ADULT_AT_YEARS)


def count_sessions(client: Client) -> dict[str, int]:
    """Sessions by status; completed and scheduled are always told."""
    rows = client.sessions.values_list("status").annotate(Count("pk")).order_by()
    counts = dict(rows)
    return {"total": sum(counts.values()), "completed": 0, "scheduled": 0, **counts}


NEWEST_CONSENT = """
    SELECT granted FROM clients_consent WHERE client_id = ({client}) AND kind = %s
    ORDER BY recorded_at DESC, id DESC LIMIT 1
"""


def newest_consent(client: Query) -> Query:
    """For `require_consent_in`: the newest entry of the client whose id `client` selects."""
    return Query(NEWEST_CONSENT.format(client=client.sql), [*client.values, ConsentKind.AI])


def _withdrawn(entries: Rows) -> bool:
    """Only if the newest entry withdraws it; no entry is not a withdrawal."""
    return bool(entries) and not entries[0][0]


def ai_consent_withdrawn(client_id: str) -> bool:
    return _withdrawn(*fetch(newest_consent(Query("SELECT %s", [client_id]))))


def require_ai_consent(client_id: str) -> None:
    """Raises DomainError 409."""
    require_consent_in(*fetch(newest_consent(Query("SELECT %s", [client_id]))))


def require_consent_in(entries: Rows) -> None:
    """Raises DomainError 409. `entries` is what `newest_consent` found."""
    if _withdrawn(entries):
        raise conflict(
            "The client has withdrawn consent to answers by an AI persona",
            code="consent_withdrawn",
        )
