"""The OpenAPI document in words: what stands on the page for people. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_PLAIN = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
}
_FORMATS = {"date": "day", "date-time": "moment", "binary": "file"}


@dataclass(frozen=True)
class Row:
    """One parameter or field: `link` is the shape that it is made of."""

    name: str
    kind: str
    about: str
    link: str | None
    needed: bool


@dataclass(frozen=True)
class Answer:
    """What a status means; `link` is the shape of its body."""

    status: str
    about: str
    media: list[str]
    link: str | None


@dataclass(frozen=True)
class Described:
    """One call."""

    id: str
    method: str
    path: str
    does: str
    more: str
    scope: str
    permission: str
    parameters: list[Row]
    media: str | None
    fields: list[Row]
    body: str | None
    answers: list[Answer]


@dataclass(frozen=True)
class Shape:
    """One struct that goes in or out."""

    name: str
    about: str
    fields: list[Row]


def calls_of(document: Json) -> list[Described]:
    """The calls in the document's order."""
    prefix = document["servers"][0]["url"]
    return [
        _described(method.upper(), prefix + path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def shapes_of(document: Json) -> list[Shape]:
    """The structs and the sets of words, by name."""
    return [
        Shape(name, _about(schema), _fields(schema))
        for name, schema in sorted(document["components"]["schemas"].items())
    ]


def _about(schema: Json) -> str:
    """A set of words is told by its members; what it is for stands where it is used."""
    return words_of(schema) if "enum" in schema else " ".join(schema.get("description", "").split())


def _described(method: str, path: str, operation: Json) -> Described:
    bodies = operation.get("requestBody", {}).get("content", {})
    media = next(iter(bodies), None)
    schema = bodies[media]["schema"] if media else {}
    return Described(
        id=operation["operationId"],
        method=method,
        path=path,
        does=operation["summary"],
        more=operation.get("description", ""),
        scope=operation["x-scope"],
        permission=operation["x-permission"],
        parameters=[
            Row(
                parameter["name"],
                words_of(parameter["schema"]),
                parameter.get("description", ""),
                _link(parameter["schema"]),
                parameter["required"],
            )
            for parameter in operation["parameters"]
        ],
        media=media,
        fields=_fields(schema),
        body=_link(schema),
        answers=[_answer(status, said) for status, said in operation["responses"].items()],
    )


def _answer(status: str, said: Json) -> Answer:
    content = said.get("content", {})
    links = [link for kind in content.values() if (link := _link(kind["schema"]))]
    return Answer(status, said["description"], list(content), links[0] if links else None)


def _fields(schema: Json) -> list[Row]:
    needed = schema.get("required", ())
    return [
        Row(name, words_of(kind), kind.get("description", ""), _link(kind), name in needed)
        for name, kind in schema.get("properties", {}).items()
    ]


def words_of(schema: Json) -> str:
    """ "text of 1 to 300 characters", "list of whole number", "Money or null"."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(words_of(kind) for kind in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {words_of(schema.get('items', {}))}"
    word = _FORMATS.get(schema.get("format", ""), _PLAIN.get(schema.get("type", ""), "anything"))
    return word + _bounds(schema)


def _bounds(schema: Json) -> str:
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    if high is not None:
        return f" of {f'{low} to' if low else 'up to'} {high} characters"
    if "pattern" in schema and "description" not in schema:
        return f" of the form {schema['pattern']}"
    low, high = schema.get("minimum"), schema.get("maximum")
    return f" from {low} to {high}" if low is not None and high is not None else ""


def _link(schema: Json) -> str | None:
    if "$ref" in schema:
        return words_of(schema)
    for kind in (schema.get("items"), *schema.get("anyOf", ())):
        if kind and (link := _link(kind)):
            return link
    return None
