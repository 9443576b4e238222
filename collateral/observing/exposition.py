"""The text that Prometheus reads: what this home's processes counted, and what the rows say."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from collateral.observing import gauges, waiting  # noqa: F401 - registers what the queue says
from collateral.observing.instruments import PREFIX, Instruments
from collateral.observing.slots import Slots

__all__ = ["CONTENT_TYPE", "text"]


class _Rows(Collector):
    """What the rows say, in the shape that the library writes."""

    def collect(self) -> Iterable[Metric]:
        for name, says, value in gauges.read():
            yield GaugeMetricFamily(f"{PREFIX}_{name}", says, value=value)


def text() -> bytes:
    """All metrics of the running application, in Prometheus's text format."""
    made: Instruments = current_app.extensions["metrics"]
    slots: Slots | None = current_app.extensions.get("metrics_slots")
    counted = made.registry
    if slots is not None:
        slots.tidy()
        counted = CollectorRegistry()
        MultiProcessCollector(counted, path=str(slots.folder))  # type: ignore[no-untyped-call]
    return generate_latest(counted) + generate_latest(_Rows())
