"""Sums of searches once a day is over, and reports by mail when they are due."""

from __future__ import annotations

from collateral import replica
from collateral.clock import now
from collateral.db import db
from collateral.queue import every, job, send
from collateral.reports import mailing, schedules, summing
from collateral.usage.counting import zone
from collateral.usage.rules import counting_day


@every(minutes=60)
def sum_searches() -> None:
    """Sum the days that are over, each in a transaction of its own."""
    for _day in summing.catch_up(counting_day(now(), zone())):
        db.session.commit()


@every(minutes=15)
def send_reports() -> None:
    """Send each report to everybody for whom it has fallen due since her last one."""
    for schedule_id, person_id in schedules.due(now()):
        send(send_report, schedule_id, person_id)


@job
def send_report(schedule_id: int, person_id: int) -> None:
    """Mail one person one report, once; what fails waits for the next round."""
    taken = schedules.take(schedule_id, person_id, now())
    if taken is None:
        return
    db.session.commit()  # taken: nobody else sends it
    replica.read_from_copy()
    try:
        mailing.send(schedule_id, person_id)
    except Exception:
        db.session.rollback()
        schedules.give_back(schedule_id, person_id, taken)
        db.session.commit()
        raise
