"""Packs: in order, following or frozen, bound into one PDF or sent as one link."""

from __future__ import annotations

import io
import random
import re

import pytest
from flask import Flask
from pypdf import PdfReader

from collateral.accounts.models import Person
from collateral.assets.models import Asset, Status
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid, NotFound
from collateral.sharing import operations, packing, packs, rules, visited
from collateral.sharing.models import Pack, Share
from collateral.sharing.operations import Asking, Wishes
from collateral.sharing.packs import Flag
from collateral.sharing.showing import Showing
from collateral.usage import operations as usage
from tests.factories import add_version, make_person, make_team
from tests.sharing.conftest import Buyer, draw, kept, make_deal, make_drawn, share_of
from tests.sharing.test_watermark import real_pictures
from tests.support import Visitor, counted_queries

pytestmark = pytest.mark.either


def make_pack(by: Person, *members: tuple[Asset, int | None]) -> Pack:
    pack = packing.create("For Hollis Dairy", by=by, at=now())
    for asset, page in members:
        packing.add(pack, asset, by=by, at=now(), page=page)
    db.session.commit()
    return pack


def sent(pack: Pack, by: Person, **wishes: object) -> tuple[Share, str]:
    share, token = operations.create(
        [],
        Wishes(recipient="Anna Kern", **wishes),  # type: ignore[arg-type]
        by=by,
        at=now(),
        asking=Asking(session_key=None, user_agent=""),
        pack=pack,
    )
    db.session.commit()
    return share, token


def flags(pack: Pack, by: Person) -> list[tuple[Flag, ...]]:
    db.session.expire_all()
    return [member.flags for member in packs.members(pack, by)]


def test_members_stand_in_the_order_that_was_given(app: Flask, rep: Person) -> None:
    pack = make_pack(rep, *((make_drawn(f"No {n}", pages=1), None) for n in range(5)))
    ids = [item.id for item in pack.items]
    shuffled = random.Random(7).sample(ids, 5)
    packing.order(pack, shuffled, at=now())
    db.session.commit()
    db.session.expire_all()
    assert [item.id for item in pack.items] == shuffled
    packing.move(pack, shuffled[2], up=True, at=now())
    packing.move(pack, shuffled[0], up=True, at=now())  # at the end it stays
    db.session.commit()
    db.session.expire_all()
    wanted = [shuffled[0], shuffled[2], shuffled[1], *shuffled[3:]]
    assert [item.id for item in pack.items] == wanted
    packing.order(pack, [wanted[4], 999_999], at=now())
    db.session.commit()
    db.session.expire_all()
    assert [item.id for item in pack.items] == [wanted[4], *wanted[:4]]


def test_a_link_to_a_pack_shows_its_pages_as_one_row(app: Flask, rep: Person, buyer: Buyer) -> None:
    deck, paper = make_drawn("Deck", pages=4), make_drawn("Paper", pages=2)
    pack = make_pack(rep, (deck, 3), (paper, None), (deck, 1))
    share, token = sent(pack, rep)
    assert "1 of 4" in buyer.get(f"/s/{token}").text
    assert deck.current_version is not None
    assert paper.current_version is not None
    wanted = [
        deck.current_version.pages[2],
        *paper.current_version.pages,
        deck.current_version.pages[0],
    ]
    for number, page in enumerate(wanted, 1):
        answer = buyer.get(f"/s/{token}/1/{number}/1280.webp")
        assert answer.data == kept(page.preview_1280)
    assert buyer.get(f"/s/{token}/1/5/1280.webp").status_code == 404
    buyer.reads(token, (1, 1, 0.5), (1, 2, 0.5))
    titles = {read.title for read in visited.read_by_page([share.id], rep)}
    assert titles == {"Deck", "Paper"}


def test_a_following_pack_follows_its_page_and_a_frozen_one_stays(
    app: Flask, rep: Person, buyer: Buyer
) -> None:
    deck = make_drawn("Deck", pages=3)
    following, frozen = make_pack(rep, (deck, 2)), make_pack(rep, (deck, 2), (deck, None))
    packing.change(
        frozen, title="Frozen", cover=False, contents=False, follows=False, by=rep, at=now()
    )
    _share, moving = sent(following, rep)
    _share, staying = sent(frozen, rep)
    assert deck.current_version is not None
    old = deck.current_version.pages[1]
    new = draw(add_version(deck, pages=["Something new", "Deck. Point 1", old.text]))
    db.session.commit()
    assert buyer.get(f"/s/{moving}/1/1/320.webp").data == kept(new.pages[2].preview_320)
    assert buyer.get(f"/s/{staying}/1/1/320.webp").data == kept(old.preview_320)
    assert flags(following, rep) == [()]
    assert flags(frozen, rep) == [(Flag.OUTDATED,), (Flag.OUTDATED,)]
    packing.refresh(frozen, frozen.items[1].id, by=rep, at=now())
    db.session.commit()
    assert flags(frozen, rep) == [(Flag.OUTDATED,), ()]


def test_what_became_of_members_is_flagged(app: Flask, rep: Person) -> None:
    team = make_team()
    rep.teams = [team]
    changed, gone, retired = make_drawn("Changed"), make_drawn("Gone"), make_drawn("Retired")
    replaced, hidden = make_drawn("Replaced"), make_drawn("Hidden", teams=[team])
    pack = make_pack(
        rep,
        (changed, 2),
        (gone, 2),
        (retired, None),
        (replaced, None),
        (hidden, None),
        (retired, 1),
    )
    add_version(changed, pages=["Changed. Point 1", "Changed. Now something else"])
    assert changed.current_version is not None
    changed.current_version.pages[1].title = "Changed"
    add_version(gone, pages=["Another thing entirely"])
    successor = make_drawn("Successor")
    retired.status = replaced.status = Status.RETIRED
    replaced.replacement_id = successor.id
    rep.teams = []
    db.session.commit()
    told = flags(pack, rep)
    assert told == [
        (Flag.PAGE_CHANGED,),
        (Flag.PAGE_GONE,),
        (Flag.RETIRED,),
        (Flag.REPLACED,),
        (Flag.AWAY,),
        (Flag.RETIRED,),
    ]
    members = packs.members(pack, rep)
    assert [bool(member.leaves) for member in members] == [True, False, False, True, False, False]
    assert members[3].asset is not None
    assert members[3].asset.title == "Successor"
    assert members[4].showing is Showing.AWAY
    assert members[4].asset is None
    page = Visitor(app).as_(rep).get(f"/packs/{pack.id}").text
    assert "Hidden" not in page
    assert "Retired: it is left out." in page


def test_a_pack_is_one_pdf_with_cover_and_contents(app: Flask, rep: Person) -> None:
    deck, deal = make_drawn("Deck", pages=2), make_deal(rep)
    real_pictures(deck)
    pack = make_pack(rep, (deck, None), (deck, 2))
    packing.change(
        pack, title="Für Hollis", cover=True, contents=True, follows=True, by=rep, at=now()
    )
    pack.deal_id = deal.id
    db.session.commit()
    client = Visitor(app).as_(rep)
    first = client.get(f"/packs/{pack.id}/file", buffered=True)
    answer = (
        first
        if first.mimetype == "application/pdf"
        else client.get(f"/packs/{pack.id}/file", buffered=True)
    )
    assert answer.mimetype == "application/pdf"
    assert "F%C3%BCr%20Hollis.pdf" in answer.headers["Content-Disposition"]
    assert len(PdfReader(io.BytesIO(answer.data)).pages) == 2 + 3


def test_many_pages_go_in_with_as_few_questions_as_one(app: Flask, rep: Person) -> None:
    deck = make_drawn(pages=6)
    pack = packing.create("For Hollis Dairy", by=rep, at=now())
    packing.add_all(pack, [(deck, 1)], by=rep, at=now())
    with counted_queries(app) as one:
        packing.add_all(pack, [(deck, 2)], by=rep, at=now())
    with counted_queries(app) as five:
        packing.add_all(pack, [(deck, page) for page in (6, 5, 4, 3, None)], by=rep, at=now())
    assert len([asked for asked in five if asked.startswith("SELECT")]) == len(
        [asked for asked in one if asked.startswith("SELECT")]
    )
    assert [item.page for item in pack.items] == [1, 2, 6, 5, 4, 3, None]
    with pytest.raises(Invalid):
        packing.add_all(pack, [(deck, 1), (deck, 7)], by=rep, at=now())
    assert len(pack.items) == 7


def test_packs_are_their_owners_alone(app: Flask, rep: Person) -> None:
    pack = make_pack(rep, (make_drawn(), None))
    with pytest.raises(NotFound):
        packing.get_own(make_person(), pack.id)


def test_nonsense_is_refused(app: Flask, rep: Person) -> None:
    deck = make_drawn(pages=2)
    pack = make_pack(rep, (deck, None))
    for page in (0, 3, 99):
        with pytest.raises(Invalid):
            packing.add(pack, deck, by=rep, at=now(), page=page)
    deck.status = Status.DRAFT
    db.session.commit()
    with pytest.raises(Invalid):
        packing.add(pack, deck, by=rep, at=now())
    with pytest.raises(Invalid):
        packing.create("  ", by=rep, at=now())
    deck.status = Status.PUBLISHED
    db.session.commit()
    client = Visitor(app).as_(rep)
    for pages in ("x", "3-1", "1-", "1e9"):
        answer = client.post(f"/packs/{pack.id}/add", data={"asset": deck.id, "pages": pages})
        assert answer.status_code == 400


def test_a_pack_that_was_sent_stays(app: Flask, rep: Person) -> None:
    pack = make_pack(rep, (make_drawn(), None))
    sent(pack, rep)
    with pytest.raises(Invalid):
        packing.delete(pack)
    other = make_pack(rep, (make_drawn(), None))
    packing.delete(other)
    db.session.commit()
    assert [each.id for each, _ in packing.of(rep)] == [pack.id]


def test_a_deal_begins_a_pack_with_what_was_used_and_sent(app: Flask, rep: Person) -> None:
    deal = make_deal(rep)
    used, sent_one, retired = make_drawn("Used"), make_drawn("Sent"), make_drawn("Retired")
    for asset in (used, retired):
        usage.declare_use(asset, deal, by=rep, at=now())
    share_of([sent_one], rep, deal)
    retired.status = Status.RETIRED
    db.session.commit()
    client = Visitor(app).as_(rep)
    section = re.search(r'id="packs".*?</section>', client.get(f"/deals/{deal.id}").text, re.S)
    assert section is not None
    proposed = [int(n) for n in re.findall(r'name="asset" value="(\d+)"[^>]*checked', section[0])]
    assert set(proposed) == {used.id, sent_one.id}
    made = client.post("/packs", data={"deal": deal.id, "asset": proposed, "title": "For Monday"})
    pack = db.session.scalars(db.select(Pack)).one()
    assert made.location.endswith(f"/packs/{pack.id}")
    assert [item.asset_id for item in pack.items] == proposed
    assert (pack.deal_id, pack.title) == (deal.id, "For Monday")
    assert f"/packs/{pack.id}" in client.get(f"/deals/{deal.id}").text
    hidden = make_drawn("Hidden", teams=[make_team()])
    assert client.post("/packs", data={"asset": [used.id, hidden.id]}).status_code == 404


def test_a_page_is_found_again_by_its_words_then_by_its_title() -> None:
    pages = [(1, "Intro", "a b"), (2, "Price", "c d"), (3, "Price", "x  y"), (4, "", "")]
    assert rules.where_it_went(1, "Anything", "x y", pages) == (3, True)
    assert rules.where_it_went(9, "price", "gone", pages) == (3, False)
    assert rules.where_it_went(4, "", "", pages) == (None, False)
    assert rules.where_it_went(2, "New", "new", pages) == (None, False)
