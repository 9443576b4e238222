"""Each report as CSV and as a workbook."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from collateral import csv_out
from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.errors import NotFound
from collateral.reports import workbooks
from collateral.reports.sheets import REPORTS, Sheet
from collateral.reports.views import bp
from collateral.reports.views.frame import asked


def _sheets(name: str) -> list[Sheet]:
    if name not in REPORTS:
        raise NotFound(_("There is no such report."))
    return REPORTS[name](actor(), asked())


@bp.get("/reports/<name>.csv")
@requires(Permission.REPORT_READ)
def table(name: str) -> ResponseReturnValue:
    """One table of the report: the first, or the one that `part` names."""
    sheets = _sheets(name)
    part = request.args.get("part", "")
    sheet = next((each for each in sheets if each.name in (part, f"{name}-{part}")), sheets[0])
    return csv_out.attachment(f"{sheet.name}.csv", sheet.head, sheet.rows)


@bp.get("/reports/<name>.xlsx")
@requires(Permission.REPORT_READ)
def workbook(name: str) -> ResponseReturnValue:
    """All tables of the report."""
    return workbooks.attachment(f"{name}.xlsx", _sheets(name))
