"""The JSON API: machines see what people see.

Each call is declared once (`calls.call`): its permission, its scope, what it takes and
what it answers. The same declaration checks a request, shapes the answer and writes the
OpenAPI document. The views are thin over the features' own operations; a cookie is
never looked at here, only `Authorization: Bearer`.
"""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1


class IdConverter(IntegerConverter):
    """`<id:name>`: a whole number that a row may have; any other is a 404."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=1, max=LARGEST_ID)


def init_app(app: Flask) -> None:
    """Offer `<id:…>` to routes; take the API out of the check for form tokens."""
    from collateral.api.calls import bp

    app.url_map.converters["id"] = IdConverter
    # Form tokens guard against what a browser sends by itself: cookies. Never a bearer token.
    app.extensions["csrf"].exempt(bp)
