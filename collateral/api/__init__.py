"""The JSON API: machines see what people see.

Each call is declared once (`calls.call`): its permission, its scope, what it takes and
what it answers. The same declaration checks a request, shapes the answer and writes the
OpenAPI document. The views are thin over the features' own operations; a cookie is
never looked at here, only `Authorization: Bearer`.
"""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter


class CrmId(BaseConverter):
    """`<crm_id:…>`: the id of a deal here or in the CRM; `/deals/import` is none."""

    regex = r"(?!import$)[^/]{1,100}"


def init_app(app: Flask) -> None:
    app.url_map.converters["crm_id"] = CrmId
