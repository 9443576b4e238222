"""What is summed once a day is over, so that long periods are read from few rows.

Made by `running.catch_up`, from the sums by day; what comes late for a day that is summed
already sets `RunningUntil` back to that day, and the rows after it count no more until
they are made again.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from collateral.db import Model
from collateral.usage.models import METRICS, Counted

RUNNING = tuple(metric for metric in METRICS if metric != "uses")
"""What runs: all but uses, which are often said of days long past and are read as they are."""


class RunningSum(Counted, Model):
    """All that everybody's events ever counted of an asset before the day.

    A period is the difference of two days. There is a row for each asset that was counted
    by then, for the first day of each month and for each of the last 92 days.
    """

    __tablename__ = "running_sum"
    __table_args__ = ({"sqlite_with_rowid": False},)

    day: Mapped[date] = mapped_column(primary_key=True)
    ref: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class LibrarySum(Counted, Model):
    """The counts of all assets together on one day, by one set of teams."""

    __tablename__ = "library_sum"
    __table_args__ = ({"sqlite_with_rowid": False},)

    day: Mapped[date] = mapped_column(primary_key=True)
    team_set_id: Mapped[int] = mapped_column(ForeignKey("team_set.id"), primary_key=True)


class RunningUntil(Model):
    """The first day that is in neither. One row at most."""

    __tablename__ = "running_until"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
