"""Report pages at a number of events, on either database, beside a primary-key read."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.bench import plans
from collateral.bench.report_library import MANAGER, MARKETER, build
from collateral.bench.serving import cookie_of
from collateral.clock import now
from collateral.db import db, is_sqlite
from collateral.reports import summing
from collateral.usage import counting, recounting, running
from collateral.usage.rules import counting_day

REPEATS = 15


@dataclass(frozen=True)
class Page:
    """A page by its address, as the manager or the marketer sees it."""

    path: str
    marketer: bool = False
    fragment: str = ""
    """The part that the page asks for once it is seen."""


REPORTS = ("overview", "assets", "coverage", "adoption", "search", "ignored", "changes", "worth")
PAGES: Mapping[str, Page] = {
    **{name: Page(f"/reports/{name}") for name in REPORTS},
    "overview_panels": Page("/reports/overview", fragment="panels"),
    "last_quarter": Page("/reports/overview?period=last-quarter"),
    "scorecard": Page("/reports/assets/7"),
    "explain": Page("/explain/views?asset=7"),
    "explain_unique": Page("/explain/unique_views?asset=7"),
    "explain_uses": Page("/explain/uses?asset=7"),
    "explain_person": Page("/explain/people/views?person=7"),
    "explain_words": Page("/explain/people/searches?words=words+7&list=result"),
    "home_manager": Page("/"),
    "home_marketer": Page("/", marketer=True),
}


def run(app: Flask, events: int, mark: Path) -> dict[str, Any]:
    """Make the library where that was not done before, recount it, first with no sums and then
    with the right ones, and measure its pages."""
    result: dict[str, Any] = {}
    if not mark.exists():
        db.create_all()
        result |= build(events)
        result |= recount("recount")
        result |= recount("recount_again")
        mark.touch()
    return result | sum_searches() | measure(app)


def recount(called: str) -> dict[str, Any]:
    """Rebuild all sums; how long it took, of this process's processor and on PostgreSQL of the
    server's, and how much more memory this process came to hold."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    server = 0.0 if is_sqlite() else plans.server_processor()
    took = _timed(_recount)
    if not is_sqlite():
        took["server_cpu_seconds"] = round(plans.server_processor() - server, 1)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {
        **{f"{called}_{name}": value for name, value in took.items()},
        f"{called}_more_memory_megabytes": round(grown, 1),
    }


def _recount() -> None:
    for _step in recounting.recount():
        db.session.commit()
    for _day in running.catch_up(_today()):
        db.session.commit()


def sum_searches() -> dict[str, Any]:
    """Do the work of the job that sums searches, of all days that are not summed yet."""

    def catch_up() -> None:
        for _day in summing.catch_up(_today()):
            db.session.commit()

    return {f"searches_summed_{name}": value for name, value in _timed(catch_up).items()}


def _today() -> Any:
    return counting_day(now(), counting.zone())


def _timed(work: Callable[[], None]) -> dict[str, float]:
    """Seconds on the clock and of this process's processor."""
    started, used = time.monotonic(), time.process_time()
    work()
    return {
        "seconds": round(time.monotonic() - started, 1),
        "cpu_seconds": round(time.process_time() - used, 1),
    }


def measure(app: Flask, repeats: int = REPEATS) -> dict[str, Any]:
    """Of each page the milliseconds at the median, within this process; those of its processor,
    at the median and at best; how many statements it asks; and on PostgreSQL the server's
    processor and the plans. Beside them the floor."""
    cookies = [cookie_of(app, db.session.get_one(Person, who)) for who in (MANAGER, MARKETER)]
    client, base = app.test_client(use_cookies=False), app.extensions["settings"].base_url
    result: dict[str, Any] = {"floor_ms": _floor()}
    planned: dict[str, Any] = {}
    for name, page in PAGES.items():
        headers = {"Cookie": cookies[page.marketer]}
        if page.fragment:
            headers["X-Fragment"] = page.fragment

        def look(page: Page = page, headers: dict[str, str] = headers) -> None:
            answer = client.get(page.path, base_url=base, headers=headers)
            if answer.status_code != 200:
                raise RuntimeError(f"{page.path} answered {answer.status_code}.")

        look()  # templates and statements are known from now on
        with plans.noted() as statements:
            look()
        result |= {f"{name}_{kind}": value for kind, value in _looked(look, repeats).items()}
        result[f"{name}_statements"] = statements.sent
        if not is_sqlite():
            planned[name] = plans.explained(statements)
    if planned:
        result |= {"plans": planned, "unused_indexes": plans.unused_indexes()}
    return result


def _looked(look: Callable[[], None], repeats: int) -> dict[str, float]:
    times, cpu = [], []
    server = 0.0 if is_sqlite() else plans.server_processor()
    for _ in range(repeats):
        started, used = time.perf_counter(), time.process_time()
        look()
        times.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    found = {
        "ms": round(statistics.median(times), 1),
        "cpu_ms": round(statistics.median(cpu), 1),
        "least_cpu_ms": round(min(cpu), 1),
    }
    if not is_sqlite():
        spent = (plans.server_processor() - server) * 1000 / repeats
        found["server_cpu_ms"] = round(spent, 1)
    return found


def _floor() -> float:
    """One row by its primary key."""
    times = []
    for n in range(1, 201):
        started = time.perf_counter()
        db.session.execute(select(Asset.title).where(Asset.id == n)).scalar_one()
        times.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(times), 3)


def table(result: dict[str, Any]) -> str:
    """The pages in lines; before them what it took to make the library."""
    names = [name for name in PAGES if f"{name}_ms" in result]
    told = {
        name: value
        for name, value in result.items()
        if not isinstance(value, dict | list) and not any(name.startswith(f"{p}_") for p in names)
    }
    lines = [f"{name.replace('_', ' '):<34}{value!s:>10}" for name, value in told.items()]
    kinds = ("ms", "cpu_ms", "least_cpu_ms", "server_cpu_ms", "statements")
    shown = [kind for kind in kinds if f"{names[0]}_{kind}" in result]
    lines.append(f"{'page':<18}" + "".join(f"{kind.replace('_', ' '):>15}" for kind in shown))
    lines += [
        f"{name:<18}" + "".join(f"{result[f'{name}_{kind}']:>15}" for kind in shown)
        for name in names
    ]
    return "\n".join(lines)
