"""The scorecard of one asset as a page."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from collateral import csv_out
from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.adaptations import heat
from collateral.assets import queries as assets
from collateral.deals.presenting import stage_labels
from collateral.reports import (
    influence_cases,
    influence_words,
    presenting,
    scorecard,
    workbooks,
)
from collateral.reports.card_sheets import card_sheets
from collateral.reports.views import bp
from collateral.reports.views.frame import asked, render


@bp.get("/reports/assets/<int:asset_id>")
@requires(Permission.REPORT_READ)
def scorecard_page(asset_id: int) -> ResponseReturnValue:
    """One asset: its use, its deals, its influence, and what reps change."""
    person, wanted = actor(), asked()
    asset = assets.get_visible(person, asset_id)
    found = scorecard.scorecard(person, asset, wanted)
    labels = stage_labels()
    adapted = [each for each in heat.by_version(asset) if each.adaptations]
    (influence,) = influence_cases.influence_of([asset.id], person, wanted)
    return render(
        "reports/scorecard.html",
        "assets",
        wanted,
        asset=asset,
        version=asset.current_version,
        first=assets.first_previews([asset]).get(asset.id),
        found=found,
        influence=influence_words.shown(influence, labels),
        months=presenting.months_of(found),
        splits=presenting.splits(found, labels),
        adapted=adapted,
        changed=heat.pages_of(adapted[0].version) if adapted else [],
        card=asset.id,
        crumbs_url=url_for("reports.assets_page", **presenting.kept()),
    )


@bp.get("/reports/assets/<int:asset_id>.csv")
@requires(Permission.REPORT_READ)
def card_table(asset_id: int) -> ResponseReturnValue:
    """One table of the scorecard: the months, or the one that `part` names."""
    sheets = card_sheets(actor(), assets.get_visible(actor(), asset_id), asked())
    part = request.args.get("part", "")
    sheet = next((each for each in sheets if each.name == part), sheets[0])
    return csv_out.attachment(f"{sheet.name}-{asset_id}.csv", sheet.head, sheet.rows)


@bp.get("/reports/assets/<int:asset_id>.xlsx")
@requires(Permission.REPORT_READ)
def card_workbook(asset_id: int) -> ResponseReturnValue:
    """All tables of the scorecard."""
    sheets = card_sheets(actor(), assets.get_visible(actor(), asset_id), asked())
    return workbooks.attachment(f"scorecard-{asset_id}.xlsx", sheets)
