"""The pages that people open most, over HTTP, beside the barest route of the same server."""

from __future__ import annotations

import gzip
from http.client import HTTPConnection
from typing import Any

from flask import Flask
from sqlalchemy import select

from collateral.accounts.models import Person, PersonRole, Role
from collateral.assets.models import Asset
from collateral.bench.search import Figure
from collateral.bench.serving import cookie_of, cpu_seconds, served, timed_get
from collateral.db import db
from collateral.deals.models import Deal

TIMES = 50
LEAST = "/healthz"
"""What the server answers without a session, a database read or a template."""


def measure(app: Flask, environ: dict[str, str]) -> dict[str, Any]:
    """Median, 95th percentile and weight of each page, as each role sees it.

    The weight is that of the page itself, in bytes, as it is and with gzip.
    """
    asset, deal = _some(Asset), _some(Deal)
    pages = {
        Role.REP: ("/", "/library", f"/assets/{asset}", "/deals", f"/deals/{deal}", "/requests"),
        Role.MARKETER: ("/", "/library", f"/assets/{asset}/edit"),
        Role.MANAGER: ("/", "/reports/overview", "/reports/assets", "/reports/ignored"),
    }
    cookies = {}
    for role in pages:
        with app.app_context():  # one of its own: signing in ends the session before it
            cookies[role] = cookie_of(app, _person(role))
    port = int(environ["BASE_URL"].rsplit(":", 1)[1])
    with served(environ, port) as (connection, server):
        floor = [timed_get(connection, LEAST, "")[0] for _ in range(TIMES)]
        figures = [
            looked(f"{role.value}: {path}", connection, server, path, cookies[role])
            for role, paths in pages.items()
            for path in paths
        ]
    least = Figure.of(f"barest route: {LEAST}", floor)
    return {"floor": vars(least), "figures": figures}


def looked(
    name: str, connection: HTTPConnection, server: int, path: str, cookie: str
) -> dict[str, Any]:
    """The page at `path`, again and again: its figure, with its weight as it is and packed, and
    the milliseconds of processor that the server spends on one, whatever else the machine does."""
    timed_get(connection, path, cookie)  # templates and caches are warm
    before = cpu_seconds(server)
    answers = [timed_get(connection, path, cookie) for _ in range(TIMES)]
    processor = (cpu_seconds(server) - before) * 1000 / TIMES
    body = answers[-1][1]
    return vars(Figure.of(name, [time for time, _ in answers])) | {
        "processor": round(processor, 1),
        "bytes": len(body),
        "packed": len(gzip.compress(body, 6)),
    }


def _some(model: type[Asset] | type[Deal]) -> int:
    found = db.session.scalars(select(model.id).order_by(model.id).limit(1)).one()
    return int(found)


def _person(role: Role) -> Person:
    """Somebody of that role; a manager is made where the library has none."""
    query = select(Person).join(PersonRole).where(PersonRole.role == role).order_by(Person.id)
    found = db.session.scalars(query.limit(1)).first()
    if found is None:
        found = Person(email=f"{role.value}@bench.example", name=f"A {role.value}")
        found.role_rows = [PersonRole(role=role)]
        db.session.add(found)
        db.session.commit()
    return found
