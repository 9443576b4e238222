"""Every metric that processes count, by name, labels and buckets. Times are in seconds.

Labels have few values: rules of routes instead of paths, names of jobs, extensions of formats.
A label is never called `job` or `instance`: Prometheus has its own of these names.
Each metric has a label: one without would be put into a file before it is known where.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

PREFIX = "collateral"
WEB = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
WORK = (0.05, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0)


class Instruments:
    """The metrics of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = self._counter("requests", "Requests answered.", "route", "method", "status")
        self.request_seconds = self._histogram(
            "request_seconds", "From a request until its answer begins.", WEB, "route"
        )
        self.search_seconds = self._histogram(
            "search_seconds", "A search, from the question to its cards.", WEB, "outcome"
        )
        self.jobs = self._counter("jobs", "Jobs that ended.", "name", "outcome")
        self.job_seconds = self._histogram("job_seconds", "A job at work.", WORK, "name")
        self.job_behind_seconds = self._histogram(
            "job_behind_seconds", "From the message of a job until it was done.", WORK, "name"
        )
        self.readings = self._counter("readings", "Files read.", "format", "outcome")
        self.reading_seconds = self._histogram(
            "reading_seconds", "The reading of one file.", WORK, "format"
        )
        self.visits = self._counter("visits", "Visits of tracked links that began.", "outcome")
        self.failures = self._counter("failures", "Errors in the log.", "logger")
        self.slow_queries = self._counter(
            "slow_queries", "Statements that took longer than SLOW_QUERY_MS.", "database"
        )
        self.connections = self._gauge(
            "database_connections", "Connections of the pool in use.", "database"
        )
        self.connections_limit = self._gauge(
            "database_connections_limit", "Connections that the pool may open.", "database"
        )

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"{PREFIX}_{name}", says, labels, registry=self.registry)

    def _histogram(
        self, name: str, says: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(f"{PREFIX}_{name}", says, labels, buckets=buckets, registry=self.registry)

    def _gauge(self, name: str, says: str, *labels: str) -> Gauge:
        """A gauge that is added up over the processes that live."""
        return Gauge(
            f"{PREFIX}_{name}",
            says,
            labels,
            registry=self.registry,
            multiprocess_mode="livesum",
        )
