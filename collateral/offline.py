"""What a browser shows while the library cannot be reached: one page, kept by a small worker.

The worker keeps that page and its style and nothing else: no page of the library, no picture,
no answer. So there is nothing in it of whoever signed in, and nothing to clear at sign-out.
"""

from __future__ import annotations

from flask import Flask, Response, make_response, render_template

from collateral.accounts.guard import public


def init_app(app: Flask) -> None:
    """`/offline`, and the worker that keeps it."""

    @app.get("/offline")
    @public
    def offline() -> str:
        return render_template("offline.html", status="", sentence="", title="")

    @app.get("/service-worker.js")
    @public
    def service_worker() -> Response:
        response = make_response(render_template("service-worker.js"))
        response.mimetype = "text/javascript"
        response.headers["Cache-Control"] = "no-cache"
        return response
