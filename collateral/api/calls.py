"""One declaration a call: what it takes, who may make it, what it answers.

    @call("GET", "/assets/<int:asset_id>", permission=Permission.ASSET_READ,
          does="All of one asset.", answers=AssetDetail)
    def get_asset(asset_id: int) -> AssetDetail: ...

A view is given `query`, `body` and `file` where the declaration names them, checked; it
calls one operation and returns a struct. The edge is here: the commit, once, after the
view, together with the idempotency key.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, Response, request
from msgspec import Struct

from collateral.accounts.guard import token_only
from collateral.accounts.permissions import Permission
from collateral.accounts.tokens import Scope
from collateral.api import reading
from collateral.api.auth import actor, admit
from collateral.api.files import TakeFile
from collateral.api.idempotency import keep_instead, once, once_done
from collateral.assets.uploads import takes_files
from collateral.db import db
from collateral.errors import Invalid

bp = Blueprint("api", __name__, url_prefix="/api/v1")

View = TypeVar("View", bound=Callable[..., Any])


class Nothing(Struct, forbid_unknown_fields=True):
    """No field. A view is not given what can only be empty."""


@dataclass(frozen=True)
class Answer:
    """A view's answer where it is more than the struct."""

    body: Struct
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    kept: Struct | None = None
    """What is kept for the same Idempotency-Key, where the body holds what may not be."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """What is known of one call; checks and documents are made from it."""

    name: str
    method: str
    path: str
    permission: Permission
    scope: Scope
    does: str
    more: str
    tag: str
    query: type[Struct] | None
    body: type[Struct] | None
    body_optional: bool
    form: type[Struct] | None
    file: TakeFile | None
    lines: bool
    """Takes JSON lines, as a stream."""
    steps: bool
    """Commits by itself, step by step; each step may be done twice without harm."""
    answers: tuple[type[Struct], ...] | str
    """The structs that it may be, or the media type of what is no JSON."""
    statuses: tuple[int, ...]
    """Of success; the first is the usual one."""
    media: tuple[str, ...]
    """Other media types in which the answer may be asked for."""
    fails: tuple[int, ...]
    """The statuses of failures beside those that any call may have."""
    edits: bool
    """Honours If-Match, and answers with an ETag."""


CALLS: list[Call] = []


def call(
    method: str,
    path: str,
    *,
    permission: Permission,
    does: str,
    answers: type[Struct] | tuple[type[Struct], ...] | str,
    more: str = "",
    scope: Scope | None = None,
    query: type[Struct] | None = None,
    body: type[Struct] | None = None,
    body_optional: bool = False,
    form: type[Struct] | None = None,
    file: TakeFile | None = None,
    lines: bool = False,
    steps: bool = False,
    statuses: tuple[int, ...] = (200,),
    media: tuple[str, ...] = (),
    fails: tuple[int, ...] = (),
    edits: bool = False,
) -> Callable[[View], View]:
    """Register the view under its name. A `form` is multipart; its `file` has that name."""

    def register(view: View) -> View:
        known = Call(
            name=view.__name__,
            method=method,
            path=path,
            permission=permission,
            scope=scope or (Scope.READ if method == "GET" else Scope.WRITE),
            does=does,
            more=more,
            tag=path.split("/")[1],
            query=query,
            body=body,
            body_optional=body_optional,
            form=form,
            file=file,
            lines=lines,
            steps=steps,
            answers=(answers,) if isinstance(answers, type) else answers,
            statuses=statuses,
            media=media,
            fails=fails,
            edits=edits,
        )
        CALLS.append(known)

        @functools.wraps(view)
        def endpoint(**values: Any) -> Response:
            try:
                return _serve(known, view, values)
            except Invalid as error:
                if not isinstance(error, reading.Malformed):
                    error.status = 422
                raise

        token_only(endpoint)
        if file and file.streams:
            takes_files(endpoint)
        bp.add_url_rule(path, view.__name__, endpoint, methods=[method])
        return view

    return register


def _serve(known: Call, view: Callable[..., Any], values: dict[str, Any]) -> Response:
    admit(known.scope, known.permission)
    sent: list[str] = []
    query = reading.query_of(known.query or Nothing)
    if known.query:
        values["query"] = query
    if known.body:
        body, raw = reading.json_of(known.body, optional=known.body_optional)
        sent.append(hashlib.sha256(raw).hexdigest())
    elif known.form:
        body, file = reading.form_of(known.form, "file" if known.file else None)
        sent.append(msgspec.json.encode(body).decode())
        if known.file and file is not None:
            values["file"], sha256 = known.file.take(file)
            sent += [file.filename or "", sha256]
    elif known.lines:
        values["lines"], sha256 = reading.lines_of()
        sent.append(sha256)
    if (known.body or known.form) not in (None, Nothing):
        values["body"] = body

    def act() -> Response:
        return _response(known, view(**values))

    if known.method == "POST":
        address = request.full_path if request.query_string else request.path
        remember = once_done if known.steps else once
        response = remember(actor(), [known.name, address, *sent], act)
    else:
        response = act()
    db.session.commit()
    return response


def _response(known: Call, answer: Any) -> Response:
    if isinstance(answer, Response):
        return answer
    if isinstance(answer, Struct):
        answer = Answer(answer)
    response = Response(
        msgspec.json.encode(answer.body),
        status=answer.status or known.statuses[0],
        mimetype="application/json",
    )
    response.headers.update(answer.headers)
    if answer.kept is not None:
        keep_instead(response, msgspec.json.encode(answer.kept).decode())
    return response
