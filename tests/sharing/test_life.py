"""Whatever happens to a link, its maker and its asset: never a byte that it should not show.

Row 8 of the threats, and row 25. A link lives through any sequence of events; after each one
every route is asked, whole and by range, and what comes must be exactly what may be seen then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collateral import create_app
from collateral.accounts.models import Person, Role
from collateral.assets.models import Status
from collateral.clock import now
from collateral.db import db
from collateral.sharing import operations
from tests.conftest import make_settings
from tests.databases import copy_of
from tests.factories import make_person, make_team
from tests.sharing.conftest import Buyer, make_drawn, share_of
from tests.sharing.life import EVENTS, Link
from tests.support import Browser


@pytest.fixture(scope="module")
def library(empty_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    home = tmp_path_factory.mktemp("life")
    with copy_of(empty_database, home, empty=True) as url:
        app = create_app(make_settings(home, database_url=url))
        app.test_client_class = Browser
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.mark.either
def test_t08_a_link_through_all_that_may_happen(library: Flask) -> None:
    link = Link(library, download=True)
    for event in EVENTS:
        event(link)
        link.check()


@pytest.mark.either
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=st.lists(st.sampled_from(EVENTS), max_size=3), download=st.booleans())
def test_t08_a_link_never_shows_what_it_should_not(
    library: Flask, events: list[Callable[[Link], None]], download: bool
) -> None:
    link = Link(library, download=download)
    link.check()
    for event in events:
        event(link)
        link.check()


def test_t08_every_failure_is_the_same_page(app: Flask, rep: Person, buyer: Buyer) -> None:
    asset = make_drawn()
    pages = {}
    for name in ("off", "expired", "left", "forbidden"):
        maker = make_person(Role.REP, teams=[make_team()])
        mine = asset if name != "forbidden" else make_drawn(teams=maker.teams)
        share, token = share_of([mine], maker)
        if name == "off":
            operations.revoke(share, by=maker, at=now())
        elif name == "expired":
            share.expires_at = now() - timedelta(days=1)
        elif name == "left":
            maker.active = False
        else:
            maker.teams = []
        db.session.commit()
        pages[name] = buyer.get(f"/s/{token}")
    pages["unknown"] = buyer.get("/s/" + "A" * 43)
    pages["nonsense"] = buyer.get("/s/%00%ff")
    assert {page.status_code for page in pages.values()} == {404}
    assert len({page.data for page in pages.values()}) == 1
    secret = {"content-type", "cache-control", "referrer-policy", "x-robots-tag"}
    said = {
        tuple((k.lower(), v) for k, v in page.headers if k.lower() in secret)
        for page in pages.values()
    }
    assert len(said) == 1


def test_t25_a_token_has_256_bits_and_only_its_hash_is_kept(
    app: Flask, rep: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    asset, buyer = make_drawn(), Buyer(app.test_client())
    made = [share_of([asset], rep, download=True) for _ in range(4)]
    tokens = [token for _, token in made]
    assert len(set(tokens)) == 4
    assert all(len(token) == 43 for token in tokens)  # 256 bits, six a letter
    for token in tokens:
        buyer.reads(token, (1, 1, 3.0))
        for path in ("", "/1/1", "/1/1/320.webp", "/1/file", "/recorded", "/nothing", "/1/99"):
            buyer.get(f"/s/{token}{path}").close()
        buyer.sends(token, "passcode", passcode="wrong")
    said = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "/s/…" in said
    columns = [db.session.execute(table.select()).all() for table in db.metadata.sorted_tables]
    stored = str(columns)
    assert made[0][0].token_hash in stored
    for token in tokens:
        assert token not in said
        assert token not in stored


def test_a_link_bears_the_successor_of_what_was_retired(
    app: Flask, rep: Person, buyer: Buyer
) -> None:
    old, new = make_drawn("The old one"), make_drawn("The new one")
    _share, token = share_of([old, make_drawn("Beside it")], rep)
    old.status, old.replacement_id = Status.RETIRED, new.id
    db.session.commit()
    page = buyer.get(f"/s/{token}").text
    assert "The new one" in page
    assert "has been replaced by this newer document" in page
    old.replacement_id = None
    db.session.commit()
    page = buyer.get(f"/s/{token}").text
    assert "Beside it" in page
    assert "is no longer current, so it was withdrawn" in page
