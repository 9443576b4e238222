"""Uploading: the page, one file at a time for its script, and how far each has come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import (
    Response,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, require
from collateral.assets import intake, operations, queries, queries_upload, receipts
from collateral.assets.forms import UploadFields
from collateral.assets.models import Asset, AssetVersion
from collateral.assets.rules import clean_filename
from collateral.assets.uploads import takes_files
from collateral.assets.views import bp
from collateral.assets.views.long_lists import first_rows
from collateral.assets.views.rows import described, duplicate_row, may_be_published, rows_of
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db, is_id
from collateral.errors import CollateralError, Invalid, NotFound

MOST_IDS = 500
UNKNOWN_END = timedelta(days=1)
"""For how long a file may be sent again whose first try ended nobody knows how."""

V = TypeVar("V", bound=Callable[..., ResponseReturnValue])


def quietly(view: V) -> V:
    """Answer the page's own script with 200 and the problem as its body.

    A file that is here already, or that cannot be taken, is an answer and no failure: a browser
    would note each in its console as if the page were broken. Everybody else gets the status.
    """

    @wraps(view)
    def answer(*args: Any, **values: Any) -> ResponseReturnValue:
        if "X-Fragment" not in request.headers:
            return view(*args, **values)
        try:
            response = make_response(view(*args, **values))
        except CollateralError as error:
            db.session.rollback()
            return jsonify(problem=error.status, detail=str(error.sentence))
        if response.status_code >= 400:
            response.status_code = 200
        return response

    return cast(V, answer)


@bp.get("/upload")
@requires(Permission.ASSET_CREATE)
def upload() -> ResponseReturnValue:
    """Where files are dropped, and how far the person's last ones, or `?ids=`, have come."""
    lately = _ids() or queries_upload.lately_uploaded(actor(), now())
    states = queries_upload.file_states(actor(), lately)
    shown, left = first_rows(states)
    intake.expect_files()
    return render_template(
        "assets/upload.html",
        rows=rows_of(shown, actor()),
        count=len(states),
        rest=[
            url_for("assets.upload", ids=",".join(str(state.version_id) for state in part))
            for part in left
        ],
        drafts=[state.asset_id for state in states if may_be_published(state)],
        limit=_limit(),
    )


@bp.post("/upload")
@requires(Permission.ASSET_CREATE)
@takes_files
def upload_many() -> ResponseReturnValue:
    """The same form without scripts: several files at once."""
    ids: list[int] = []
    for given in request.files.getlist("file"):
        if not given.filename:
            continue
        try:
            asset, number = _take(given)
        except CollateralError as error:
            db.session.rollback()
            flash(f"{given.filename}: {error.sentence}", "error")
        else:
            ids.append(queries.get_version(asset, number).id)
    if not ids and not request.files:
        flash(_("Choose a file first."), "error")
    return redirect(url_for("assets.upload", ids=",".join(map(str, ids)) or None), 303)


@bp.post("/upload/file")
@requires(Permission.ASSET_CREATE)
@takes_files
@quietly
def upload_file() -> ResponseReturnValue:
    """One file: `file`, and what UploadFields names. 201 with its state.

    The very same file again is answered with 409, the asset that has it, and a receipt
    with which `/upload/kept` takes the file without it being sent again. With `again`, which
    the queue sends when it never heard how its first try ended, a file that did arrive then is
    answered with the state of that, not as a second one.
    """
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid(_("Choose a file first."), fields={"file": _("Choose a file first.")})
    try:
        asset, number = _take(given)
    except operations.AlreadyHere as error:
        db.session.rollback()
        version = _arrived_before(error) if "again" in request.form else None
        if version is not None:
            return _state_of(version.asset, version.number), 200
        return _already_here(error, given.filename)
    return _state_of(asset, number), 201


@bp.post("/upload/kept")
@requires(Permission.ASSET_CREATE)
@quietly
def upload_kept() -> ResponseReturnValue:
    """Take a file that is here already, by its `receipt`: as an asset of its own, or, with
    `asset`, as a new version of that one."""
    received = receipts.redeem(request.values.get("receipt", ""), actor())
    asset, number = _keep(received, UploadFields.parse(request.values), allow_duplicate=True)
    if request.accept_mimetypes.accept_html:
        flash(_("Taken as “%(title)s”, version %(number)s", title=asset.title, number=number))
        return redirect(url_for("assets.upload"), 303)
    return _state_of(asset, number), 201


@bp.get("/upload/state")
@requires(Permission.ASSET_CREATE)
def upload_state() -> ResponseReturnValue:
    """How far these versions have come: `?ids=1,2,3`."""
    states = queries_upload.file_states(actor(), _ids())
    return jsonify(items=described(states, actor()))


def _take(given: FileStorage) -> tuple[Asset, int]:
    """Keep the file, then write its rows. Commits."""
    fields = UploadFields.parse(request.form)
    received = operations.receive(cast(Any, given.stream), given.filename or "", limit=_limit())
    return _keep(received, fields, allow_duplicate=fields.allow_duplicate)


def _keep(
    received: operations.Received, fields: UploadFields, *, allow_duplicate: bool
) -> tuple[Asset, int]:
    person, moment = actor(), now()
    if fields.asset is not None:
        asset = queries.get_visible(person, fields.asset)
        require(person, Permission.ASSET_EDIT, asset)
        version = operations.add_version(
            asset, received, by=person, at=moment, changes=fields.changes
        )
        number = version.number
    else:
        try:
            asset = operations.create_asset(
                received,
                by=person,
                at=moment,
                description=fields.description,
                allow_duplicate=allow_duplicate,
            )
        except operations.AlreadyHere as error:
            error.receipt = receipts.give(received, person)
            raise
        number = 1
    db.session.commit()
    return asset, number


def _arrived_before(error: operations.AlreadyHere) -> AssetVersion | None:
    """The version that this very upload became when its first answer was lost."""
    given = request.files["file"].filename or ""
    return queries_upload.sent_before(
        actor(), error.stored.sha256, clean_filename(given), now() - UNKNOWN_END
    )


def _already_here(error: operations.AlreadyHere, filename: str) -> ResponseReturnValue:
    body = {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "problem": 409,
        "detail": str(error.sentence),
        "receipt": error.receipt,
        "duplicate": [
            {
                "asset": asset.id,
                "title": asset.title,
                "status": asset.status.value,
                "url": url_for("assets.detail", asset_id=asset.id),
            }
            for asset in error.assets
        ],
        "row": render_template(
            "assets/_upload_row.html", row=duplicate_row(error, filename, actor())
        ),
    }
    return jsonify(body), 409


def _state_of(asset: Asset, number: int) -> Response:
    version = queries.get_version(asset, number)
    states = queries_upload.file_states(actor(), [version.id])
    if not states:
        raise NotFound
    return jsonify(described(states, actor())[0])


def _limit() -> int:
    return cast(Settings, current_app.extensions["settings"]).max_upload


def _ids() -> list[int]:
    parts = request.args.get("ids", "").split(",")
    return [int(part) for part in parts if is_id(part.strip())][:MOST_IDS]
