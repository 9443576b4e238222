"""Running sums, once a day is over and again for what comes late; months made ahead."""

from __future__ import annotations

from collateral.clock import now
from collateral.db import db
from collateral.queue import every
from collateral.usage import partitions, running
from collateral.usage.counting import zone
from collateral.usage.rules import counting_day


@every(minutes=10)
def sum_days() -> None:
    """Sum the days that are over, each in a transaction of its own."""
    for _day in running.catch_up(counting_day(now(), zone())):
        db.session.commit()


@every(minutes=60)
def make_months() -> None:
    """On PostgreSQL the tables for the events of this month and the next ones."""
    partitions.make(partitions.ahead(counting_day(now(), zone())))
