"""Tables that are sent row by row while they are read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, Response, current_app
from sqlalchemy import select
from werkzeug.test import EnvironBuilder

from collateral import csv_out
from collateral.accounts.guard import public
from collateral.accounts.models import Role
from collateral.assets.models import Term, Vocabulary
from collateral.db import db
from tests.factories import make_person

TERMS = 4


@pytest.fixture
def library(bare_app: Flask) -> Flask:
    """Some rows, and no context around the request, which would keep its session."""
    with bare_app.app_context():
        make_person(Role.ADMIN)
        for number in range(TERMS):
            label = f"Product {number}"
            db.session.add(Term(vocabulary=Vocabulary.PRODUCT, slug=f"p{number}", label=label))
        db.session.commit()
    return bare_app


def test_rows_have_a_session_until_the_last_is_read(library: Flask) -> None:
    done: list[str] = []

    @library.get("/table.csv")
    @public
    def table() -> Response:
        def rows() -> Iterator[tuple[str]]:
            assert current_app.name
            for row in db.session.execute(select(Term.label), execution_options={"yield_per": 2}):
                done.append("row")
                yield (row.label,)

        return csv_out.attachment("table.csv", ("label",), rows())

    @library.teardown_appcontext
    def over(_error: BaseException | None) -> None:
        done.append("over")

    # As a server does it: the view is over before the first piece is asked for.
    environ = EnvironBuilder("/table.csv").get_environ()
    pieces = library.wsgi_app(environ, lambda *_: done.append)
    assert done == ["over"]
    assert b"".join(pieces).count(b"Product") == TERMS
    assert done == ["over"] + ["row"] * TERMS + ["over"]
