"""`page` and `limit` in, `pagination` out (spec 1, List Sessions)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from smartsteps.wire.serializers import QuerySerializer

MAX_PAGE = 2**31


class PageQuery(QuerySerializer):
    limit = serializers.IntegerField(min_value=1, max_value=100, default=10)
    page = serializers.IntegerField(min_value=1, max_value=MAX_PAGE, default=1)


def pagination(total: int, page: int, limit: int) -> dict[str, Any]:
    return {"total": total, "page": page, "page_size": limit, "pages": -(-total // limit)}
