"""The OpenAPI 3.1 document, made from the declarations that check the requests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

from collateral import __version__
from collateral.api.calls import CALLS, Call, bp
from collateral.api.idempotency import HEADER as IDEMPOTENCY_KEY
from collateral.api.problems import MEDIA_TYPE, Problem
from collateral.api.reading import LINES
from collateral.api.shapes import LARGEST_ID

Json = dict[str, Any]

_REF = "#/components/schemas/{name}"
_IN_PATH = re.compile(r"<(?:(\w+):)?(\w+)>")
_ALWAYS = (400, 401, 403, 429)
_RETRY = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
_ABOUT = """\
Machines see what people see: the same permissions, the same operations, the same counting.

Send `Authorization: Bearer TOKEN`; a token belongs to a person, has scopes and an expiry.
JSON goes in and out, files as multipart. Unknown fields are refused. Lists take `limit`
(at most 100) and `cursor`, and answer `items`, `total` and `next`. Times are ISO 8601 in
UTC, amounts are decimal text beside a currency. What one may not see is 404. Every POST
takes an `Idempotency-Key`; what can be edited has an `ETag` and takes `If-Match`.
"""


@cache
def document() -> Json:
    """The whole document. The calls are all declared when the first request comes."""
    kinds = {kind for known in CALLS for kind in _kinds(known)} | {Problem}
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    schemas = msgspec.json.schema_components(ordered, ref_template=_REF)[1]
    paths: dict[str, Json] = {}
    for known in CALLS:
        paths.setdefault(_path(known), {})[known.method.lower()] = _operation(known, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Collateral", "version": __version__, "description": _ABOUT},
        "servers": [{"url": str(bp.url_prefix)}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(known.tag for known in CALLS)],
        "paths": paths,
        "components": {
            "schemas": _sorted_out(schemas),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _kinds(known: Call) -> Iterable[type[Struct]]:
    for kind in (known.query, known.body, known.form, *known.structs):
        if kind is not None:
            yield kind


def _sorted_out(schemas: Json) -> Json:
    """Without queries and forms: their fields stand where they are taken."""
    queries = {known.query.__name__ for known in CALLS if known.query}
    forms = {known.form.__name__ for known in CALLS if known.form}
    bodies = {known.body.__name__ for known in CALLS if known.body}
    alone = (queries | forms) - bodies
    return {name: schema for name, schema in schemas.items() if name not in alone}


def _path(known: Call) -> str:
    return _IN_PATH.sub(r"{\2}", known.path)


def _operation(known: Call, schemas: Json) -> Json:
    operation: Json = {
        "operationId": known.name,
        "summary": known.does,
        "tags": [known.tag],
        "x-scope": known.needs.value,
        "x-permission": known.permission.value,
        "parameters": [*_path_parameters(known), *_query(known, schemas), *_headers(known)],
        "responses": {**_successes(known), **_failures(known)},
    }
    if known.more:
        operation["description"] = known.more
    if known.body:
        operation["requestBody"] = {
            "required": not known.body_optional,
            "content": {"application/json": {"schema": _ref(known.body)}},
        }
    if known.form:
        operation["requestBody"] = {
            "required": True,
            "content": {"multipart/form-data": {"schema": _form(known, schemas)}},
        }
    if known.lines:
        operation["requestBody"] = {
            "required": True,
            "content": {media: {"schema": {"type": "string"}} for media in LINES},
        }
    return operation


def _path_parameters(known: Call) -> list[Json]:
    whole: Json = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
    text: Json = {"type": "string", "minLength": 1, "pattern": "^[^/\\u0000]+$"}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": whole if kind == "int" else text,
        }
        for kind, name in _IN_PATH.findall(known.path)
    ]


def _query(known: Call, schemas: Json) -> list[Json]:
    if known.query is None:
        return []
    properties = schemas[known.query.__name__]["properties"]
    parameters = []
    for field in fields(known.query):
        schema = _without_null(properties[field.encode_name])
        parameter = {
            "name": field.encode_name,
            "in": "query",
            "required": field.default is NODEFAULT and field.default_factory is NODEFAULT,
            "schema": schema,
        }
        if "description" in schema:
            parameter["description"] = schema.pop("description")
        parameters.append(parameter)
    return parameters


def _without_null(schema: Json) -> Json:
    """Queries and forms have no null: a field is there or it is not."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    schema = dict(kinds[0]) if len(kinds) == 1 else dict(schema)
    if schema.get("default", "") is None:
        del schema["default"]
    return schema


def _headers(known: Call) -> list[Json]:
    found = []
    if known.method == "POST":
        found.append(
            {
                "name": IDEMPOTENCY_KEY,
                "in": "header",
                "required": False,
                "description": "The same key answers the same result.",
                "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$"},
            }
        )
    if known.edits and known.method != "GET":
        found.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": False,
                "description": "The ETag that was read; another by now is a 412.",
                "schema": {"type": "string"},
            }
        )
    return found


def _form(known: Call, schemas: Json) -> Json:
    schema = dict(schemas[known.form.__name__]) if known.form else {}
    fields_of = schema.get("properties", {})
    schema["properties"] = {name: _without_null(field) for name, field in fields_of.items()}
    if known.file:
        binary = {"type": "string", "format": "binary"}
        schema["properties"] = {"file": binary, **schema["properties"]}
        schema["required"] = ["file", *schema.get("required", ())]
    return schema


def _successes(known: Call) -> Json:
    content: Json = {media: {"schema": {"type": "string"}} for media in known.media}
    if isinstance(known.answers, str):
        content[known.answers] = {"schema": {"type": "string", "format": "binary"}}
    else:
        kinds = [_ref(kind) for kind in known.structs]
        schema = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
        content["application/json"] = {"schema": schema}
    headers: Json = {}
    if known.edits:
        headers["ETag"] = {"schema": {"type": "string"}}
    found: Json = {}
    for status in known.statuses:
        found[str(status)] = {"description": HTTPStatus(status).phrase, "content": content}
        if headers:
            found[str(status)]["headers"] = headers
    return found


def _failures(known: Call) -> Json:
    statuses = {*_ALWAYS, *known.fails}
    if "<" in known.path:
        statuses.add(404)
    if "<int:" in known.path and any(
        other.path == known.path and other.method != known.method for other in CALLS
    ):
        # What of an id no row can have: to the router it is no such address, but another
        # method's pattern was met on the way.
        statuses.add(405)
    if known.body or known.form or known.lines:
        statuses |= {413, 415}
    if known.method != "GET" or known.query:
        statuses.add(422)
    if known.edits and known.method != "GET":
        statuses.add(412)
    return {str(status): _failure(status) for status in sorted(statuses)}


def _failure(status: int) -> Json:
    failure: Json = {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": _ref(Problem)}},
    }
    if status == 429:
        failure["headers"] = _RETRY
    return failure


def _ref(kind: type[Struct]) -> Json:
    return {"$ref": _REF.format(name=kind.__name__)}
