"""What is answered when something fails: a page for people, a problem document for machines."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from collateral.db import db
from collateral.errors import CollateralError, TooMany


def init_app(app: Flask) -> None:
    """One handler for each kind of failure; HTML for pages, JSON for machines."""

    @app.errorhandler(CollateralError)
    def told(error: CollateralError) -> ResponseReturnValue:
        db.session.rollback()
        extra = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
        return _answer(error.status, error.sentence, error.fields, extra)

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> ResponseReturnValue:
        return _answer(
            403, _("This page was open for too long; load it again and repeat the step.")
        )

    @app.errorhandler(HTTPException)
    def known(error: HTTPException) -> ResponseReturnValue:
        db.session.rollback()
        if error.response is not None:
            return error
        told = {
            name: value
            for name, value in error.get_headers(request.environ)
            if name in ("Allow", "Retry-After", "WWW-Authenticate")
        }
        sentence = error.description or ""
        if not _for_machines() and sentence == type(error).description:
            sentence = ""  # the library's own words, English alone; our page has its own
        return _answer(error.code or 500, sentence, extra=told)

    @app.errorhandler(Exception)
    def unknown(error: Exception) -> ResponseReturnValue:
        db.session.rollback()
        app.logger.exception("unhandled", exc_info=error)
        if app.testing:
            raise error
        return _answer(
            500, _("Something here failed. It has been noted; nothing of yours was lost.")
        )


def _answer(
    status: int,
    sentence: str,
    fields: dict[str, str] | None = None,
    extra: dict[str, str] | None = None,
) -> ResponseReturnValue:
    if _for_machines():
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": _title(status),
            "status": status,
            "detail": sentence,
        }
        if fields:
            body["errors"] = fields
        response = jsonify(body)
        response.mimetype = "application/problem+json"
        return response, status, extra or {}
    page = status if status in (403, 404, 413, 429) else 500 if status >= 500 else 400
    return (
        render_template(
            [f"errors/{page}.html", "errors/400.html"],
            status=status,
            sentence=sentence,
            title=_title(status),
        ),
        status,
        extra or {},
    )


def _for_machines() -> bool:
    asked = request.accept_mimetypes.best_match(("text/html", "application/json"))
    return request.path.startswith("/api/") or asked == "application/json"


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
