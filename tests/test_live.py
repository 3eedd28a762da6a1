"""The deployed project starts, works, and comes back after a kill."""

from __future__ import annotations

import httpx
import pytest

from tests.live import Live


def test_it_works(live: Live) -> None:
    assert httpx.get(f"{live.base_url}/api/health").json()["status"] == "ok"
    assert live.manage("check").returncode == 0


def test_killed_web_server_comes_back(live: Live) -> None:
    live.kill("web")
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{live.base_url}/api/health")
    live.start("web")
    live.wait_ready("web")


def test_uvicorn_serves_the_same(live_uvicorn: Live) -> None:
    assert httpx.get(f"{live_uvicorn.base_url}/api/health").json()["status"] == "ok"
