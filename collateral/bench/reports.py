"""Report pages at a number of events, on either database, beside a primary-key read."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.bench import plans
from collateral.bench.report_library import build
from collateral.bench.serving import cookie_of
from collateral.clock import now
from collateral.db import db, is_sqlite
from collateral.usage import counting, recounting, running
from collateral.usage.rules import counting_day

PAGES = ("overview", "assets", "coverage", "adoption", "search", "ignored")


def run(app: Flask, events: int, mark: Path) -> dict[str, Any]:
    """Make the library where that was not done before, recount it, and measure its pages."""
    result: dict[str, Any] = {}
    if not mark.exists():
        db.create_all()
        started = time.monotonic()
        build(events)
        result["built_seconds"] = round(time.monotonic() - started, 1)
        result |= recount()
        mark.touch()
    return result | measure(app)


def recount() -> dict[str, Any]:
    """Rebuild all sums; how long it took, and the most memory this process held."""
    import resource

    started = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    processor = time.process_time()
    for _step in recounting.recount():
        db.session.commit()
    for _day in running.catch_up(counting_day(now(), counting.zone())):
        db.session.commit()
    return {
        "recount_seconds": round(time.monotonic() - started, 1),
        "recount_cpu_seconds": round(time.process_time() - processor, 1),
        "recount_more_memory_megabytes": round(
            (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, 1
        ),
    }


def measure(app: Flask, repeats: int = 15) -> dict[str, Any]:
    """Milliseconds of each page at the median, within this process; the CPU's part; the floor."""
    from collateral.reports import summing

    for _day in summing.catch_up(counting_day(now(), counting.zone())):
        db.session.commit()
    manager = db.session.get_one(Person, 1)
    cookie = cookie_of(app, manager)
    client, base = app.test_client(use_cookies=False), app.extensions["settings"].base_url
    paths = {name: f"/reports/{name}" for name in PAGES}
    paths |= {
        "scorecard": "/reports/assets/7",
        "explain": "/explain/views?asset=7",
        "last_quarter": "/reports/overview?period=last-quarter",
    }
    result: dict[str, Any] = {"floor_ms": _floor()}
    planned: dict[str, Any] = {}
    for name, path in paths.items():
        times, cpu = [], []
        server = 0.0 if is_sqlite() else plans.server_processor()
        for _ in range(repeats + 1):
            started, used = time.perf_counter(), time.process_time()
            answer = client.get(path, base_url=base, headers={"Cookie": cookie})
            times.append((time.perf_counter() - started) * 1000)
            cpu.append((time.process_time() - used) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}.")
        result[f"{name}_ms"] = round(statistics.median(times[1:]), 1)
        result[f"{name}_cpu_ms"] = round(statistics.median(cpu[1:]), 1)
        if not is_sqlite():
            spent = (plans.server_processor() - server) * 1000 / (repeats + 1)
            result[f"{name}_server_cpu_ms"] = round(spent, 1)
            with plans.noted() as statements:
                client.get(path, base_url=base, headers={"Cookie": cookie})
            planned[name] = plans.explained(statements)
    if planned:
        result |= {"plans": planned, "unused_indexes": plans.unused_indexes()}
    return result


def _floor() -> float:
    """One row by its primary key."""
    times = []
    for n in range(1, 201):
        started = time.perf_counter()
        db.session.execute(select(Asset.title).where(Asset.id == n)).scalar_one()
        times.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(times), 3)
