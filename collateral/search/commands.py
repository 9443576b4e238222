"""`collateral search` and `collateral reindex`."""

from __future__ import annotations

import json
import time

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from collateral.accounts.models import Person, Role
from collateral.accounts.permissions import Permission, can
from collateral.db import db
from collateral.errors import NotFound


@click.command()
@click.argument("query", nargs=-1)
@click.option("--as", "email", help="Whose eyes to look with; without it the first admin's.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 100))
@click.option("--sort", default="relevance", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@with_appcontext
def search(query: tuple[str, ...], email: str | None, limit: int, sort: str, as_json: bool) -> None:
    """Find assets by words, "phrases", -word and field:value."""
    from collateral.search import queries
    from collateral.search.requests import SearchRequest

    person = _person(email)
    result = queries.search(person, SearchRequest(q=" ".join(query), limit=limit, sort=sort))
    if as_json:
        items = [
            {
                "id": hit.asset.id,
                "title": hit.asset.title,
                "status": hit.asset.status.value,
                "score": round(hit.score, 3),
                "near": hit.near,
                "page": hit.page.number if hit.page else None,
                "snippet": "".join(text for text, _found in hit.snippet),
            }
            for hit in result.hits
        ]
        click.echo(json.dumps({"total": result.total, "items": items}, ensure_ascii=False))
        return
    click.echo(f"{result.total} assets")
    for hit in result.hits:
        page = f", page {hit.page.number}" if hit.page else ""
        near = " (near)" if hit.near else ""
        click.echo(f"{hit.asset.id:>6}  {hit.asset.title}{page}{near}")


def _person(email: str | None) -> Person:
    if email:
        person = db.session.scalar(select(Person).where(Person.email == email.lower()))
        if person is None:
            raise NotFound(f"There is nobody with the address {email}.")
        return person
    for person in db.session.scalars(
        select(Person)
        .where(Person.active, Person.role_rows.any(role=Role.ADMIN))
        .order_by(Person.id)
    ):
        if can(person, Permission.ASSET_READ_ALL):
            return person
    raise NotFound("There is no admin yet; say with --as whose eyes to look with.")


@click.command()
@with_appcontext
def reindex() -> None:
    """Make a new index beside the live one and switch to it."""
    from collateral.search import jobs
    from collateral.search.engine import engine

    started = time.monotonic()
    jobs.rebuild()
    jobs.index_pending()
    click.echo(f"{engine().count()} assets indexed in {time.monotonic() - started:.1f} s")


commands = [search, reindex]
