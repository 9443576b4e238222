"""Deals that the CRM deleted or merged: in no list, and nothing that hangs on them is lost."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from collateral.accounts.models import Person, Role
from collateral.connect.models import Crm
from collateral.db import db
from collateral.deals import queries
from collateral.deals.listing import DealRequest, list_deals
from collateral.deals.models import Deal
from collateral.errors import NotFound
from collateral.usage import operations as usage
from collateral.usage import queries as uses
from collateral.usage.models import Use
from tests.connect.libraries import Library
from tests.factories import make_asset, make_person


def deal(library: Library, name: str) -> Deal:
    return db.session.scalars(select(Deal).where(Deal.name == name)).one()


def test_a_deleted_deal_is_nowhere_and_comes_back_with_its_uses(library: Library) -> None:
    library.sync()
    manager, asset = make_person(Role.MANAGER), make_asset()
    gone = deal(library, "Deal 2")
    usage.declare_use(asset, gone, by=manager, at=gone.created_at)
    db.session.commit()
    library.world.change("delete", 2)
    assert library.sync().gone == 1
    with pytest.raises(NotFound):
        queries.get_visible(manager, gone.id)
    listed = list_deals(manager, DealRequest()).deals
    assert gone.id not in {each.id for each in listed}
    assert uses.deal_counts([asset.id], manager).get(asset.id) is None
    library.world.change("restore", 2)
    library.sync()
    back = queries.get_visible(manager, gone.id)
    assert len(uses.uses_of_deal(back, manager)) == 1


@pytest.mark.parametrize("library", [Crm.HUBSPOT], indirect=True)
def test_a_merged_deal_hands_its_uses_over_and_one_said_of_both_is_one(library: Library) -> None:
    library.sync()
    ada = db.session.scalars(select(Person).where(Person.email == "ada@example.com")).one()
    both, alone = make_asset("Of both"), make_asset("Of one alone")
    kept, lost = deal(library, "Deal 4"), deal(library, "Deal 5")
    for asset, where in ((both, kept), (both, lost), (alone, lost)):
        usage.declare_use(asset, where, by=ada, at=where.created_at)
    db.session.commit()
    library.world.change("merge", 4)
    assert library.sync().merged == 1
    assert library.deals() == library.world.deals()
    counted = db.session.scalars(select(Use).where(Use.retracted_at.is_(None))).all()
    assert {(use.asset_id, use.deal_id) for use in counted} == {
        (both.id, kept.id),
        (alone.id, kept.id),
    }
    assert library.sync().merged == 0


@pytest.mark.parametrize("library", [Crm.HUBSPOT], indirect=True)
def test_a_deal_that_was_deleted_with_what_was_merged_into_it_comes_back_with_all_uses(
    library: Library,
) -> None:
    library.sync()
    manager, asset = make_person(Role.MANAGER), make_asset()
    lost = deal(library, "Deal 5")
    usage.declare_use(asset, lost, by=manager, at=lost.created_at)
    db.session.commit()
    library.world.change("merge", 4)
    library.world.change("delete", 4)
    assert library.sync().gone == 2
    assert library.deals() == library.world.deals()
    assert library.sync().gone == 0
    library.world.change("restore", 4)
    library.sync()
    assert library.deals() == library.world.deals()
    kept = queries.get_visible(manager, deal(library, "Deal 4").id)
    assert len(uses.uses_of_deal(kept, manager)) == 1
