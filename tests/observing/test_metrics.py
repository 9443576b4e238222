"""What `/metrics` tells, and to whom."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.parser import text_string_to_metric_families

from collateral import create_app
from collateral.accounts.models import Role
from collateral.config import ROOT, Settings
from collateral.observing import exposition, gauges
from collateral.observing.instruments import PREFIX, Instruments
from collateral.observing.slots import Slots
from collateral.queue import job, send
from tests.assets import files
from tests.conftest import make_settings
from tests.factories import make_asset, make_person
from tests.support import Visitor

TOKEN = "a-token-for-Prometheus-alone"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SHOWN = ROOT / "deploy" / "dashboard"

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(
        settings,
        metrics_token=TOKEN,
        metrics_from=(ip_network("10.1.0.0/16"), ip_network("::1/128")),
    )


def told(text: str) -> Samples:
    """Every sample by its name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(samples: Samples, name: str, /, **labels: str) -> float:
    return samples.get((f"{PREFIX}_{name}", frozenset(labels.items())), 0.0)


@job
def end_badly() -> None:
    raise OSError("the other side is gone")


def test_there_is_no_such_page_until_a_setting_opens_it(tmp_path: Path, database_url: str) -> None:
    app = create_app(make_settings(tmp_path, database_url=database_url))
    answer = app.test_client().get("/metrics", environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
    assert answer.status_code == 404
    assert "metrics" not in app.extensions


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("192.0.2.1", BEARER, 200),
        ("192.0.2.1", {"Authorization": f"Bearer {TOKEN}x"}, 404),
        ("10.1.9.9", {"Authorization": "Bearer wrong"}, 404),
        ("192.0.2.1", {}, 404),
        ("10.1.200.3", {}, 200),
        ("::1", {}, 200),
        ("10.2.0.1", {}, 404),
        ("", {}, 404),
        # Whoever a proxy of ours speaks for is not the proxy.
        ("10.1.200.3", {"X-Forwarded-For": "192.0.2.1"}, 404),
        ("10.1.200.3", {"Forwarded": "for=192.0.2.1"}, 404),
        # A process is asked at its address; no other name leads here.
        ("10.1.200.3", {"Host": "10.1.0.5:8000"}, 200),
        ("10.1.200.3", {"Host": "[::1]:8000"}, 200),
        ("10.1.200.3", {"Host": "evil.example"}, 400),
    ],
)
def test_metrics_are_for_the_token_and_the_named_networks(
    client: FlaskClient, address: str, headers: dict[str, str], status: int
) -> None:
    make_person(Role.ADMIN)
    answer = client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.content_type.startswith("text/plain; version=0.0.4")
        assert "collateral_queue_waiting 0.0" in answer.text


def test_other_pages_still_insist_on_the_name(client: FlaskClient) -> None:
    make_person(Role.ADMIN)
    assert client.get("/healthz", headers={"Host": "10.1.0.5:8000"}).status_code == 400


@pytest.mark.either
def test_what_happens_is_counted_by_route_format_and_outcome(
    app: Flask, client: FlaskClient, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    asset = make_asset(title="Night shift")
    marketer = visitor.as_(make_person(Role.MARKETER))
    for path in (f"/assets/{asset.id}", f"/assets/{asset.id}", "/library?q=night", "/no/such"):
        marketer.get(path)
    assert files.send(marketer, b"Words about chillers", "chillers.txt").status_code in (200, 201)
    with pytest.raises(OSError, match="gone"):
        send(end_badly)

    said = told(client.get("/metrics", headers=BEARER).text)

    page = {"route": "/assets/<int:asset_id>", "method": "GET", "status": "200"}
    assert of(said, "requests_total", **page) == 2
    assert of(said, "request_seconds_count", route=page["route"]) == 2
    assert of(said, "requests_total", route="-", method="GET", status="404") == 1
    assert of(said, "search_seconds_count", outcome="whole") == 1
    assert of(said, "readings_total", format="txt", outcome="whole") == 1
    assert of(said, "jobs_total", name="collateral.reading.jobs.read_version", outcome="done") == 1
    assert of(said, "jobs_total", name=f"{__name__}.end_badly", outcome="failed") == 1
    assert of(said, "failures_total", logger="collateral.queue") == 1
    # What has not happened is told as 0 beside it, so that its first time is seen as growth.
    worked = "collateral.reading.jobs.read_version"
    for name, labels in (
        ("readings_total", {"format": "txt", "outcome": "failed"}),
        ("jobs_total", {"name": worked, "outcome": "failed"}),
        ("visits_total", {"outcome": "visit"}),
        ("failures_total", {"logger": "collateral"}),
    ):
        assert said[f"{PREFIX}_{name}", frozenset(labels.items())] == 0
    assert of(said, "database_connections", database="main") >= 0
    assert not any("Night" in str(key) or "/assets/1" in str(key) for key in said)


def test_what_waits_is_told_from_the_rows(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collateral.queue.Queue.send", lambda *_args: None)  # a lost queue
    make_person(Role.ADMIN)
    before = told(client.get("/metrics", headers=BEARER).text)
    make_asset(title="Not in the index yet")
    after = told(client.get("/metrics", headers=BEARER).text)
    assert of(before, "index_behind_assets") == 0
    assert of(after, "index_behind_assets") == 1
    assert of(after, "index_behind_revisions") >= 1


def test_what_cannot_be_read_leaves_the_rest(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable() -> float:
        raise OSError("no answer")

    monkeypatch.setitem(gauges.REGISTERED, "queue_waiting", ("Broken.", unreadable))
    make_person(Role.ADMIN)
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert "collateral_queue_waiting" not in answer.text
    assert "collateral_versions_unread 0.0" in answer.text


def metrics_that_exist() -> tuple[set[str], set[str]]:
    """Names of samples, and of labels."""
    names = {f"{PREFIX}_{name}" for name in gauges.REGISTERED}
    labels = {"le", "instance"}
    for metric in Instruments().registry.collect():
        ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
        names |= {metric.name + end for end in ends.get(metric.type, ("",))}
    for metric in vars(Instruments()).values():
        labels |= set(getattr(metric, "_labelnames", ()))
    return names, labels


@pytest.mark.parametrize("name", ["alerts.yml", "collateral.json"])
def test_dashboard_and_alerts_name_metrics_that_exist(name: str) -> None:
    assert exposition.text  # all that is registered for a scrape is registered by now
    text = (SHOWN / name).read_text()
    names, labels = metrics_that_exist()
    used = set(re.findall(rf"\b{PREFIX}_[a-z_]+\b", text))
    assert len(used) > 10
    assert used <= names
    by = {
        one.strip() for found in re.findall(r"\bby \(([^)]*)\)", text) for one in found.split(",")
    }
    chosen = set(re.findall(r"[{,](\w+)(?:=~|!~|!=|=)", text.replace(" ", "").replace("\\", "")))
    assert by | chosen - {"job", "severity"} <= labels


def test_every_metric_is_on_the_dashboard() -> None:
    names, _labels = metrics_that_exist()
    shown = (SHOWN / "collateral.json").read_text() + (SHOWN / "alerts.yml").read_text()
    whole = {re.sub(r"_(bucket|sum|count)$", "", name) for name in names}
    assert {name for name in whole if name not in shown} == set()


COUNTS = """
import os, signal, sys
from pathlib import Path
from collateral.observing.slots import Slots
slots = Slots(Path(sys.argv[1]))
slots.use()
from collateral.observing.instruments import Instruments
made = Instruments()
made.visits.labels("visit").inc(3)
made.connections.labels("main").inc()
if os.fork() == 0:
    made.visits.labels("visit").inc(4)
    os._exit(0)
os.wait()
print(slots.mine(), flush=True)
sys.stdin.readline()
os.kill(os.getpid(), signal.SIGKILL)
"""


def counting(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", COUNTS, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "0\n"
    return process


def summed(folder: Path) -> dict[str, float]:
    Slots(folder).tidy()
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))
    return {sample.name: sample.value for each in registry.collect() for sample in each.samples}


def test_processes_are_added_up_and_go_on_counting_where_dead_ones_stopped(tmp_path: Path) -> None:
    kept = []
    for _ in range(2):
        process = counting(tmp_path)
        living = summed(tmp_path)
        assert living["collateral_database_connections"] == 1
        process.communicate("\n")
        kept.append(summed(tmp_path))
    assert [each["collateral_visits_total"] for each in kept] == [7, 14]
    assert all("collateral_database_connections" not in each for each in kept)
    assert sorted(path.name for path in tmp_path.glob("counter_*")) == [
        "counter_0.db",
        "counter_1.db",
    ]
