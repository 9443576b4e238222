"""Who is told that an asset changed, that a search found something."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from collateral.accounts.models import Person, Role
from collateral.assets import collections
from collateral.assets.models import Asset, Status
from collateral.clock import later, now
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.home import jobs
from collateral.notify.queries import Told, inbox
from collateral.retirement.operations import retire
from collateral.sharing.models import Share, ShareItem
from collateral.usage.operations import declare_use, retract_use
from tests.factories import add_version, make_asset, make_person, make_team


def deal_of(owner: Person, name: str, outcome: Outcome = Outcome.OPEN) -> Deal:
    deal = Deal(
        external_id=name,
        name=name,
        owner_id=owner.id,
        outcome=outcome,
        closed_on=None if outcome is Outcome.OPEN else now().date() - timedelta(days=60),
    )
    db.session.add(deal)
    db.session.commit()
    return deal


def told(person: Person) -> list[Told]:
    return inbox(person).told


def sentences(person: Person) -> list[str]:
    return [one.sentence for one in told(person)]


def retire_it(asset: Asset, other: Asset | None = None) -> None:
    marketer = make_person(Role.MARKETER)
    retire(asset, by=marketer, at=now(), reason="Out of date", replacement=other)
    db.session.commit()  # the job runs after it


def test_who_used_an_asset_is_told_once_of_its_retirement_with_her_open_deals(app: Flask) -> None:
    ada, bo, other = make_person(), make_person(), make_person()
    asset, successor = make_asset("Old deck"), make_asset("New deck")
    for deal in (deal_of(ada, "Heron"), deal_of(ada, "Done", Outcome.WON), deal_of(bo, "Crane")):
        declare_use(asset, deal, by=ada, at=now())
    taken_back = declare_use(asset, deal_of(bo, "Stork"), by=bo, at=now())
    retract_use(taken_back, by=bo, at=now())
    db.session.commit()
    retire_it(asset, successor)
    assert sentences(ada) == [
        "“Old deck” is retired; use “New deck” instead. It is in your deal “Heron”."
    ]
    assert told(ada)[0].address == f"/assets/{asset.id}"
    assert sentences(bo) == sentences(other) == []
    jobs.look_again()
    with later(timedelta(hours=3)):
        jobs.look_again()
    assert len(told(ada)) == 1


def test_a_replacement_is_named_to_those_alone_who_may_see_it(app: Flask) -> None:
    ada, bo, team = make_person(), make_person(), make_team()
    bo.teams.append(team)
    asset, successor = make_asset("Old deck"), make_asset("Secret deck", teams=[team])
    for person in (ada, bo):
        declare_use(asset, deal_of(person, person.email), by=person, at=now())
    db.session.commit()
    retire_it(asset, successor)
    assert "Secret deck" not in sentences(ada)[0]
    assert "Secret deck" in sentences(bo)[0]


def test_who_sent_an_asset_is_told_of_its_new_version(app: Flask) -> None:
    ada, gone = make_person(), make_person()
    asset, deal = make_asset("Deck"), deal_of(ada, "Heron")
    for number, (person, revoked) in enumerate(((ada, None), (gone, now()))):
        db.session.add(
            Share(
                token_hash=str(number),
                person_id=person.id,
                deal_id=deal.id if person is ada else None,
                recipient="Buyer",
                revoked_at=revoked,
                items=[ShareItem(asset_id=asset.id, position=1)],
            )
        )
    db.session.commit()
    version = add_version(asset)
    asset.current_version_id = version.id
    db.session.commit()
    assert sentences(ada) == ["“Deck” has a new version 2. It is in your deal “Heron”."]
    assert sentences(gone) == []


def test_nobody_is_told_of_an_asset_that_she_may_not_see(app: Flask) -> None:
    ada = make_person()
    asset = make_asset("Secret")
    declare_use(asset, deal_of(ada, "Heron"), by=ada, at=now())
    asset.teams = [make_team()]
    db.session.commit()
    retire_it(asset)
    assert told(ada) == []


def test_an_old_change_is_no_news(app: Flask) -> None:
    ada, asset = make_person(), make_asset()
    retire_it(asset)
    with later(timedelta(days=5)):
        declare_use(asset, deal_of(ada, "Heron"), by=ada, at=now())
        db.session.commit()
        jobs.look_again()
    assert told(ada) == []


def test_a_saved_search_tells_of_what_was_published_since(app: Flask) -> None:
    ada, team = make_person(), make_team()
    make_asset("Turbine downtime, as it was")
    saved = collections.create("Downtime", by=ada, at=now(), query="q=downtime", alert=True)
    quiet = collections.create("Quiet", by=ada, at=now(), query="q=downtime")
    db.session.commit()
    assert not quiet.alert
    with later(timedelta(hours=1)):
        jobs.look_again()
        assert sentences(ada) == []
        make_asset("Downtime in dairies")
        make_asset("Downtime for one team", teams=[team])
        make_asset("Downtime in the making", status=Status.DRAFT)
        make_asset("Something else entirely")
        jobs.look_again()
        jobs.look_again()
        assert sentences(ada) == ["“Downtime in dairies” is new in your search “Downtime”."]
    with later(timedelta(hours=2)):
        make_asset("Downtime in mills")
    with later(timedelta(hours=3)):
        make_asset("Downtime in mines")
        jobs.look_again()
        assert len(told(ada)) == 2
        assert told(ada)[0].notice.facts["count"] == 2
        assert told(ada)[0].address == f"/collections/{saved.id}"
