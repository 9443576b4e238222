"""The report of what reps change, narrowed as the other reports are."""

from __future__ import annotations

from sqlalchemy import and_

from collateral.accounts.models import Person
from collateral.adaptations.recreated import LIST, RecreatedReport, recreated
from collateral.reports.asking import ReportRequest
from collateral.reports.parts import ask, in_report, made_by


def changes(reader: Person, request: ReportRequest, *, limit: int = LIST) -> RecreatedReport:
    """What was re-created in the period: of assets with the product and region, by people who are
    in the team. A stage narrows nothing here: an adaptation has none.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    asked = ask(reader, request)
    wanted = and_(in_report(asked), made_by(asked))
    period = request.period
    return recreated(reader, period.first, period.last, limit=limit, narrowed=wanted)
