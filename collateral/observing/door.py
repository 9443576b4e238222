"""Who may read `/metrics`: whoever has METRICS_TOKEN, or asks from a network of METRICS_FROM.

For everybody else there is no such page. An address counts only where it is known: behind a
proxy that PROXIES does not name, everybody has the proxy's, so a forwarded request has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hmac import compare_digest
from ipaddress import ip_address
from typing import Any

from flask import Request

from collateral.config import Settings

PATH = "/metrics"
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def is_open(settings: Settings) -> bool:
    """Whether anybody may read metrics; otherwise nothing is counted."""
    return bool(settings.metrics_token or settings.metrics_from)


def may_read(settings: Settings, asked: Request) -> bool:
    """Whether this request may read them."""
    kind, _, token = asked.headers.get("Authorization", "").partition(" ")
    if settings.metrics_token and kind.lower() == "bearer":
        return compare_digest(token.strip().encode(), settings.metrics_token.encode())
    if not settings.proxies and any(name in asked.headers for name in _FORWARDED):
        return False
    try:
        address = ip_address(asked.remote_addr or "")
    except ValueError:
        return False
    return any(address in network for network in settings.metrics_from)


def by_address(wsgi: Wsgi, host: str) -> Wsgi:
    """Let `/metrics` be asked for at a bare address, too: each process has to be asked itself.

    Other pages insist on the one host of BASE_URL, against names that somebody else makes point
    here. A bare address is no name, and this answer has no link in it.
    """

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == PATH and _is_address(str(environ.get("HTTP_HOST", ""))):
            environ["HTTP_HOST"] = host
        return wsgi(environ, start)

    return application


def _is_address(host: str) -> bool:
    bare = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        ip_address(bare)
    except ValueError:
        return False
    return True
