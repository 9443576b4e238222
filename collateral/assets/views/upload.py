"""Uploading: the page, one file at a time for its script, and how far each has come."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, require
from collateral.assets import operations, queries, receipts
from collateral.assets.forms import UploadFields
from collateral.assets.models import Asset
from collateral.assets.uploads import takes_files
from collateral.assets.views import bp
from collateral.assets.views.rows import described, duplicate_row, may_be_published, row_of
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db, is_id
from collateral.errors import CollateralError, Invalid, NotFound

MOST_IDS = 500


@bp.get("/upload")
@requires(Permission.ASSET_CREATE)
def upload() -> ResponseReturnValue:
    """Where files are dropped, and how far the person's last ones, or `?ids=`, have come."""
    states = queries.file_states(actor(), _ids() or queries.lately_uploaded(actor(), now()))
    return render_template(
        "assets/upload.html",
        rows=[row_of(state) for state in states],
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
def upload_file() -> ResponseReturnValue:
    """One file: `file`, and what UploadFields names. 201 with its state.

    The very same file again is answered with 409, the asset that has it, and a receipt
    with which `/upload/kept` takes the file without it being sent again.
    """
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid("Choose a file first.", fields={"file": "Choose a file first."})
    try:
        asset, number = _take(given)
    except operations.AlreadyHere as error:
        db.session.rollback()
        return _already_here(error, given.filename)
    return _state_of(asset, number), 201


@bp.post("/upload/kept")
@requires(Permission.ASSET_CREATE)
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
    states = queries.file_states(actor(), _ids())
    return jsonify(items=[described(state) for state in states])


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


def _already_here(error: operations.AlreadyHere, filename: str) -> ResponseReturnValue:
    body = {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": error.sentence,
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
    states = queries.file_states(actor(), [version.id])
    if not states:
        raise NotFound
    return jsonify(described(states[0]))


def _limit() -> int:
    return cast(Settings, current_app.extensions["settings"]).max_upload


def _ids() -> list[int]:
    ids = [int(part) for part in request.args.get("ids", "").split(",") if is_id(part.strip())]
    return [number for number in ids if number < 1 << 31][:MOST_IDS]
