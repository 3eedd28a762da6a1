"""Calls to strangers' addresses: what is dialled, and what a bad receiver can do."""

from __future__ import annotations

import asyncio
import ipaddress
import resource
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from smartsteps.lib import addresses, outbound
from smartsteps.lib.addresses import Refused
from smartsteps.lib.outbound import Answer, Caller, Failed
from tests.stubs import receiver as stub
from tests.stubs.receiver import Receiver

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]
PUBLIC = "93.184.216.34"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as one:
        yield one


def call(url: str, allowed: Any = LOOPBACK) -> Answer:
    async def one() -> Answer:
        async with Caller(allowed=allowed) as caller:
            return await caller.post(url, b"{}", {"X-Test": "yes"})

    return asyncio.run(one())


BAD_ADDRESSES = [
    "0.0.0.0",  # noqa: S104  # refused, not listened on
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "4000::1",
]
GOOD_ADDRESSES = [PUBLIC, "1.1.1.1", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:1.1.1.1"]


@pytest.mark.parametrize("text", BAD_ADDRESSES)
def test_addresses_that_are_not_open(text: str) -> None:
    assert not addresses.is_open(ipaddress.ip_address(text), ())


@pytest.mark.parametrize("text", GOOD_ADDRESSES)
def test_addresses_that_are(text: str) -> None:
    assert addresses.is_open(ipaddress.ip_address(text), ())


def test_an_allowed_network_is_open_and_only_that() -> None:
    assert addresses.is_open(ipaddress.ip_address("127.0.0.1"), LOOPBACK)
    assert addresses.is_open(ipaddress.ip_address("::ffff:127.0.0.1"), LOOPBACK)
    assert not addresses.is_open(ipaddress.ip_address("10.0.0.1"), LOOPBACK)


BAD_HOSTS = [
    "127.0.0.1",
    "localhost",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0x7f.1",
    "127.1",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::]",
    "10.1",
    "0xa9fea9fe",
    "169.254.169.254",
    "[fe80::1%25lo]",
]
BAD_URLS = [
    *(f"https://{host}/hook" for host in BAD_HOSTS),
    "https://①②⑦.⓪.⓪.①/",
    "https://exam\tple.com/",
    "https://example.com\\@127.0.0.1/",
    "https://user@example.com/",
    "https://:pw@example.com/",
    "https://example.com/#part",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https:///hook",
    "https://[::1/",
    "http://example.com/",
    "http://93.184.216.34/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "example.com",
    "",
    "https://example.com/" + "a" * 2048,
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(Refused):
        addresses.check_url(url, ())


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_no_spelling_of_loopback_is_dialled(host: str, receiver: Receiver) -> None:
    """Refused by us, or taken for no URL at all: no connection is made."""
    with pytest.raises((Refused, Failed)):
        call(f"http://{host}:{receiver.port}/", allowed=())
    assert receiver.hits == []


def test_plain_http_is_for_allowed_networks(receiver: Receiver) -> None:
    addresses.check_url(receiver.url, LOOPBACK)
    with pytest.raises(Refused):
        addresses.check_url("http://1.1.1.1/", LOOPBACK)


def resolves_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The name server's answers, one after the other, the last one for ever."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: Any, **_: Any) -> list[Any]:
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        kinds = [socket.AF_INET6 if ":" in text else socket.AF_INET for text in found]
        return [(kind, 1, 6, "", (text, 0)) for kind, text in zip(kinds, found, strict=True)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_an_answer_that_changes_after_the_check(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    asked = resolves_to(monkeypatch, [PUBLIC], ["127.0.0.1"])
    url = f"https://rebind.example:{receiver.port}/"
    addresses.check_url(url, ())
    with pytest.raises(Refused):
        call(url, allowed=())
    assert len(asked) == 2
    assert receiver.hits == []


@pytest.mark.parametrize("answers", [[PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], ["::1"]])
def test_one_bad_answer_among_good_ones(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver, answers: list[str]
) -> None:
    resolves_to(monkeypatch, answers)
    with pytest.raises(Refused):
        addresses.check_url("https://mixed.example/", ())
    with pytest.raises(Refused):
        call(f"http://mixed.example:{receiver.port}/", allowed=())
    assert receiver.hits == []


def test_it_dials_what_was_vetted(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    """One look-up, and the name stays in the Host header."""
    asked = resolves_to(monkeypatch, ["127.0.0.1"], [PUBLIC])
    assert call(f"http://hook.example:{receiver.port}/a?b=c").status == 200
    assert asked == ["hook.example"]
    assert receiver.hits[0].headers["host"] == f"hook.example:{receiver.port}"
    assert receiver.hits[0].path == "/a?b=c"


def test_a_name_without_an_address() -> None:
    addresses.check_url("https://nothing.invalid/", ())
    with pytest.raises(Failed, match="unknown_host"):
        call("https://nothing.invalid/", allowed=())


def test_no_redirect_is_followed(receiver: Receiver) -> None:
    receiver.default = stub.answer(301, Location="http://169.254.169.254/latest/meta-data/")
    assert call(receiver.url).status == 301
    assert len(receiver.hits) == 1


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same clock, shorter: a suite can't wait ten seconds for each of these."""
    monkeypatch.setattr(outbound, "TOTAL_S", 0.5)


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (stub.hang, "timeout"),
        (stub.raw(OK + b"Content-Len"), "connection_closed"),
        (stub.raw(b""), "connection_closed"),
        (stub.raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "not_http"),
        (stub.flood(OK, b"X: y\r\n" * 100), "not_http"),
        (stub.flood(OK + b"X: ", b"y" * 4096), "not_http"),
        (stub.flood(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"), "timeout"),
    ],
    ids=["hangs", "half a header", "nothing", "not HTTP", "headers", "long header", "1xx"],
)
def test_no_answer(impatient: None, receiver: Receiver, step: stub.Step, why: str) -> None:
    receiver.default = step
    with pytest.raises(Failed, match=why):
        call(receiver.url)


def test_ten_gigabytes(impatient: None, receiver: Receiver) -> None:
    head = OK + b"Content-Length: 10000000000\r\nContent-Encoding: gzip\r\n\r\n"
    receiver.default = stub.flood(head, b"x" * 65536)
    before = memory_mb()
    answer = call(receiver.url)
    assert (answer.status, len(answer.head)) == (200, outbound.ANSWER_LIMIT_BYTES)
    assert receiver.flooded < 50_000_000
    assert memory_mb() - before < 30


def test_a_body_that_never_ends_or_breaks_off(impatient: None, receiver: Receiver) -> None:
    """The status came, so it is an answer."""
    receiver.steps.append(stub.raw(OK + b"Content-Length: 10\r\n\r\nhalf"))
    assert call(receiver.url) == Answer(200, b"half", None)


def test_what_is_sent(receiver: Receiver) -> None:
    assert call(receiver.url).head == b"ok"
    (hit,) = receiver.hits
    assert (hit.body, hit.headers["x-test"]) == (b"{}", "yes")
    assert hit.headers["accept-encoding"] == "identity"


def test_nobody_there(receiver: Receiver) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Failed, match="connection_refused"):
            call(f"http://127.0.0.1:{taken.getsockname()[1]}/")


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[int]:
    """The port of a TLS server whose certificate nobody has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    encoding, no_password = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, no_password)
    pem.write_bytes(private + certificate.public_bytes(encoding))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            plain, _ = listener.accept()
            with plain, pytest.raises(ssl.SSLError):
                context.wrap_socket(plain, server_side=True)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def test_a_certificate_that_nobody_signed(untrusted: int) -> None:
    with pytest.raises(Failed, match="certificate"):
        call(f"https://127.0.0.1:{untrusted}/")
