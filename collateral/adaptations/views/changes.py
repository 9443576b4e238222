"""What reps change: the heat map of an asset."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral import csv_out
from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, can
from collateral.adaptations import heat
from collateral.adaptations.heat import HeatMap
from collateral.adaptations.views import bp
from collateral.adaptations.views.wording import reason_labels
from collateral.assets import queries as assets
from collateral.assets.models import Asset, AssetVersion


@bp.get("/assets/<int:asset_id>/changes")
@requires(Permission.ASSET_READ)
def changes(asset_id: int) -> ResponseReturnValue:
    """The change heat map of one version: `?version=N`, otherwise the one most adapted of late."""
    asset = assets.get_visible(actor(), asset_id)
    version = _version(asset)
    found = heat.heat_map(asset, version, actor()) if version else None
    return render_template(
        "adaptations/changes.html",
        asset=asset,
        found=found,
        labels=reason_labels(),
        verdict=_verdict(found) if found else "",
        may_edit=can(actor(), Permission.ASSET_EDIT, asset),
    )


@bp.get("/assets/<int:asset_id>/changes.csv")
@requires(Permission.ASSET_READ)
def changes_csv(asset_id: int) -> ResponseReturnValue:
    """The same as a table: a row for each page."""
    asset = assets.get_visible(actor(), asset_id)
    version = _version(asset)
    found = heat.heat_map(asset, version, actor()) if version else None
    return csv_out.attachment(
        "changes.csv",
        ("version", "page", "title", "kept", "edited", "dropped", "adaptations", "wordings"),
        _rows(found) if found else (),
    )


def _rows(found: HeatMap) -> Iterator[tuple[str | int, ...]]:
    for page in found.pages:
        yield (
            found.version.number,
            page.number,
            page.title,
            page.kept,
            page.edited,
            page.dropped,
            page.of,
            "; ".join(f"{was} > {new} ({n})" for was, new, n in page.wordings),
        )


def _version(asset: Asset) -> AssetVersion | None:
    """The version asked for; otherwise the newest that has been adapted, else the current one."""
    number = request.args.get("version", type=int)
    if number is not None:
        return assets.get_version(asset, number)
    adapted = [each.version for each in heat.by_version(asset) if each.adaptations]
    return adapted[0] if adapted else asset.current_version


def _verdict(found: HeatMap) -> str:
    """Whether the newest version stopped the rewriting, in one sentence that says how sure."""
    rows = [each for each in found.versions if each.deals]
    if len(rows) < 2:
        return ""
    new, old = rows[0], rows[1]
    numbers = {
        "new": new.version.number,
        "old": old.version.number,
        "a": new.adaptations,
        "b": new.deals,
        "c": old.adaptations,
        "d": old.deals,
    }
    facts: str = _(
        "Adaptations by deals: %(a)s in %(b)s with version %(new)s, %(c)s in %(d)s with version"
        " %(old)s.",
        **numbers,
    )
    if new.rate is None or old.rate is None:
        return facts
    if new.rate.high < old.rate.low:
        trend = _("It is rewritten less often now.")
    elif new.rate.low > old.rate.high:
        trend = _("It is rewritten more often now.")
    else:
        trend = _("That is too little to tell whether it changed.")
    return f"{facts} {trend}"
