"""Response headers that hold for every page, and the request's id."""

from __future__ import annotations

import logging
import re
import secrets
import time

from flask import Flask, Response, g, request

from collateral import unchanged
from collateral.logs import request_id
from collateral.templating import csp_nonce

log = logging.getLogger(__name__)

_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")
# What a link's address may hold is never written to a log.
_SECRET_PATHS = ("/s/", "/reset/", "/setup/", "/sign-in/link/")


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
            "form-action 'self'; "
            "manifest-src 'self'; worker-src 'self'; base-uri 'none'; object-src 'none'; "
            "frame-ancestors 'none'",
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
    path = request.path
    for prefix in _SECRET_PATHS:
        if path.startswith(prefix):
            path = prefix + "…"
    log.info(
        "request",
        extra={
            "method": request.method,
            "path": path,
            "route": request.endpoint or "-",
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        },
    )
