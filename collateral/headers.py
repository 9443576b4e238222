"""Response headers that hold for every page, and the request's id."""

from __future__ import annotations

import logging
import re
import secrets
import time

from flask import Flask, Response, current_app, g, request

from collateral import unchanged
from collateral.logs import request_id
from collateral.templating import csp_nonce

log = logging.getLogger(__name__)

_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")


def init_app(app: Flask, *, secure: bool) -> None:
    """Set the headers after each request and log one line for it."""

    @app.before_request
    def start() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _ID.match(given) else secrets.token_hex(8)
        request_id.set(g.request_id)
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'none'; script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self'; "
            "img-src 'self' data: blob:; media-src 'self'; font-src 'self'; connect-src 'self'; "
            "form-action 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
            "object-src 'none'; frame-ancestors 'none'",
        )
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        headers["X-Request-ID"] = g.get("request_id", "-")
        if secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint == "static":
            if "v" in request.args:
                headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            headers.setdefault("Cache-Control", unchanged.KEPT)
        response = unchanged.answer(response)
        _log(response)
        return response


def _log(response: Response) -> None:
    log.info(
        "request",
        extra={
            "method": request.method,
            "path": _told(request.path),
            "route": request.endpoint or "-",
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        },
    )


def _told(path: str) -> str:
    """The path without a token: whoever reads the log must not be able to use the link.

    Also where no route or no method fits, as of an address that was cut off or added to.
    """
    secret: tuple[str, ...] | None = current_app.extensions.get("secret_paths")
    if secret is None:
        rules = (rule.rule.partition("<token>") for rule in current_app.url_map.iter_rules())
        secret = tuple({before for before, token, _after in rules if token})
        current_app.extensions["secret_paths"] = secret
    begun = next((prefix for prefix in secret if path.startswith(prefix)), None)
    return path if begun is None else f"{begun}…"
