"""What the homes read of the stock: found by its indexes, and never older than its rows."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from flask import Flask

from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset, Status
from collateral.db import db
from collateral.deals.models import Deal
from collateral.home import marketer
from collateral.reports import assets, ignored, overview
from collateral.reports.asking import ReportRequest
from collateral.usage import operations as usage
from collateral.usage import queries as uses
from collateral.usage.models import Use
from collateral.usage.periods import Period
from tests.factories import make_asset, make_person, make_team
from tests.support import held_clock

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
YEAR = ReportRequest(Period(date(2025, 12, 1), date(2026, 11, 20)))

_held_clock = held_clock(NOW)


def deal(name: str, owner: Person) -> Deal:
    made = Deal(external_id=name, name=name, owner_id=owner.id, owner_email=owner.email)
    db.session.add(made)
    db.session.commit()
    return made


def use(asset: Asset, where: Deal, by: Person, at: datetime = NOW) -> Use:
    made = usage.declare_use(asset, where, by=by, at=at)
    db.session.commit()
    return made


def test_the_dearest_are_the_first_of_the_whole_list(app: Flask) -> None:
    chance = random.Random(20)
    north, south = make_team("North"), make_team("South")
    ana, cleo = make_person(teams=[north]), make_person(teams=[south])
    people = [ana, cleo, make_person(Role.MANAGER), make_person(Role.MARKETER)]
    deals = [deal(f"Deal {n}", chance.choice([ana, cleo])) for n in range(6)]
    for n in range(40):
        asset = make_asset(
            f"Asset {n}",
            owner=people[3],
            status=chance.choice([Status.PUBLISHED] * 5 + [Status.RETIRED]),
            teams=chance.choice([[], [], [north], [south]]),
            published_at=NOW - timedelta(days=chance.choice([-9, 1, 1, 90, 900])),
        )
        asset.cost_amount = chance.choice([None, Decimal(5), Decimal(5), Decimal(80)])
        asset.cost_currency = chance.choice([None, "EUR", "EUR", "EUR", "USD"])
        if chance.random() < 0.1:
            asset.published_at = None
        if chance.random() < 0.5:
            by, at = chance.choice([ana, cleo]), NOW - timedelta(days=chance.choice([0, 500]))
            made = use(asset, chance.choice(deals), by, at)
            if chance.random() < 0.2:
                usage.retract_use(made, by=by, at=NOW)
    deals[0].gone_at = NOW
    db.session.commit()
    for reader in people:
        report = ignored.ignored_report(reader, YEAR)
        listed = [(row.id, row.cost, row.reached) for row in report.rows]
        assert len(listed) > 9
        for limit in (1, 6, 50):
            first = ignored.dearest(reader, YEAR, limit, report.funnel.currency)
            assert [(row.id, row.cost, row.reached) for row in first] == listed[:limit]


def test_a_change_stands_in_the_next_numbers(app: Flask) -> None:
    north = make_team("North")
    ana, reader = make_person(teams=[north]), make_person()
    dear, cheap = make_asset("Dear"), make_asset("Cheap")
    for asset, cost in ((dear, 90), (cheap, 10)):
        asset.cost_amount, asset.cost_currency = Decimal(cost), "EUR"
    of_ana, own = deal("Of Ana", ana), deal("Own", reader)

    def seen(person: Person) -> tuple[list[str], list[str], int, Decimal]:
        """What is never used, what is used most, how many are, and what the others cost."""
        found = overview.key_figures(person, YEAR).now
        return (
            [row.title for row in ignored.dearest(person, YEAR, 6, "EUR")],
            [row.title for row in assets.most_used(person, YEAR, 6)[1]],
            found.used,
            found.cost_never_used,
        )

    assert seen(reader) == (["Dear", "Cheap"], [], 0, 100)
    made = use(dear, own, reader)
    assert seen(reader) == (["Cheap"], ["Dear"], 1, 10)
    use(cheap, of_ana, ana)
    assert seen(reader) == (["Cheap"], ["Dear"], 1, 10)
    assert seen(ana) == (["Dear"], ["Cheap"], 1, 90)
    reader.teams = [north]  # whose doing counts, and which deals are seen, change with her teams
    db.session.commit()
    assert seen(reader) == ([], ["Cheap", "Dear"], 2, 0)
    reader.teams = []
    db.session.commit()
    assert seen(reader) == (["Cheap"], ["Dear"], 1, 10)
    usage.retract_use(made, by=reader, at=NOW)
    cheap.cost_amount = Decimal(95)
    db.session.commit()
    assert seen(reader) == (["Cheap", "Dear"], [], 0, 185)
    cheap.status, cheap.retired_at = Status.RETIRED, NOW
    db.session.commit()
    assert seen(reader) == (["Dear"], [], 0, 90)


def test_a_deal_that_went_is_in_no_number(app: Flask) -> None:
    ana = make_person()
    asset, where = make_asset(), deal("Deal", ana)
    use(asset, where, ana)
    for reader in (ana, make_person(Role.MANAGER)):
        assert overview.key_figures(reader, YEAR).now.used == 1
        assert uses.deal_counts([asset.id], reader)[asset.id].deals == 1
    where.gone_at = NOW
    db.session.commit()
    for reader in (ana, make_person(Role.MANAGER)):
        assert overview.key_figures(reader, YEAR).now.used == 0
        assert assets.most_used(reader, YEAR, 6)[1] == []
        assert [row.id for row in ignored.dearest(reader, YEAR, 6, "EUR")] == [asset.id]
        assert uses.deal_counts([asset.id], reader) == {}


def test_what_waits_is_counted_of_what_each_may_see(app: Flask) -> None:
    north = make_team("North")
    owner, marketer_, manager = make_person(), make_person(Role.MARKETER), make_person(Role.MANAGER)
    hidden = make_asset("For the north alone", owner=owner, teams=[north])
    due = make_asset("Due", owner=owner)
    make_asset("A draft", owner=manager, status=Status.DRAFT)
    for asset in (hidden, due):
        asset.review_on = asset.expires_on = NOW.date() + timedelta(days=14)
    db.session.commit()

    def counts(person: Person) -> list[tuple[str, int]]:
        with app.test_request_context():
            return [(line.icon, line.count) for line in marketer.waiting(person, NOW.date())]

    assert counts(marketer_) == [("clock", 2), ("calendar", 2)]
    assert counts(manager) == [("clock", 1), ("calendar", 1), ("edit", 1)]
    due.status = Status.RETIRED
    db.session.commit()
    assert counts(manager) == [("edit", 1)]
