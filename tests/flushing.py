"""What a transactional test has written is deleted, not truncated.

TRUNCATE makes new files for each table and index, and Django then writes the content types anew:
a third of a second after each of hundreds of tests whose rows a millisecond deletes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db.backends.postgresql.operations import DatabaseOperations

KEPT = {"auth_permission", "django_content_type"}  # written by migrations, the same for all tests


def deletions(self: DatabaseOperations, style: Any, tables: Sequence[str], **_: Any) -> list[str]:
    names = [self.quote_name(table) for table in tables if table not in KEPT]
    # Without triggers: neither foreign keys nor what is immutable to the project holds this up.
    return ["SET LOCAL session_replication_role = replica", *map("DELETE FROM {}".format, names)]


@pytest.fixture(autouse=True, scope="session")
def flush_by_deleting() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", deletions)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_, **__: None)
        yield
