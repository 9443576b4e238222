"""Metrics of a library that really runs: one answer for its web process and its worker."""

from __future__ import annotations

import json
import os
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.journeys.conftest import Site

ONE_FILE = (
    '--edge\r\nContent-Disposition: form-data; name="file"; filename="words.txt"\r\n\r\n'
    "Words about an id that is followed\r\n--edge--\r\n"
)


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


def lines(site: Site, request_id: str) -> Iterator[dict[str, Any]]:
    """What the library's processes logged under this id."""
    for line in site.said().splitlines():
        if request_id in line and line.startswith("{"):
            said = json.loads(line)
            if said["request"] == request_id:
                yield said


@pytest.mark.skipif("COLLATERAL_TEST_ENGINES" in os.environ, reason="each machine has its own log")
def test_one_id_leads_through_web_worker_and_child(site: Site) -> None:
    site.add_person("followed@example.com", "marketer")
    token = site.command("token", "create", "followed@example.com", "--scopes", "read,write")
    asked = urllib.request.Request(
        f"{site.url}/api/v1/assets",
        data=ONE_FILE.encode(),
        headers={
            "Authorization": f"Bearer {token.strip()}",
            "Content-Type": "multipart/form-data; boundary=edge",
            "X-Request-ID": "one-id-for-all",
        },
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        assert answer.headers["X-Request-ID"] == "one-id-for-all"
    deadline = time.monotonic() + 90
    while len(said := {each["event"]: each for each in lines(site, "one-id-for-all")}) < 2:
        assert time.monotonic() < deadline, "nobody read the file"
        time.sleep(0.2)
    assert said["request"]["path"] == "/api/v1/assets"
    child = said["child_ended"]["child"]
    assert child["request"] == "one-id-for-all"
    assert child["pid"] > 0
