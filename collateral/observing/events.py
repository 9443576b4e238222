"""What happened, in words of the domain. Nothing is done where metrics are closed.

Times are in seconds. Called inside an application context; outside of one nothing is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, has_app_context

if TYPE_CHECKING:
    from collateral.observing.instruments import Instruments

READINGS = ("whole", "in_part", "failed")
"""What may come of a file that is read to its end."""


def instruments() -> Instruments | None:
    """The running application's metrics; None where they are closed."""
    return current_app.extensions.get("metrics") if has_app_context() else None


def answered(route: str, method: str, status: int, seconds: float) -> None:
    """A request was answered; `route` is its rule, "-" where no route was meant."""
    if (to := instruments()) is not None:
        to.requests.labels(route, method, str(status)).inc()
        to.request_seconds.labels(route).observe(seconds)


def searched(outcome: str, seconds: float) -> None:
    """A search was answered: `whole`, `cut_short` for want of time, or `degraded` without index."""
    if (to := instruments()) is not None:
        to.search_seconds.labels(outcome).observe(seconds)


def job_ended(name: str, seconds: float, *, failed: bool, behind: float | None = None) -> None:
    """A job ended. `behind` is the time since its message was sent, where there was one."""
    if (to := instruments()) is not None:
        # Its other outcome is told as 0: Prometheus sees a series grow, not come at 1.
        for outcome, happened in (("failed", failed), ("done", not failed)):
            to.jobs.labels(name, outcome).inc(happened)
        to.job_seconds.labels(name).observe(seconds)
        if behind is not None and not failed:
            to.job_behind_seconds.labels(name).observe(behind)


def file_read(extension: str, outcome: str, seconds: float) -> None:
    """A file was read: `whole`, `in_part` (something of it is missing), `failed`, `interrupted`
    by us, to be read again, or `begun`: the other pages come when nobody waits."""
    if (to := instruments()) is not None:
        for known in (*READINGS, outcome):
            to.readings.labels(extension, known)  # told as 0 from now on, as above
        to.readings.labels(extension, outcome).inc()
        to.reading_seconds.labels(extension).observe(seconds)


def visit_began(outcome: str) -> None:
    """A visit of a tracked link began; `outcome` says whether it counts."""
    if (to := instruments()) is not None:
        to.visits.labels(outcome).inc()


def failed(logger: str) -> None:
    """Something was logged as an error."""
    if (to := instruments()) is not None:
        to.failures.labels(logger).inc()


def slow_query(database: str) -> None:
    """A statement took longer than SLOW_QUERY_MS."""
    if (to := instruments()) is not None:
        to.slow_queries.labels(database).inc()
