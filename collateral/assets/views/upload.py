"""Uploading: the page, one file at a time for its script, and how far each has come."""

from __future__ import annotations

from typing import Any, cast

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, require
from collateral.assets import operations, queries, receipts
from collateral.assets.forms import UploadFields
from collateral.assets.models import Asset, Vocabulary
from collateral.assets.queries import FileState
from collateral.assets.uploads import takes_files
from collateral.assets.views import bp
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db
from collateral.errors import CollateralError, Invalid, NotFound

MOST_IDS = 500


@bp.get("/upload")
@requires(Permission.ASSET_CREATE)
def upload() -> ResponseReturnValue:
    """Where files are dropped; `?ids=` shows how far these versions have come."""
    return render_template(
        "assets/upload.html",
        files=[described(state) for state in queries.file_states(actor(), _ids())],
        limit=cast(Settings, current_app.extensions["settings"]).max_upload,
        terms=queries.terms_by_vocabulary(),
        vocabularies=list(Vocabulary),
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
        return _already_here(error)
    return _state_of(asset, number), 201


@bp.post("/upload/kept")
@requires(Permission.ASSET_CREATE)
def upload_kept() -> ResponseReturnValue:
    """Take a file that is here already, by its receipt: as an asset of its own, or, with
    `asset`, as a new version of that one."""
    received = receipts.redeem(request.form.get("receipt", ""), actor())
    asset, number = _keep(received, UploadFields.parse(request.form), allow_duplicate=True)
    return _state_of(asset, number), 201


@bp.get("/upload/state")
@requires(Permission.ASSET_CREATE)
def upload_state() -> ResponseReturnValue:
    """How far these versions have come: `?ids=1,2,3`."""
    states = queries.file_states(actor(), _ids())
    return jsonify(items=[described(state) for state in states])


def described(state: FileState) -> dict[str, Any]:
    """A file's state for the page and its script."""
    preview = state.preview and url_for(
        "assets.preview",
        asset_id=state.asset_id,
        number=state.number,
        page=1,
        width=320,
        v=state.preview,
    )
    return {
        "asset": state.asset_id,
        "version": state.version_id,
        "number": state.number,
        "title": state.title,
        "filename": state.filename,
        "bytes": state.bytes,
        "label": state.label,
        "family": state.family,
        "state": state.state.value,
        "step": state.step,
        "done": state.done,
        "status": state.status.value,
        "pages": state.pages,
        "previews": state.previews,
        "error": state.error,
        "preview_missing": state.preview_missing,
        "preview": preview,
        "url": url_for("assets.detail", asset_id=state.asset_id),
        "edit_url": url_for("assets.edit", asset_id=state.asset_id),
        "duplicate": None,
    }


def _take(given: FileStorage) -> tuple[Asset, int]:
    """Keep the file, then write its rows. Commits."""
    fields = UploadFields.parse(request.form)
    limit = cast(Settings, current_app.extensions["settings"]).max_upload
    received = operations.receive(cast(Any, given.stream), given.filename or "", limit=limit)
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


def _already_here(error: operations.AlreadyHere) -> ResponseReturnValue:
    return (
        jsonify(
            type="about:blank",
            title="Conflict",
            status=409,
            detail=error.sentence,
            receipt=error.receipt,
            duplicate=[
                {
                    "asset": asset.id,
                    "title": asset.title,
                    "status": asset.status.value,
                    "url": url_for("assets.detail", asset_id=asset.id),
                }
                for asset in error.assets
            ],
        ),
        409,
    )


def _state_of(asset: Asset, number: int) -> ResponseReturnValue:
    version = queries.get_version(asset, number)
    states = queries.file_states(actor(), [version.id])
    if not states:
        raise NotFound
    return jsonify(described(states[0]))


def _ids() -> list[int]:
    ids = [int(part) for part in request.args.get("ids", "").split(",") if part.strip().isdigit()]
    return [number for number in ids if number < 1 << 31][:MOST_IDS]
