"""The baseline: the client list of the project over a table whose names anybody can read."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartsteps.settings")

from smartsteps.asgi import application as project  # noqa: I001  # sets Django up

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import path

from apps.clients.views import ClientViewSet

TABLE = """
    CREATE TABLE bench_client (id text PRIMARY KEY, first_name text, last_name text, email text,
                               first_folded text, last_folded text, email_folded text,
                               created_at timestamptz);
"""
INDEXES = """
    CREATE INDEX ON bench_client (first_folded text_pattern_ops);
    CREATE INDEX ON bench_client (last_folded text_pattern_ops);
    CREATE INDEX ON bench_client (email_folded text_pattern_ops);
    CREATE INDEX ON bench_client (created_at DESC, id DESC);
"""


class PlainClient(models.Model):
    id = models.TextField(primary_key=True)
    first_name = models.TextField()
    last_name = models.TextField()
    email = models.TextField()
    first_folded = models.TextField()
    last_folded = models.TextField()
    email_folded = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        db_table = "bench_client"
        ordering = ["-created_at", "-id"]
        managed = False

    def __str__(self) -> str:
        return self.id


class PlainViewSet(ClientViewSet):
    def page_of(self, text: str, page: int, limit: int) -> tuple[list[Any], int]:
        begins = text.casefold()
        found = PlainClient.objects.filter(
            Q(first_folded__startswith=begins)
            | Q(last_folded__startswith=begins)
            | Q(email_folded__startswith=begins)
        )
        start = (page - 1) * limit
        return list(found[start : start + limit]), found.count()


urlpatterns = [path("api/v1/clients", PlainViewSet.as_view({"get": "list"}))]
settings.ROOT_URLCONF = __name__
application = project
