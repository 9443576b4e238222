"""Metrics of a library that really runs: one answer for its web process and its worker."""

from __future__ import annotations

import os
import time
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.journeys.conftest import Site


def told(site: Site) -> dict[str, float]:
    """Every sample by its name, those of one name added up."""
    headers = {"Authorization": f"Bearer {site.environ['METRICS_TOKEN']}"}
    asked = urllib.request.Request(f"{site.url}/metrics", headers=headers)
    with urllib.request.urlopen(asked, timeout=20) as answer:
        text = answer.read().decode()
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0.0) + sample.value
    return found


@pytest.mark.skipif("COLLATERAL_TEST_ENGINES" in os.environ, reason="several homes, told apart")
def test_web_and_worker_tell_together_what_they_did(site: Site) -> None:
    told(site)  # a request is counted when it is answered
    deadline = time.monotonic() + 90
    while not (said := told(site)).get("collateral_jobs_total"):
        assert time.monotonic() < deadline, "the worker's minute never came"
        time.sleep(0.5)
    assert said["collateral_requests_total"] >= 1
    assert said["collateral_database_connections_limit"] >= 1
    assert "collateral_queue_waiting" in said
    kept = {path.name for path in (site.home / "metrics").glob("counter_*.db")}
    assert len(kept) >= 2, "web and worker each count in files of their own"
