"""From what was sent to a checked struct: unknown fields refused, every fault named.

JSON is taken strictly (`"true"` is no boolean). Query strings and forms know only text,
so numbers, dates and booleans are read from it there; a list is the field repeated, or
one field that holds a JSON list, and an object is one field that holds JSON.
"""

from __future__ import annotations

import hashlib
import types
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any, TypeVar, Union, cast, get_args, get_origin

import msgspec
from flask import Response, after_this_request, request
from msgspec import NODEFAULT, Struct, UnsetType
from msgspec.structs import fields
from werkzeug.datastructures import FileStorage, MultiDict

from collateral.api.problems import wrong_media_type
from collateral.errors import Invalid, TooLarge

S = TypeVar("S", bound=Struct)

LARGEST_JSON = 2 << 20  # bytes
JSON_LINES = "application/x-ndjson"
LINES = (JSON_LINES, "application/jsonl", "text/plain")


class Malformed(Invalid):
    """It is not of the shape that the document gives: 400. What has the shape and still cannot
    be taken (a term that does not exist) is a 422."""


def query_of(kind: type[S]) -> S:
    """The query string as a `kind`. Raises Malformed."""
    return fill(kind, _from_text(kind, request.args), strict=False)


def json_of(kind: type[S], *, optional: bool = False) -> tuple[S, bytes]:
    """The JSON body as a `kind`, and its bytes. Nothing at all counts as {} where `optional`.

    Raises:
        UnsupportedMediaType, TooLarge, Malformed.
    """
    body = request.stream.read(LARGEST_JSON + 1)
    if len(body) > LARGEST_JSON:
        raise TooLarge(f"A JSON body may have at most {LARGEST_JSON} bytes.")
    if optional and not body:
        return fill(kind, {}, strict=True), body
    if request.mimetype != "application/json":
        wrong_media_type("application/json")
    return fill(kind, decode(body), strict=True), body


def lines_of() -> tuple[IO[bytes], str]:
    """The body as lines, and the SHA-256 of it all. Large ones wait on disk, not in memory."""
    if request.mimetype not in LINES:
        wrong_media_type(JSON_LINES)
    spooled = _closed_with_request(SpooledTemporaryFile(LARGEST_JSON))  # noqa: SIM115
    digest = hashlib.sha256()
    while chunk := request.stream.read(1 << 20):
        digest.update(chunk)
        spooled.write(chunk)
    spooled.seek(0)
    return cast("IO[bytes]", spooled), digest.hexdigest()


def _closed_with_request(file: SpooledTemporaryFile[bytes]) -> SpooledTemporaryFile[bytes]:
    @after_this_request
    def close(response: Response) -> Response:
        file.close()
        return response

    return file


def _number(text: str) -> int | float:
    """To JSON Schema 5.0 is as whole as 5."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 1 << 53 else value


_JSON: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=_number)


def decode(body: bytes) -> Mapping[str, Any]:
    """The JSON object in `body`. Raises Malformed."""
    try:
        value = _JSON.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(f"This is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise Malformed("A JSON object is wanted.")
    return value


def form_of(kind: type[S], file: str | None) -> tuple[S, FileStorage | None]:
    """The multipart form as a `kind`, and the file under the name `file`. Raises Malformed."""
    if request.mimetype != "multipart/form-data":
        wrong_media_type("multipart/form-data")
    unknown = {name: "There is no such file field." for name in request.files if name != file}
    sent = request.files.getlist(file) if file else []
    if file and not sent:
        unknown[file] = "A file is wanted."
    elif len(sent) > 1:
        unknown[file or ""] = "One file at a time."
    values = fill(kind, _from_text(kind, request.form), strict=False, also_wrong=unknown)
    return values, sent[0] if sent else None


def fill(
    kind: type[S],
    values: Mapping[str, Any],
    *,
    strict: bool,
    also_wrong: Mapping[str, str] | None = None,
) -> S:
    """A `kind` from these values. Raises Malformed with a sentence for each wrong field."""
    wrong = dict(also_wrong or {})
    good: dict[str, Any] = {}
    known = {field.encode_name: field for field in fields(kind)}
    for name in values:
        if name not in known:
            wrong[_printable(name)] = "There is no such field."
    for name, field in known.items():
        if name in values:
            # Text has no null: a parameter that is not wanted is left out.
            wanted = field.type if strict else _without_none(field.type)
            try:
                good[field.name] = _convert(values[name], wanted, strict=strict)
            except _Wrong as error:
                wrong[name + error.path] = error.sentence
        elif field.default is NODEFAULT and field.default_factory is NODEFAULT:
            wrong.setdefault(name, "This field is required.")
    if wrong:
        raise Malformed(
            "This was not taken: " + ", ".join(sorted(wrong)) + ".",
            fields=wrong,
        )
    return kind(**good)


class _Wrong(ValueError):
    def __init__(self, path: str, sentence: str) -> None:
        self.path, self.sentence = path, sentence


def _convert(value: Any, kind: Any, *, strict: bool) -> Any:
    if _has_null_character(value):
        raise _Wrong("", "A text may not hold the character 0.")
    try:
        found = msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        sentence, _, path = str(error).partition(" - at `$")
        raise _Wrong(path.rstrip("`"), sentence.replace("`", "") + ".") from error
    if isinstance(found, datetime):
        try:
            return found.astimezone(UTC)
        except OverflowError as error:
            raise _Wrong("", "This moment is out of range.") from error
    return found


def _has_null_character(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(_has_null_character(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(_has_null_character(part) for part in value)
    return False


def _from_text(kind: type[Struct], sent: MultiDict[str, str]) -> dict[str, Any]:
    """Lists and objects put together; everything else stays the text that it is."""
    shapes = {field.encode_name: shape_of(field.type) for field in fields(kind)}
    values: dict[str, Any] = {}
    twice: dict[str, str] = {}
    for name, texts in sent.lists():
        shape = shapes.get(name)
        if shape is list:
            values[name] = _list_of(texts)
        elif len(texts) > 1:
            twice[_printable(name)] = "Once is enough."
        else:
            is_object = shape is Struct and texts[0].lstrip().startswith("{")
            values[name] = _object_of(texts[0]) if is_object else texts[0]
    if twice:
        raise Malformed("A field came twice: " + ", ".join(sorted(twice)) + ".", fields=twice)
    return values


def _list_of(texts: list[str]) -> Any:
    if len(texts) == 1 and texts[0].startswith("["):
        return _object_of(texts[0])
    return texts


def _object_of(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        kinds = tuple(part for part in get_args(kind) if part is not types.NoneType)
        return Union[kinds]  # noqa: UP007 - made of what is known only now
    return kind


def shape_of(kind: Any) -> type | None:
    """`list` for a list, `Struct` for an object, through unions and annotations; else None."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return Struct
    origin = get_origin(kind)
    if origin is list:
        return list
    if origin is Annotated:
        return shape_of(get_args(kind)[0])
    if origin in (Union, types.UnionType):
        return _first(shape_of(part) for part in get_args(kind) if part is not UnsetType)
    return None


def _first(shapes: Iterable[type | None]) -> type | None:
    return next((shape for shape in shapes if shape), None)


def _printable(name: str) -> str:
    return name.encode("ascii", "backslashreplace").decode()[:80]
