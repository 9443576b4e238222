"""Very many deals: a file of them read in as `collateral deals import` does, and pages of the list.

The import runs as a process of its own, so that its memory is its own. Its floor is the same file
read by Python's `csv` alone; that of the list is the barest route of the same server.
"""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from collateral.accounts.models import Person, PersonRole, Role
from collateral.bench.search import Figure
from collateral.bench.serving import cookie_of, served, timed_get
from collateral.db import db

HEADS = (
    "Opportunity ID", "Opportunity Name", "Account Name", "Opportunity Owner: Email", "Stage",
    "Amount", "Amount Currency", "Created Date", "Close Date", "Industry", "Product",
)  # fmt: skip
STAGES = (
    "Prospecting", "Qualification", "Needs Analysis", "Proposal/Price Quote", "Negotiation/Review",
    "Closed Won", "Closed Lost",
)  # fmt: skip
PAGES = (
    "/deals",
    "/deals?outcome=all",
    "/deals?outcome=all&sort=amount&down=1",
    "/deals?sort=name",
    "/deals?outcome=won&sort=closes",
    "/deals?outcome=all&q=number+9999",
    "/deals?outcome=all&page=1500",
    "/deals?owner=me",
)
TIMES = 15


def write(path: Path, deals: int, seed: int) -> None:
    """A file of so many deals as Salesforce exports them; the same for the same seed."""
    rnd = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(HEADS)
        for number in range(deals):
            opened = date(2023, 1, 1) + timedelta(days=rnd.randrange(1200))
            closes = opened + timedelta(days=rnd.randrange(20, 300))
            rows.writerow(
                (
                    f"006Qx{number:010d}", f"Opportunity number {number}",
                    f"Account {number % 20_000}", f"rep{number % 500}@example.com",
                    rnd.choice(STAGES), f"{rnd.randrange(1000, 900_000)}.00", "EUR",
                    opened.isoformat(), closes.isoformat(),
                    rnd.choice(("Healthcare", "Food", "Steel")), rnd.choice(("Predict", "Trace")),
                )
            )  # fmt: skip


def bring_in(path: Path, environ: dict[str, str]) -> dict[str, Any]:
    """Import the file; wall and processor seconds, and the most memory in megabytes."""
    import psutil

    command = [sys.executable, "-m", "collateral", "deals", "import", str(path)]
    started, peak, used = time.monotonic(), 0, 0.0
    process = psutil.Popen(
        command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    while process.poll() is None:
        try:
            peak = max(peak, process.memory_info().rss)
            used = sum(process.cpu_times()[:2])
        except psutil.Error:
            break
        time.sleep(0.05)
    said = process.stderr.read().decode()
    if process.wait() != 0:
        raise RuntimeError(said[-500:])
    return {
        "seconds": round(time.monotonic() - started, 1),
        "processor_seconds": round(used, 1),
        "peak_megabytes": round(peak / 1e6),
        "lines_of_progress": sum(line.endswith(" lines") for line in said.splitlines()),
    }


def bare_read(path: Path) -> float:
    """Seconds in which Python's `csv` alone goes through the file."""
    started = time.monotonic()
    with path.open(newline="", encoding="utf-8") as file:
        for _row in csv.reader(file):
            pass
    return round(time.monotonic() - started, 2)


def measure(
    app: Flask, environ: dict[str, str], home: Path, deals: int, seed: int
) -> dict[str, Any]:
    """Import a tenth and all of them, each into an empty library, then open pages of the list."""
    result: dict[str, Any] = {"deals": deals}
    small, large = home / "tenth.csv", home / "deals.csv"
    write(small, deals // 10, seed)
    write(large, deals, seed)
    result["bare_csv_seconds"] = bare_read(large)
    result["tenth"] = bring_in(small, environ)
    result["all"] = bring_in(large, environ)
    result["again"] = bring_in(large, environ)
    cookies = {}
    for role, email in ((Role.REP, "rep5@example.com"), (Role.MANAGER, "lead@example.com")):
        with app.app_context():
            person = Person(email=email, name=role.value, role_rows=[PersonRole(role=role)])
            db.session.add(person)
            db.session.commit()
            cookies[role] = cookie_of(app, person)
    port = int(environ["BASE_URL"].rsplit(":", 1)[1])
    with served(environ, port) as (connection, _server):
        result["floor"] = vars(
            Figure.of("/healthz", [timed_get(connection, "/healthz", "")[0] for _ in range(TIMES)])
        )
        result["figures"] = []
        for role, cookie in cookies.items():
            for path in PAGES:
                timed_get(connection, path, cookie)  # templates and caches are warm
                times = [timed_get(connection, path, cookie)[0] for _ in range(TIMES)]
                result["figures"].append(vars(Figure.of(f"{role.value}: {path}", times)))
    return result


def table(result: dict[str, Any]) -> str:
    """The figures in lines."""
    lines = [f"{result['deals']} deals; csv alone reads them in {result['bare_csv_seconds']} s"]
    for name in ("tenth", "all", "again"):
        said = result[name]
        lines.append(
            f"import, {name:<6} {said['seconds']:>7} s "
            f"{said['processor_seconds']:>7} s of processor {said['peak_megabytes']:>5} MB at most"
        )
    floor = result["floor"]
    lines.append(f"barest route {floor['median']:.1f} ms")
    lines.append(f"{'milliseconds':<50}{'median':>9}{'p95':>9}")
    lines += [
        f"{each['name']:<50}{each['median']:>9.1f}{each['p95']:>9.1f}" for each in result["figures"]
    ]
    return "\n".join(lines)
