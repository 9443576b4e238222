"""The pages that people open most, over HTTP, beside the barest route of the same server."""

from __future__ import annotations

import gzip
from typing import Any

from flask import Flask
from sqlalchemy import select

from collateral.accounts.models import Person, PersonRole, Role
from collateral.assets.models import Asset
from collateral.bench.search import Figure
from collateral.bench.serving import cookie_of, served, timed_get
from collateral.db import db
from collateral.deals.models import Deal

TIMES = 30
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
    figures: list[dict[str, Any]] = []
    with served(environ, port) as (connection, _server):
        floor = [timed_get(connection, LEAST, "")[0] for _ in range(TIMES)]
        for role, paths in pages.items():
            for path in paths:
                timed_get(connection, path, cookies[role])  # templates and caches are warm
                answers = [timed_get(connection, path, cookies[role]) for _ in range(TIMES)]
                body = answers[-1][1]
                figure = Figure.of(f"{role.value}: {path}", [time for time, _ in answers])
                figures.append(
                    vars(figure) | {"bytes": len(body), "packed": len(gzip.compress(body, 6))}
                )
    least = Figure.of(f"barest route: {LEAST}", floor)
    return {"floor": vars(least), "figures": figures}


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


def table(result: dict[str, Any]) -> str:
    """The figures in lines, each with how many times the barest route it takes."""
    floor = result["floor"]
    lines = [
        f"{result['assets']} assets; {floor['name']} {floor['median']:.1f} ms",
        f"{'milliseconds':<34}{'median':>9}{'p95':>9}{'times':>8}{'bytes':>10}{'gzip':>9}",
    ]
    lines += [
        f"{each['name']:<34}{each['median']:>9.1f}{each['p95']:>9.1f}"
        f"{each['median'] / floor['median']:>8.1f}{each['bytes']:>10}{each['packed']:>9}"
        for each in result["figures"]
    ]
    return "\n".join(lines)
