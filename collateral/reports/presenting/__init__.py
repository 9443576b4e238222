"""Reports in words: figures with their change, charts, tabs, filters, definitions."""

from collateral.reports.presenting.card import months_of, splits
from collateral.reports.presenting.cells import across_segments, heat, share_bars
from collateral.reports.presenting.compared import compared, top_bars
from collateral.reports.presenting.definitions import definitions
from collateral.reports.presenting.figures import Figure, counted, figures, with_lines
from collateral.reports.presenting.frame import Filters, filters, kept, tabs, whose
from collateral.reports.presenting.funnel import funnel, reached_names, reached_tabs
from collateral.reports.presenting.trends import (
    ShareTrend,
    Trend,
    costs,
    share_trend,
    team_changes,
    team_lines,
    trend,
)
from collateral.reports.presenting.words import (
    kind_names,
    left_names,
    metric_names,
    outcome_names,
    report_numbers,
)

__all__ = [
    "Figure",
    "Filters",
    "ShareTrend",
    "Trend",
    "across_segments",
    "compared",
    "costs",
    "counted",
    "definitions",
    "figures",
    "filters",
    "funnel",
    "heat",
    "kept",
    "kind_names",
    "left_names",
    "metric_names",
    "months_of",
    "outcome_names",
    "reached_names",
    "reached_tabs",
    "report_numbers",
    "share_bars",
    "share_trend",
    "splits",
    "tabs",
    "team_changes",
    "team_lines",
    "top_bars",
    "trend",
    "whose",
    "with_lines",
]
