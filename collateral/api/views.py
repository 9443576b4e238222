"""Gathers the API's calls, a module for each resource."""

from __future__ import annotations

from collateral.api import (
    adaptations,
    asset_list,
    assets,
    deal_import,
    deals,
    docket,
    docs,
    events,
    explain,
    identify,
    influence,
    narrow_reports,
    reports,
    requests,
    scorecard,
    shares,
    states,
    suggestions,
    versions,
)
from collateral.api.calls import bp

__all__ = [
    "adaptations",
    "asset_list",
    "assets",
    "bp",
    "deal_import",
    "deals",
    "docket",
    "docs",
    "events",
    "explain",
    "identify",
    "influence",
    "narrow_reports",
    "reports",
    "requests",
    "scorecard",
    "shares",
    "states",
    "suggestions",
    "versions",
]
