"""Numbers of adoption and of searches open what they are made of, and what was left out and why."""

from __future__ import annotations

import csv
import html
import io
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert

from collateral.accounts.models import Person, Role
from collateral.db import db, is_sqlite, table
from collateral.deals import one_deal as deals
from collateral.errors import NotFound
from collateral.reports import adoption, searches
from collateral.reports.asking import ReportRequest
from collateral.reports.behind import behind
from collateral.reports.behind_listing import Of
from collateral.search.models import Search
from collateral.usage import operations as usage
from collateral.usage.models import EventKind
from collateral.usage.periods import Period
from tests.factories import make_asset, make_person, make_team
from tests.support import Visitor, counted_queries, held_clock
from tests.usage.support import happen

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
YEAR = ReportRequest(Period(date(2025, 12, 1), date(2026, 11, 20)))

_held_clock = held_clock(NOW)


@pytest.fixture
def busy(app: Flask) -> Person:
    """A rep of a team: two views of which one is a double click, a download, one use that holds
    and one taken back, two deals, and four searches."""
    team = make_team("Nord")
    rep = make_person(Role.REP, name="Kim Holt", teams=[team])
    asset = make_asset("Deck")
    for seconds, kind in ((0, "viewed"), (10, "viewed"), (90, "downloaded")):
        happen(EventKind(kind), asset, rep, NOW + timedelta(seconds=seconds))
    first, second = (
        deals.upsert_deal(name, {"name": name, "owner": rep.email, "stage": "Evaluation"}, at=NOW)[
            0
        ]
        for name in ("A", "B")
    )
    usage.declare_use(asset, first, by=rep, at=NOW)
    usage.retract_use(usage.declare_use(asset, second, by=rep, at=NOW), by=rep, at=NOW, reason="no")
    row = {"person_id": rep.id, "session": "", "at": NOW}
    rows = [("roi", 0, 0), ("roi", 3, 0), ("deck", 2, 0), ("", 5, 0)]
    db.session.execute(
        insert(table(Search)),
        [
            {**row, "id": number, "query": query, "total": total, "near": near, "filters": {}}
            for number, (query, total, near) in enumerate(rows, 1)
        ],
    )
    db.session.commit()
    return rep


def test_each_number_of_adoption_is_what_is_listed_as_counted(busy: Person) -> None:
    manager = make_person(Role.MANAGER)
    (person,) = [r for r in adoption.adoption(manager, YEAR).people if r.id == busy.id]
    for metric in ("searches", "views", "downloads", "uses", "deals_with_use"):
        found = behind(manager, YEAR, metric, Of(busy.id))
        assert found.counted == getattr(person, metric), metric
        assert Counter(row.outcome for row in found.rows) == found.outcomes
    left = behind(manager, YEAR, "views", Of(busy.id)).outcomes
    assert left["double_click"] == 1
    assert behind(manager, YEAR, "uses", Of(busy.id)).outcomes["taken_back"] == 1
    assert behind(manager, YEAR, "deals_with_use", Of(busy.id)).outcomes["no_use"] == 1


def test_searches_for_words_tell_those_that_found_something(busy: Person) -> None:
    manager = make_person(Role.MANAGER)
    (vain,) = searches.search_report(manager, YEAR).without_result
    found = behind(manager, YEAR, "searches", Of(words=vain.words, kind="result"))
    assert (found.counted, found.outcomes["found_something"]) == (vain.searches, 1)


def test_searches_for_words_are_found_by_their_words(app: Flask, busy: Person) -> None:
    """Not by a walk through all searches of the period."""
    manager = make_person(Role.MANAGER)
    with counted_queries(app) as asked:
        behind(manager, YEAR, "searches", Of(words="ROI", kind="result"))
    said = next(statement for statement in asked if "lower(search." in statement)
    if is_sqlite():
        assert any("USING INDEX ix_search_words" in row for row in _plan(said))


def _plan(said: str) -> list[str]:
    values = said.count("?") * (None,)
    rows = db.session.connection().exec_driver_sql(f"explain query plan {said}", values)
    return [row[3] for row in rows]


def test_what_a_person_did_is_read_in_order_and_counted_from_an_index(
    app: Flask, busy: Person
) -> None:
    """Neither sorts all that she did, nor looks up each of her events to count them."""
    manager = make_person(Role.MANAGER)
    with counted_queries(app) as asked:
        list(behind(manager, YEAR, "views", Of(busy.id)).rows)
    if is_sqlite():
        counts, rows = [_plan(said) for said in asked if " event" in said]
        assert "USE TEMP B-TREE FOR ORDER BY" not in rows
        assert not [step for step in counts if "asset" in step or "person" in step]
        index = "ix_event_who_kind_at_kept"
        assert sum(f"USING INDEX {index}" in step for step in counts) == 2
        columns = db.session.connection().exec_driver_sql(f"pragma index_info({index})")
        held = {row[2] for row in columns}
        (first, *_others) = (said for said in asked if "count(*)" in said)
        assert set(re.findall(r"event\.(\w+)", first)) - {"left_out"} <= held


def test_who_reads_her_own_opens_nobody_elses(busy: Person) -> None:
    other = make_person(Role.REP)
    with pytest.raises(NotFound):
        behind(other, YEAR, "views", Of(busy.id))
    assert behind(other, YEAR, "views", Of()).found == 0


def test_the_page_and_its_file_hold_the_same(busy: Person, visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.MANAGER))
    page = client.get(f"/explain/people/views?person={busy.id}").text
    assert "Kim Holt" in page
    assert "Left out: double click" in page
    text = client.get(f"/explain/people/views.csv?person={busy.id}").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert Counter(row["what became of it"] for row in rows) == {"counted": 2, "double_click": 1}


def test_every_report_can_stand_beside_the_days_before(busy: Person, visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.MANAGER))
    for name in ("assets", "coverage", "adoption", "search", "ignored", "changes", "worth"):
        page = client.get(f"/reports/{name}?compare=before")
        assert page.status_code == 200
        assert "figure__change" in page.text, name
        assert 'href="/reports/definitions"' in page.text, name
        for link in set(re.findall(r'href="(/explain/[^"]+)"', page.text)):
            assert client.get(html.unescape(link)).status_code == 200, link
        assert client.get(f"/reports/{name}.xlsx").data.startswith(b"PK")
    assert "figure__change" not in client.get("/reports/adoption").text


def test_a_scorecard_has_its_tables_as_files(busy: Person, visitor: Visitor) -> None:
    asset = make_asset("Card")
    client = visitor.as_(make_person(Role.MANAGER))
    assert client.get(f"/reports/assets/{asset.id}.xlsx").data.startswith(b"PK")
    text = client.get(f"/reports/assets/{asset.id}.csv?part=influence").text
    assert '"deals with"' in text
