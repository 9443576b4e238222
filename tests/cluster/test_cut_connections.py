"""All connections to Redis and to PostgreSQL are cut while people and workers are at work."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from redis import Redis
from sqlalchemy import create_engine, text

from tests.cluster.calling import Caller
from tests.cluster.machines import Cluster
from tests.journeys.material import make_pdf

LONGEST = 180
"""Seconds: what has waited for a minute is found by the sweep that comes each minute."""
CUT = text(
    "select count(pg_terminate_backend(pid)) from pg_stat_activity"
    " where datname = current_database() and pid <> pg_backend_pid()"
)


def test_nobody_tries_more_than_twice_and_nothing_is_lost(
    site: Cluster, caller: Caller, redis: Redis, tmp_path: Path
) -> None:
    files = [make_pdf(tmp_path / f"cut {n}.pdf", f"Cut {n}") for n in range(5)]
    reader = Caller(caller.url, caller.token)
    taken = []
    with ThreadPoolExecutor(2) as pool:
        for path in files:
            asked = [pool.submit(reader.get, "/assets?q=cut"), pool.submit(caller.upload, path)]
            assert cut_all(site, redis) > 0
            # Whoever was hit by the cut asks once more; were that not enough, this would raise.
            taken.append([each.result() for each in asked][1]["id"])
    caller.until_ready(*taken, within=LONGEST)
    assert len(set(taken)) == len(files)
    assert all(machine.alive() for machine in site.machines)
    site.command("check")


def cut_all(site: Cluster, redis: Redis) -> int:
    """How many of the library's connections were cut."""
    time.sleep(0.05)
    engine = create_engine(site.environ["DATABASE_URL"])
    with engine.connect() as connection:
        cut = int(connection.scalar(CUT) or 0)
    engine.dispose()
    return cut + int(redis.client_kill_filter(_type="normal", skipme=True))
