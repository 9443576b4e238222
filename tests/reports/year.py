"""A year of deals and uses, and the pages that report on it."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

from collateral import clock
from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.db import db
from collateral.deals import one_deal as deals
from collateral.deals.models import Deal
from collateral.reports.asking import ReportRequest
from collateral.usage import operations as usage
from collateral.usage.periods import Period

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
YEAR = ReportRequest(Period(date(2025, 12, 1), date(2026, 11, 20)))
PAGES = ("overview", "assets", "coverage", "adoption", "search", "ignored", "changes", "worth")


def deal(name: str, owner: Person, **given: str) -> Deal:
    made, _ = deals.upsert_deal(
        name, {"name": name, "stage": "Evaluation", "owner": owner.email} | given, at=NOW
    )
    db.session.commit()
    return made


def use(asset: Asset, in_deal: Deal, by: Person, at: datetime = NOW, **more: Any) -> None:
    with clock.hold(max(at, NOW)):
        usage.declare_use(asset, in_deal, by=by, at=at, **more)
    db.session.commit()


def unpacked(data: bytes) -> bytes:
    """The words of a workbook; anything else as it is."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return b"".join(book.read(name) for name in book.namelist())
