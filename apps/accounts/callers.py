"""Who calls from where, and how it is signed: what an API key may be restricted by."""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from apps.accounts.models import ApiKey
from smartsteps.lib import limits
from smartsteps.lib.errors import denied, unauthenticated

SIGNATURE_WINDOW_S = 300
ONCE = "1/10 minute"  # longer than a signature is good for, before and after its time
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")  # may be repeated; to say so twice changes nothing


@dataclass(frozen=True)
class Caller:
    """For a socket, the request that opened it."""

    address: str
    method: str = "GET"
    path: str = ""
    timestamp: str = ""
    signature: str = ""
    body: bytes = b""


def client_address(request: HttpRequest | Request) -> str:
    remote = str(request.META.get("REMOTE_ADDR", ""))
    return _behind_proxies(remote, request.META.get("HTTP_X_FORWARDED_FOR", ""))


def _behind_proxies(remote: str, forwarded_for: str) -> str:
    """X-Forwarded-For counts only as far as our own proxies wrote it."""
    hops = settings.TRUSTED_PROXIES
    forwarded = [part.strip() for part in forwarded_for.split(",")]
    if hops and len(forwarded) >= hops and forwarded[-hops]:
        return forwarded[-hops]
    return remote


def of_request(request: HttpRequest) -> Caller:
    return Caller(
        address=client_address(request),
        method=str(request.method),
        path=request.get_full_path(),
        timestamp=request.headers.get("X-Signature-Timestamp", ""),
        signature=request.headers.get("X-Signature", ""),
        body=request.body,
    )


def of_socket(scope: Mapping[str, Any]) -> Caller:
    headers = {name.decode("latin1"): value.decode("latin1") for name, value in scope["headers"]}
    remote = (scope.get("client") or [""])[0]
    return Caller(
        address=_behind_proxies(remote, headers.get("x-forwarded-for", "")),
        path=scope["path"],
        timestamp=headers.get("x-signature-timestamp", ""),
        signature=headers.get("x-signature", ""),
    )


def check_key(key: ApiKey, secret: str, caller: Caller) -> None:
    """Raises DomainError 403 from a foreign network, 401 for a missing or wrong signature."""
    if key.networks and not _is_within(caller.address, key.networks):
        raise denied("This API key may not be used from this address")
    if key.signed or caller.signature:
        _check_signature(key, secret, caller)


def is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _is_within(address: str, networks: list[str]) -> bool:
    try:
        known = ip_address(address)
    except ValueError:  # a socket in the file system, or a proxy that writes no address
        return False
    plain = getattr(known, "ipv4_mapped", None) or known
    return any(plain in ip_network(network) for network in networks)


def signature_of(secret: str, body: bytes, timestamp: str) -> str:
    """Spec 1, Request Signing: HMAC-SHA256 of time and body, with the key as the secret."""
    digest = hmac.new(secret.encode(), timestamp.encode() + body, sha256)
    return f"sha256={digest.hexdigest()}"


def _check_signature(key: ApiKey, secret: str, caller: Caller) -> None:
    """Raises DomainError 401. What changes something is taken once with one signature."""
    if not (caller.timestamp.isascii() and caller.timestamp.isdigit()):
        raise unauthenticated("X-Signature-Timestamp must hold the seconds since 1970")
    if abs(time.time() - int(caller.timestamp[:15])) > SIGNATURE_WINDOW_S:
        raise unauthenticated("The signature's time is more than five minutes off")
    expected = signature_of(secret, caller.body, caller.timestamp)
    if not hmac.compare_digest(expected.encode(), caller.signature.encode()):
        raise unauthenticated("The signature is missing or wrong")
    use = (key.pk, caller.method, caller.path, caller.signature)
    if caller.method not in SAFE_METHODS and limits.hit(ONCE, "signature", *use):
        raise unauthenticated("This signature was used before")
