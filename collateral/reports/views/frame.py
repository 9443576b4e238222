"""What every report's page has: what its address asks for, and its frame."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from collateral import replica
from collateral.accounts.guard import actor
from collateral.clock import now
from collateral.reports import asking, comparing, presenting, schedules
from collateral.reports.asking import ReportRequest
from collateral.usage.counting import zone
from collateral.usage.rules import counting_day


def asked() -> ReportRequest:
    """What the address asks for."""
    return asking.read(request.args, counting_day(now(), zone()))


def render(template: str, name: str, wanted: ReportRequest, **more: Any) -> str:
    return render_template(
        template,
        wanted=wanted,
        filters=presenting.filters(actor(), wanted, name),
        compared=presenting.compared(comparing.headlines(actor(), wanted, name)),
        tabs=presenting.tabs(name),
        counted_to=replica.as_of(),
        kept=presenting.kept(),
        report=name,
        whose=presenting.whose(actor(), wanted),
        saved=schedules.views_of(actor()),
        zone=zone().key,
        **more,
    )
