"""What was retired, put back, reviewed, or deleted for good."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, require
from collateral.assets import queries as assets
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid
from collateral.retirement import board, board_rows, erasing, policing
from collateral.retirement.views import bp
from collateral.templating import format_date


@bp.get("/docket/retired")
@requires(Permission.DOCKET)
def retired() -> ResponseReturnValue:
    """Retired assets, the latest first: `page`."""
    page = max(1, min(request.args.get("page", 1, type=int), 100_000))
    total = board.retired_count(actor())
    found = board.retired(actor(), page=page)
    return render_template(
        "retirement/retired.html",
        assets=found,
        total=total,
        page=page,
        pages=max(1, -(-total // board_rows.PAGE)),
        erased=erasing.erased([asset.id for asset in found]),
        may_erase=erasing.may_be_erased(found, at=now()),
    )


@bp.post("/assets/<int:asset_id>/reviewed")
@requires(Permission.ASSET_EDIT)
def reviewed(asset_id: int) -> ResponseReturnValue:
    """Note that the asset was looked at and still holds."""
    asset = assets.get_visible(actor(), asset_id)
    require(actor(), Permission.ASSET_EDIT, asset)
    day = policing.reviewed(asset, by=actor(), at=now())
    db.session.commit()
    flash(_("Reviewed; the next review is on %(day)s", day=format_date(day)))
    return redirect(url_for("assets.detail", asset_id=asset.id), 303)


@bp.get("/assets/<int:asset_id>/erase")
@requires(Permission.ASSET_DELETE)
def erase_page(asset_id: int) -> ResponseReturnValue:
    """What deleting its files for good would remove; nothing is changed."""
    asset = assets.get_visible(actor(), asset_id)
    require(actor(), Permission.ASSET_DELETE, asset)
    return _erase_page(asset)


def _erase_page(asset: Asset, error: Invalid | None = None) -> str:
    return render_template(
        "retirement/erase.html",
        asset=asset,
        plan=erasing.plan(asset, at=now()),
        errors=error.fields if error else {},
        given=request.form,
    )


@bp.post("/assets/<int:asset_id>/erase")
@requires(Permission.ASSET_DELETE)
def erase(asset_id: int) -> ResponseReturnValue:
    """Delete its files, pages and texts for good: `reason`, and `title` typed as it is."""
    asset = assets.get_visible(actor(), asset_id)
    require(actor(), Permission.ASSET_DELETE, asset)
    try:
        erasing.erase(
            asset,
            by=actor(),
            at=now(),
            reason=request.form.get("reason", ""),
            title=request.form.get("title", ""),
        )
    except Invalid as error:
        db.session.rollback()
        return _erase_page(asset, error), 400
    db.session.commit()
    flash(_("The files of “%(title)s” are deleted", title=asset.title))
    return redirect(url_for("retirement.retired"), 303)
