"""The first load of very many deals from a CRM: `crm_load.py [--deals N] [--crm NAME]`.

The CRM is the tests' local server of that name, which speaks the documented protocol from a process
of its own, at pages of the size that the CRM has. Measured are the whole first load, the same
killed (-9) on the way and begun again, and a run in which nothing changed. The floor is the
connector reading the same pages and keeping nothing.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

BEGAN = datetime(2023, 1, 2, 9, tzinfo=UTC)
OWNERS, ACCOUNTS = 500, 20_000
STAGES = {
    "salesforce": ("Prospecting", "Proposal/Price Quote", "Closed Won"),
    "hubspot": ("appointmentscheduled", "contractsent", "closedwon"),
}
SECRETS = {
    "salesforce": {"client_id": "a key", "client_secret": "a secret of theirs"},
    "hubspot": {
        "client_id": "an app",
        "client_secret": "a secret of theirs",
        "refresh_token": "a refresh token",
    },
}


def made_up(crm: str, deals: int) -> Any:
    """A server with so many deals, each with one to three stages behind it."""
    from tests.connect.servers.hubspot import HubSpotServer
    from tests.connect.servers.salesforce import SalesforceServer, stamp

    rnd, accounts = random.Random(1), min(ACCOUNTS, deals)
    sales = crm == "salesforce"
    server: Any = SalesforceServer(page=500) if sales else HubSpotServer(page=50, linked_page=500)
    for number in range(OWNERS):
        name, email = f"Rep {number}", f"rep{number}@example.com"
        if sales:
            server.users[str(number)] = {"Email": email, "Name": name}
        else:
            server.owners[str(number)] = {"email": email, "firstName": name}
    for number in range(accounts):
        at = BEGAN + timedelta(seconds=number)
        said = {"Id": f"001{number:015d}", "Name": f"Account {number}", "SystemModstamp": stamp(at)}
        if sales:
            server.accounts[said["Id"]] = said
        else:
            told = {"name": f"Account {number}", "hs_lastmodifieddate": _iso(at)}
            server.companies[str(9_000_000 + number)] = {"properties": told}
    for number in range(deals):
        opened = BEGAN + timedelta(minutes=10 * number)
        went = STAGES[crm][: rnd.randint(1, 3)]
        moves = [(stage, opened + timedelta(days=9 * n)) for n, stage in enumerate(went)]
        amount, account = f"{rnd.randrange(1000, 900_000)}.00", rnd.randrange(accounts)
        if sales:
            key = f"006{number:015d}"
            server.opportunities[key] = {
                "Id": key, "IsDeleted": False, "SystemModstamp": stamp(moves[-1][1]),
                "Name": f"Opportunity {number}", "AccountId": f"001{account:015d}",
                "OwnerId": str(number % OWNERS), "StageName": went[-1], "Amount": float(amount),
                "CurrencyIsoCode": "EUR", "CreatedDate": stamp(opened), "CloseDate": "2027-12-24",
                "IsWon": len(went) == 3, "IsClosed": len(went) == 3,
                "History": [(stage, stamp(at)) for stage, at in moves],
            }  # fmt: skip
        else:
            server.deals[str(100 + number)] = {
                "company": str(9_000_000 + account),
                "history": [(stage, _iso(at)) for stage, at in moves],
                "properties": {
                    "dealname": f"Opportunity {number}", "dealstage": went[-1],
                    "pipeline": "default", "amount": amount, "deal_currency_code": "EUR",
                    "hubspot_owner_id": str(number % OWNERS), "createdate": _iso(opened),
                    "closedate": "2027-12-24T10:00:00.000Z",
                    "hs_lastmodifieddate": _iso(moves[-1][1]), "notes_next_activity_date": None,
                },
            }  # fmt: skip
    return server


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def serve(crm: str, deals: int, told: Any) -> None:
    """Answer until this process is ended; says its address."""
    with made_up(crm, deals).running() as server:
        told.send(server.address)
        while True:
            time.sleep(3600)


def command(environ: dict[str, str], *words: str, stdin: str = "") -> subprocess.Popen[str]:
    made = subprocess.Popen(
        [sys.executable, "-m", "collateral", "connect", *words],
        env={**os.environ, **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert made.stdin is not None
    made.stdin.write(stdin)
    made.stdin.close()
    return made


def fetched(environ: dict[str, str], crm: str, kill_at: int = 0) -> dict[str, Any]:
    """One run of `collateral connect sync`, perhaps killed at so many deals; what it took."""
    started, peak, used, lines = time.monotonic(), 0, 0.0, 0
    running = command(environ, "sync", crm)
    process = psutil.Process(running.pid)
    assert running.stderr is not None
    os.set_blocking(running.stderr.fileno(), False)
    while running.poll() is None:
        peak = max(peak, process.memory_info().rss)
        used = sum(process.cpu_times()[:2])
        for line in iter(running.stderr.readline, ""):
            lines += line.endswith(" deals\n")
            if kill_at and line.endswith(" deals\n") and int(line.split()[0]) >= kill_at:
                running.kill()
        time.sleep(0.05)
    said = running.stdout.read().strip() if running.stdout else ""
    if running.returncode and not kill_at:
        raise RuntimeError(f"{said} {running.stderr.read()[-2000:]}")
    return {
        "seconds": round(time.monotonic() - started, 1),
        "processor_seconds": round(used, 1),
        "peak_megabytes": round(peak / 1e6),
        "lines_of_progress": lines,
        "said": said,
    }


def kept(environ: dict[str, str]) -> tuple[int, int]:
    """How many deals there are, and how many stages they went through."""
    import sqlite3

    with sqlite3.connect(Path(environ["COLLATERAL_HOME"]) / "collateral.sqlite") as database:
        counted = [
            database.execute(f"select count(*) from {table}").fetchone()[0]
            for table in ("deal", "stage_change")
        ]
    return counted[0], counted[1]


def floor(app: Any, crm: str) -> float:
    """Seconds in which the connector reads everything and nothing is kept."""
    from zoneinfo import ZoneInfo

    from collateral.connect import settling
    from collateral.connect.models import Crm

    with app.app_context():
        secret = app.extensions["settings"].secret_key
        source, _call = settling.source_of(
            settling.get(Crm(crm)), installation=secret, zone=ZoneInfo("UTC"), sleep=time.sleep
        )
        started = time.monotonic()
        for _batch in source.batches({}, frozenset()):
            pass
        return round(time.monotonic() - started, 1)


def measure(crm: str, deals: int, address: str) -> None:
    """Print what the loads took."""
    from collateral.bench.homes import app_in
    from collateral.db import db

    def library(folder: str) -> tuple[Any, dict[str, str]]:
        app, environ = app_in(Path(folder))
        with app.app_context():
            db.create_all()
        secrets = json.dumps(SECRETS[crm])
        adding = command(
            environ, "add", crm, "--address", address, "--secrets-stdin", stdin=secrets
        )
        if adding.wait():
            raise RuntimeError(adding.stderr.read() if adding.stderr else "")
        return app, environ

    def row(name: str, found: dict[str, Any]) -> None:
        click.echo(
            f"{crm:<11}{name:<24}{found['seconds']:>8} s {found['processor_seconds']:>7} s of "
            f"processor {found['peak_megabytes']:>5} MB at most "
            f"{found['lines_of_progress']:>4} lines of progress  {found['said']}"
        )

    with tempfile.TemporaryDirectory(prefix="collateral-crm-") as folder:
        app, environ = library(folder)
        row("first load", fetched(environ, crm))
        whole = kept(environ)
        click.echo(f"{crm:<11}{whole[0]} deals, {whole[1]} stages")
        row("nothing changed", fetched(environ, crm))
        click.echo(f"{crm:<11}{'read alone':<24}{floor(app, crm):>8} s")
    with tempfile.TemporaryDirectory(prefix="collateral-crm-") as folder:
        _app, environ = library(folder)
        row("killed on the way", fetched(environ, crm, kill_at=2 * deals // 5))
        click.echo(f"{crm:<11}{kept(environ)[0]} deals were kept")
        row("begun again", fetched(environ, crm))
        if kept(environ) != whole:
            raise RuntimeError(f"{kept(environ)} deals and stages are not {whole}")


@click.command()
@click.option("--deals", default=100_000, show_default=True, type=click.IntRange(20_000))
@click.option("--crm", type=click.Choice(list(STAGES)), multiple=True, default=list(STAGES))
def main(deals: int, crm: tuple[str, ...]) -> None:
    """Measure the first load of so many deals."""
    for one in crm:
        ours, theirs = multiprocessing.Pipe()
        server = multiprocessing.Process(target=serve, args=(one, deals, theirs), daemon=True)
        server.start()
        try:
            measure(one, deals, ours.recv())
        finally:
            server.kill()


if __name__ == "__main__":
    main()
