"""Many assets described at once in a table, each row its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from msgspec import Struct
from sqlalchemy.orm import joinedload, selectinload

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, can
from collateral.assets import editing, queries, queries_upload
from collateral.assets.editing import EditedMeanwhile
from collateral.assets.merging import Edit, Value
from collateral.assets.models import Asset, Status, Vocabulary
from collateral.assets.views import bp
from collateral.assets.views.long_lists import first_rows
from collateral.assets.views.pictured import pictured
from collateral.assets.views.presenting import vocabulary_names
from collateral.assets.views.suggested import offers
from collateral.clock import now
from collateral.db import db, is_id
from collateral.errors import Forbidden, Invalid

MOST_ROWS = 200
COLUMNS = ("title", "type", *editing.TERM_FIELDS, "tags", "review_on")


class Cell(Struct, forbid_unknown_fields=True):
    """A field as the table found it, and as it stands there now."""

    was: str | list[str]
    now: str | list[str]


class Line(Struct, forbid_unknown_fields=True):
    """The cells of one asset that were changed."""

    asset: int
    cells: dict[str, Cell]


class Sheet(Struct, forbid_unknown_fields=True):
    rows: list[Line]


@bp.get("/assets/table")
@requires(Permission.ASSET_CREATE)
def table() -> ResponseReturnValue:
    """The assets that `asset` names, repeated; else those of the last day that are not out yet."""
    every = _assets([int(text) for text in request.args.getlist("asset") if is_id(text)])
    assets, left = first_rows(every)
    suggested = offers(assets)
    terms = queries.terms_by_vocabulary()
    return render_template(
        "assets/table.html",
        rows=[
            {
                "asset": asset,
                "shown": shown,
                "fields": editing.snapshot(asset),
                "offered": suggested.get(asset.id, []),
            }
            for asset, shown in zip(assets, pictured(assets), strict=True)
        ],
        ids=[asset.id for asset in every],
        rest=[url_for("assets.table", asset=[one.id for one in part]) for part in left],
        terms=terms,
        labels={term.key: term.label for found in terms.values() for term in found},
        names={vocabulary.value: name for vocabulary, name in vocabulary_names().items()},
        vocabularies=[v for v in Vocabulary if v is not Vocabulary.TYPE and terms[v]],
        back_url=url_for("assets.upload"),
    )


@bp.post("/assets/table")
@requires(Permission.ASSET_CREATE)
def save_table() -> ResponseReturnValue:
    """Save the changed cells, as JSON; each row by itself. What could not be taken, and what
    somebody else changed in between, is answered beside its row; the others are saved."""
    try:
        sheet = msgspec.json.decode(request.get_data(), type=Sheet)
    except msgspec.MsgspecError as error:
        raise Invalid(_("This form is not one of ours; load the page again.")) from error
    wanted = {line.asset: line for line in sheet.rows[:MOST_ROWS]}
    assets = {asset.id: asset for asset in _assets(list(wanted))} if wanted else {}
    return jsonify(rows=[_save(assets.get(asset_id), line) for asset_id, line in wanted.items()])


def _save(asset: Asset | None, line: Line) -> dict[str, Any]:
    if asset is None:
        return _said(line, "gone", _("This asset is not here any more."))
    try:
        edits = {
            name: Edit(editing.tidy(name, cell.was), editing.tidy(name, cell.now))
            for name, cell in line.cells.items()
            if name in COLUMNS
        }
        editing.edit(asset, edits, by=actor(), at=now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        return _said(line, "invalid", error.sentence)
    except EditedMeanwhile as error:
        db.session.rollback()
        theirs = {name: clash.theirs for name, clash in error.clashes.items()}
        return _said(line, "changed", error.sentence, theirs)
    values = editing.snapshot(asset)
    return _said(line, "saved", "", {name: values[name] for name in edits})


def _said(
    line: Line, state: str, sentence: str, fields: Mapping[str, Value] | None = None
) -> dict[str, Any]:
    return {"asset": line.asset, "state": state, "sentence": sentence, "fields": fields or {}}


def _assets(ids: list[int]) -> list[Asset]:
    person = actor()
    if not ids:
        states = queries_upload.file_states(
            person, queries_upload.lately_uploaded(person, now(), MOST_ROWS)
        )
        open_ = (Status.DRAFT, Status.IN_REVIEW)
        ids = [state.asset_id for state in states if state.status in open_]
    assets = queries.get_many(
        person,
        ids[:MOST_ROWS],
        joinedload(Asset.owner).options(*queries.NAME_ONLY),
        joinedload(Asset.current_version),
        selectinload(Asset.terms),
        selectinload(Asset.tag_rows),
        selectinload(Asset.teams),
    )
    if not all(can(person, Permission.ASSET_EDIT, asset) for asset in assets):
        raise Forbidden(_("You may not change all of these."))
    return assets
