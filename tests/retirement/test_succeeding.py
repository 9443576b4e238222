"""What was used and then dropped names its successor, or says that nothing stands out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select

from collateral.accounts.models import Role
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import db
from collateral.retirement import board, docket, presenting
from collateral.retirement.models import DocketItem, Stopped
from collateral.retirement.succeeding import Candidate, Place, successor
from collateral.usage.models import DailySum, Evidence, Level, MonthlySum, Use
from collateral.usage.team_sets import set_of
from tests.factories import make_person, make_team
from tests.retirement.stock import LIVE, stock
from tests.support import Visitor


def place(*candidates: Candidate, recent_uses: int = 0) -> Place:
    """A hundred deals since, two hundred before, in which the dropped one was used twenty times."""
    return Place(100, 200, recent_uses, 20, candidates)


@pytest.mark.parametrize(
    ("candidates", "named"),
    [
        ([Candidate(1, 12, 1)], 1),
        ([Candidate(1, 12, 22)], None),  # as usual before: nobody's successor
        ([Candidate(1, 3, 0)], None),  # too few
        ([Candidate(1, 12, 0), Candidate(2, 11, 0)], None),  # neither stands out
        ([Candidate(1, 12, 0), Candidate(2, 5, 0)], 1),
        ([], None),
    ],
)
def test_who_stands_out(candidates: list[Candidate], named: int | None) -> None:
    found = successor(place(*candidates))
    assert (found.asset_id if found else None) == named


def test_where_no_deals_came_by_since_nothing_is_said() -> None:
    assert successor(Place(0, 200, 0, 20, [Candidate(1, 9, 0)])) is None


def test_the_docket_names_it_to_those_who_may_see_it(app: Flask, visitor: Visitor) -> None:
    rep = make_person(Role.REP)
    ids = stock(make_person(Role.MARKETER), rep)
    dropped, risen = ids[LIVE + 20], ids[0]
    teams, before = set_of(rep), now() - timedelta(days=400)
    for model, day in ((DailySum, before.date()), (MonthlySum, before.date().replace(day=1))):
        row = {"level": Level.ASSET, "ref": dropped, "team_set_id": teams, "day": day, "uses": 20}
        db.session.execute(insert(model), [row])
    used_in = set(db.session.scalars(select(Use.deal_id).where(Use.asset_id == risen)))
    more = [d for d in db.session.scalars(select(Use.deal_id).distinct()) if d not in used_in][:60]
    use = {"asset_id": risen, "person_id": rep.id, "team_set_id": teams, "at": now()}
    use |= {"day": now().date(), "evidence": Evidence.DECLARED}
    db.session.execute(insert(Use), [{**use, "deal_id": deal_id} for deal_id in more])
    docket.work_out(now())
    db.session.commit()
    item = db.session.get_one(DocketItem, dropped)
    assert item.stopped is Stopped.DROPPED
    assert item.facts["successor"] == risen
    assert item.facts["its_deals"] == len(used_in) + len(more) <= item.facts["deals"]
    client = visitor.as_(make_person(Role.MARKETER))
    page = client.get("/docket?stopped=used_then_dropped").text
    assert "In its place “Deck 0”" in page
    assert f"{len(used_in) + len(more)} of the" in page
    assert 'value="Deck 0"' in client.get(f"/docket/decide?choice=retire&asset={dropped}").text
    db.session.get_one(Asset, risen).teams = [make_team("Elsewhere")]
    db.session.commit()
    # Whoever may not see it is told neither its name nor that nothing stands out.
    row = board.of_asset(rep, dropped)
    with app.test_request_context():
        assert presenting.successor(row) == ""
    assert board.successor_of(rep, dropped) is None
