"""The document for machines, and the same for people: no script, no foreign file."""

from __future__ import annotations

import msgspec
from flask import Response, render_template
from flask.typing import ResponseReturnValue

from collateral.accounts.guard import public
from collateral.api.calls import bp
from collateral.api.openapi import document
from collateral.api.readable import calls_of, shapes_of


@bp.get("/openapi.json")
@public
def openapi_document() -> ResponseReturnValue:
    """What calls there are says nothing of what is in the library: no token is asked for."""
    return Response(msgspec.json.encode(document()), mimetype="application/json")


@bp.get("/docs")
@public
def docs() -> ResponseReturnValue:
    """The document as a page."""
    whole = document()
    return render_template(
        "api/docs.html", info=whole["info"], calls=calls_of(whole), shapes=shapes_of(whole)
    )
