"""How a client leaves every table."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session as WebSession
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, Q
from django.db.models.deletion import Collector

from apps.accounts.models import Login, Role, User
from apps.clients import registry
from apps.clients.models import Client
from apps.clients.registry import Gone
from apps.llm.models import UsageEntry


class _Whole(Collector):
    """Looks at each row that goes: Django would delete many without having learnt their keys."""

    def can_fast_delete(self, *args: object, **kwargs: object) -> bool:
        return False


def remove(client: Client) -> tuple[Gone, int]:
    """What went, and how many usage entries stay without saying for whom they were."""
    login = _own_login(client)
    gone = _remove_rows([client], [login] if login else [])
    for erase in registry.erasers:
        erase(gone)
    _forget_in_log(gone)
    return gone, _forget_in_ledger(gone, login)


def _own_login(client: Client) -> User | None:
    """Somebody who has become staff since stays; only the link to the client goes."""
    user = client.user
    return user if user is not None and user.role == Role.CLIENT else None


def _remove_rows(clients: list[Client], logins: list[User]) -> Gone:
    rows = _Whole(using=DEFAULT_DB_ALIAS)
    rows.collect(clients)
    if logins:
        pages = Login.objects.filter(user__in=logins).values("web_session")
        rows.collect(WebSession.objects.filter(pk__in=pages))
        rows.collect(logins)
    keys = {model: _keys(found) for model, found in rows.data.items()}
    gone = Gone(keys)
    gone.count(rows.delete())
    return gone


def _keys(rows: Iterable[Model]) -> frozenset[str]:
    return frozenset(str(row.pk) for row in rows)


def _forget_in_log(gone: Gone) -> None:
    """The back office's own records name what was worked on by its id."""
    gone.count(LogEntry.objects.filter(object_id__in=gone.ids).delete())


def _forget_in_ledger(gone: Gone, login: User | None) -> int:
    """Tokens and prices stay, since somebody pays for them."""
    labels = gone.ids | ({login.email} if login else set())
    entries = UsageEntry.objects.filter(Q(subject__in=gone.ids) | Q(by_label__in=labels))
    return entries.update(subject="", by_label="")
