"""The scorecard of one asset as a page."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.adaptations import heat
from collateral.assets import queries as assets
from collateral.reports import influence_cases, influence_words, presenting, scorecard
from collateral.reports.views import asked, bp, render


@bp.get("/reports/assets/<int:asset_id>")
@requires(Permission.REPORT_READ)
def scorecard_page(asset_id: int) -> ResponseReturnValue:
    """One asset: its use, its deals, its influence, and what reps change."""
    person, wanted = actor(), asked()
    asset = assets.get_visible(person, asset_id)
    found = scorecard.scorecard(person, asset, wanted)
    (influence,) = influence_cases.influence_of([asset.id], person, wanted)
    return render(
        "reports/scorecard.html",
        "assets",
        wanted,
        asset=asset,
        found=found,
        influence=influence_words.shown(influence),
        months=presenting.months_of(found),
        splits=presenting.splits(found),
        adapted=heat.by_version(asset),
        crumbs_url=url_for("reports.assets_page", **presenting.kept()),
    )
