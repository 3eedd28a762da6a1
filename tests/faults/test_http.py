"""Requests as no library of ours would write them, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from django.conf import settings

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.clients.models import Client
from smartsteps.asgi import application
from smartsteps.lib.threads import run_sync
from tests import checks

CLIENTS = "/api/v1/clients"
ANN = json.dumps({"first_name": "Ann", "last_name": "Roe"}).encode()


@pytest.fixture
async def http(port: int, alice: User) -> AsyncIterator[httpx.AsyncClient]:
    token = (await run_sync(accounts.open_login, user=alice)).token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        yield client


async def parts(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
        await asyncio.sleep(0)


async def test_a_chunked_body_is_read(http: httpx.AsyncClient) -> None:
    response = await http.post(CLIENTS, content=parts(ANN[:9], b"", ANN[9:]))
    assert response.status_code == 201
    assert response.json()["first_name"] == "Ann"


@pytest.mark.parametrize("path", [CLIENTS, "/api/v1/auth/login", "/api/v1/nowhere"])
async def test_too_much_is_413(http: httpx.AsyncClient, path: str) -> None:
    """With its length told and without; a good part of ten megabytes is never read."""
    ten_megabytes = b" " * 10_000_000
    chunked = parts(*[b" " * 100_000] * 100)
    for content in (ten_megabytes, chunked):
        try:
            response = await http.post(path, content=content)
        except httpx.WriteError:
            continue  # the answer came, and the connection went, before all was written
        checks.problem(response, 413, "payload_too_large")
    assert await run_sync(Client.objects.count) == 0


async def test_just_below_the_limit_is_read(http: httpx.AsyncClient) -> None:
    padded = ANN + b" " * (settings.BODY_LIMIT_BYTES - len(ANN))
    assert (await http.post(CLIENTS, content=padded)).status_code == 201
    response = await http.post(CLIENTS, content=padded + b" ")
    checks.problem(response, 413, "payload_too_large")


async def raw(port: int, request: bytes) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def ask(target: bytes, *headers: bytes) -> bytes:
    lines = [b"GET " + target + b" HTTP/1.1", b"Host: 127.0.0.1", b"Connection: close", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


@pytest.mark.parametrize(
    "target",
    [
        b"/api/v1/clients/%00",
        b"/api/v1/clients/c%00",
        b"/api/v1/clients/%ff%fe",
        b"/api/v1/clients/%ed%a0%80",
        b"/api/v1/clients/..%2f..%2fadmin",
        b"/api/v1/clients/../../etc/passwd",
        b"/api/v1/clients/c1%0d%0aX-Evil:%201",
        b"/api/v1/clients/" + b"c" * 65,
        b"/api/v1/clients/" + b"c" * 30_000,
        b"/api/v1/clients/%F0%9F%98%80",
        b"/api/v1/clients/c1/",
        b"/api/v1//clients",
        b"/api/v1/clients;x=1",
        b"/api/v1/CLIENTS",
        b"/api/v1/",
        b"/api/v2/clients",
    ],
)
async def test_odd_paths_are_404(port: int, http: httpx.AsyncClient, target: bytes) -> None:
    bearer = f"Authorization: {http.headers['Authorization']}".encode()
    status, body = await raw(port, ask(target, bearer))
    assert status == 404
    error = json.loads(body)["error"]
    assert error["code"] == "resource_not_found"
    assert checks.REQUEST_ID.fullmatch(error["request_id"])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (b"search=%ff%fe", 200),
        (b"search=%ed%a0%80", 200),
        (b"search=%00", 422),
        (b"search=" + b"%F0%9F%98%80" * 50, 200),
        (b"page=%D9%A1&limit=%C2%B2", 422),
        (b"page=2&page=0", 422),
        (b"&&&=&=1&%", 200),
        (b"&".join([b"a=1"] * 2000), 400),
    ],
)
async def test_odd_queries(port: int, http: httpx.AsyncClient, query: bytes, status: int) -> None:
    bearer = f"Authorization: {http.headers['Authorization']}".encode()
    got, body = await raw(port, ask(b"/api/v1/clients?" + query, bearer))
    assert got == status, body
    assert ("error" in json.loads(body)) == (status != 200)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Bearer a b",
        b"Basic YWxpY2U6eA==",
        b"Bearer \xff\xfe",
        b"Bearer " + b"a" * 30_000,
        b"Bearer sk_ss_" + b"\xe9" * 32,
        b"Bearer sk_ss_",
        b"Bearer eyJhbGciOiJub25lIn0.e30.",
        b"Bearer ...",
        b"Bearer null",
    ],
)
async def test_odd_credentials_are_401(port: int, value: bytes) -> None:
    status, body = await raw(port, ask(b"/api/v1/clients", b"Authorization: " + value))
    assert status == 401
    assert json.loads(body)["error"]["code"] == "authentication_error"


async def test_a_foreign_host_is_400(port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        response = await client.get(CLIENTS, headers={"Host": "evil.example"})
    checks.problem(response, 400, "invalid_request")


async def test_bytes_that_a_server_let_through(db: None) -> None:
    """Daphne hands raw bytes of a query on, at which Django's own request would break."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": CLIENTS,
        "query_string": b"search=\xff\xfe",
        "headers": [(b"host", b"127.0.0.1")],
    }
    await application(scope, receive, send)
    assert sent[0]["status"] == 401


@pytest.mark.parametrize("given", ["a" * 65, "a b", "x\u00e9xxxxxxxx", "short", "<script>alert"])
async def test_an_odd_request_id_is_replaced(http: httpx.AsyncClient, given: str) -> None:
    response = await http.get("/api/v1/clients/c1", headers={"X-Request-ID": given.encode()})
    assert response.headers["X-Request-ID"] != given
    checks.problem(response, 404, "resource_not_found")


async def test_a_good_request_id_is_kept(http: httpx.AsyncClient) -> None:
    response = await http.get("/api/v1/clients/c1", headers={"X-Request-ID": "trace-12345"})
    assert response.json()["error"]["request_id"] == "trace-12345"


async def test_head_has_no_body(http: httpx.AsyncClient) -> None:
    response = await http.head(CLIENTS)
    assert (response.status_code, response.content) == (200, b"")


async def test_only_json_is_offered(http: httpx.AsyncClient) -> None:
    response = await http.get(CLIENTS, headers={"Accept": "text/html"})
    checks.problem(response, 406, "not_acceptable")
    response = await http.get(CLIENTS, headers={"Accept": "text/html, */*;q=0.1"})
    assert response.status_code == 200
    assert (await http.get(CLIENTS + "?format=xml")).status_code == 200


async def test_security_headers_are_on_every_answer(http: httpx.AsyncClient) -> None:
    answers: list[Any] = [
        await http.get(CLIENTS),
        await http.get("/api/v1/nowhere"),
        await http.post(CLIENTS, content=b" " * (settings.BODY_LIMIT_BYTES + 1)),
        await http.get("/api/health"),
    ]
    for response in answers:
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
