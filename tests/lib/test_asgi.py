"""The one-hop handler: the API's shorter chain answers as the whole one does."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from django.test import Client

from smartsteps.asgi import application
from smartsteps.lib.threads import run_sync

OF_EACH_REQUEST = {"x-request-id"}
PATHS = ["/api/health", "/api/docs", "/api/v1/sessions", "/api/v1/nowhere", "/api/v1/auth/login"]


def _headers(response: Any) -> dict[str, str]:
    headers = {key.lower(): value for key, value in response.headers.items()}
    return {key: value for key, value in headers.items() if key not in OF_EACH_REQUEST}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example"])
async def test_the_api_answers_as_through_all_middleware(
    transactional_db: None, raw_http: Client, settings: Any, path: str, host: str
) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
        short = await client.get(path)
    whole = await run_sync(raw_http.get, path, headers={"host": host})
    assert (short.status_code, _headers(short)) == (whole.status_code, _headers(whole))
