"""One declaration a call: what it takes, who may make it, what it answers.

    @Call("GET", "/assets/<int:asset_id>", permission=Permission.ASSET_READ,
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
from dataclasses import KW_ONLY, InitVar, dataclass, field
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


@dataclass(eq=False)
class Call:
    """What is known of one call; checks and documents are made from it. It registers the view that
    it stands above, under that one's name."""

    method: str
    path: str
    _: KW_ONLY
    permission: Permission
    does: str
    answers: type[Struct] | tuple[type[Struct], ...] | str
    """The struct or structs that it may be, or the media type of what is no JSON."""
    more: str = ""
    scope: InitVar[Scope | None] = None
    query: type[Struct] | None = None
    body: type[Struct] | None = None
    body_optional: bool = False
    form: type[Struct] | None = None
    """Multipart; the call's file comes under the name `file`."""
    file: TakeFile | None = None
    lines: bool = False
    """Takes JSON lines, as a stream."""
    steps: bool = False
    """Commits by itself, step by step; each step may be done twice without harm."""
    statuses: tuple[int, ...] = (200,)
    """Of success; the first is the usual one."""
    media: tuple[str, ...] = ()
    """Other media types in which the answer may be asked for."""
    fails: tuple[int, ...] = ()
    """The statuses of failures beside those that any call may have."""
    edits: bool = False
    """Honours If-Match, and answers with an ETag."""
    name: str = field(init=False)
    needs: Scope = field(init=False)
    """The scope that its token must have; by `scope`, else reading for GET and writing."""

    def __post_init__(self, scope: Scope | None) -> None:
        self.needs = scope or (Scope.READ if self.method == "GET" else Scope.WRITE)

    @property
    def tag(self) -> str:
        """What it is listed under: the first part of its path."""
        return self.path.split("/")[1]

    @property
    def structs(self) -> tuple[type[Struct], ...]:
        """Those that it answers; none for what is no JSON."""
        if isinstance(self.answers, str):
            return ()
        return self.answers if isinstance(self.answers, tuple) else (self.answers,)

    def __call__(self, view: View) -> View:
        self.name = view.__name__
        CALLS.append(self)

        @functools.wraps(view)
        def endpoint(**values: Any) -> Response:
            try:
                return _serve(self, view, values)
            except Invalid as error:
                if not isinstance(error, reading.Malformed):
                    error.status = 422
                raise

        token_only(endpoint)
        if self.file and self.file.streams:
            takes_files(endpoint)
        bp.add_url_rule(self.path, self.name, endpoint, methods=[self.method])
        return view


CALLS: list[Call] = []


def _serve(known: Call, view: Callable[..., Any], values: dict[str, Any]) -> Response:
    """Admit, check, act, commit. `values` are those of the address; what was sent joins them."""
    admit(known.needs, known.permission)
    sent = _take_in(known, values)

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


def _take_in(known: Call, values: dict[str, Any]) -> list[str]:
    """Put what was sent, checked, among the view's values; what tells this request from another."""
    query = reading.query_of(known.query or Nothing)
    if known.query:
        values["query"] = query
    if known.body:
        body, raw = reading.json_of(known.body, optional=known.body_optional)
        _give_body(body, values)
        return [hashlib.sha256(raw).hexdigest()]
    if known.form:
        form, file = reading.form_of(known.form, "file" if known.file else None)
        _give_body(form, values)
        sent = [msgspec.json.encode(form).decode()]
        if known.file and file is not None:
            values["file"], sha256 = known.file.take(file)
            sent += [file.filename or "", sha256]
        return sent
    if known.lines:
        values["lines"], sha256 = reading.lines_of()
        return [sha256]
    return []


def _give_body(body: Struct, values: dict[str, Any]) -> None:
    if not isinstance(body, Nothing):
        values["body"] = body


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
