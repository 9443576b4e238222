"""What reps change, counted page by page; hours and shares with honest ranges."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from collateral.adaptations import families, heat, operations, recreated, reviewing, rules
from collateral.adaptations.worddiff import word_runs
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal
from collateral.usage.counting import zone
from collateral.usage.models import DailySum, Level
from collateral.usage.periods import Period
from collateral.usage.rules import counting_day
from tests.adaptations import decks
from tests.adaptations.arranged import Scene, read_all
from tests.support import Visitor

pytestmark = pytest.mark.either


def shorter() -> bytes:
    """The master without pages 4 and 5, page 2 with the same other figure."""
    pages = decks.slides()
    pages[1] = decks.Slide(pages[1].title, pages[1].text.replace("€14,200", "£9,600"))
    return decks.deck([pages[0], pages[1], pages[2], pages[5]])


def test_each_page_is_kept_edited_or_dropped_in_each_adaptation(
    scene: Scene, visitor: Visitor
) -> None:
    scene.submit(reasons=["pricing"], minutes=130)
    scene.submit(scene.hand_in(shorter(), "short.pptx"), reasons=["too_long", "pricing"])
    version = scene.master.current_version
    assert version is not None

    found = heat.heat_map(scene.master, version, scene.rep)
    assert heat.pages_of(version) == found.pages

    assert found.adaptations == 2
    fates = [(page.kept, page.edited, page.dropped, page.of) for page in found.pages]
    assert fates == [
        (2, 0, 0, 2), (0, 2, 0, 2), (1, 1, 0, 2), (0, 0, 2, 2), (1, 0, 1, 2), (2, 0, 0, 2),
    ]  # fmt: skip
    assert found.pages[1].wordings[0] == ("€14,200", "£9,600", 2)
    assert dict(found.reasons) == {"pricing": 2, "too_long": 1}
    assert (found.hours.said, found.hours.of) == (1, 2)
    page = visitor.as_(scene.rep).get(f"/assets/{scene.master.id}/changes").text
    assert "2 edited" in page
    assert "£9,600" in page
    table = visitor.as_(scene.rep).get(f"/assets/{scene.master.id}/changes.csv").text
    assert "£9,600" in table


def test_words_of_private_adaptations_are_counted_and_not_told(scene: Scene) -> None:
    for name in ("one.pptx", "two.pptx"):
        data = decks.adapted() if name == "one.pptx" else shorter()
        adaptation = scene.hand_in(data, name)
        operations.confirm(adaptation, operations.Answers(), by=scene.rep, at=now())
    db.session.commit()
    version = scene.master.current_version
    assert version is not None

    page = heat.heat_map(scene.master, version, scene.rep).pages[1]

    assert page.edited == 2
    assert page.wordings == []


def test_versions_stand_beside_each_other(scene: Scene) -> None:
    scene.submit()
    pages = decks.slides()
    pages[1] = decks.Slide("Every stop costs a pump", pages[1].text)
    scene.renew(pages)
    read_all()
    deal = Deal(external_id="D-1", name="Severn Vale", owner_id=scene.rep.id)
    db.session.add(deal)
    db.session.flush()
    operations.usage.declare_use(scene.master, deal, by=scene.rep, at=now())
    db.session.commit()

    rows = [(v.version.number, v.adaptations, v.deals) for v in heat.by_version(scene.master)]

    assert rows == [(2, 0, 1), (1, 1, 0)]
    changed = heat.by_version(scene.master)[1].pages_changed
    assert changed is not None
    assert abs(changed - 3 / 6) < 1e-9


def test_uses_of_adaptations_count_for_the_family_by_their_share(
    scene: Scene, visitor: Visitor
) -> None:
    deals = [Deal(external_id=f"D-{n}", name=f"Deal {n}", owner_id=scene.rep.id) for n in range(3)]
    db.session.add_all(deals)
    db.session.commit()
    adaptation = scene.submit()
    operations.usage.declare_use(scene.master, deals[0], by=scene.rep, at=now())
    operations.declare_use(adaptation, deals[1], by=scene.rep, at=now())
    db.session.commit()
    share = 5 / 6

    found = families.family_uses([scene.master.id], scene.rep)[scene.master.id]

    assert (found.own, found.adapted) == (1, 1)
    assert abs(found.credited - share) < 1e-9
    version = scene.master.current_version
    assert version is not None
    heat_map = heat.heat_map(scene.master, version, scene.rep)
    assert heat_map.family == heat_map.uses[version.id] == found
    shown = visitor.as_(scene.rep).get(f"/assets/{scene.master.id}/changes").text
    assert "1 as it is, 1 adapted, which count as 0.8 by their share of pages" in shown
    variant = reviewing.accept(adaptation, by=scene.marketer, at=now(), revision=None)
    db.session.commit()
    operations.declare_use(adaptation, deals[2], by=scene.rep, at=now())
    db.session.commit()
    found = families.family_uses([scene.master.id, variant.id], scene.rep)[scene.master.id]
    assert abs(found.total - (1 + 2 * share)) < 1e-9
    assert families.family_uses([variant.id], scene.rep)[variant.id].own == 1
    today = counting_day(now(), zone())
    beyond = families.credits_beyond_sums(Period(today, today))
    in_sums = db.session.scalar(
        select(DailySum.uses).where(DailySum.level == Level.ASSET, DailySum.ref == scene.master.id)
    )
    assert in_sums == 2
    assert abs(in_sums + beyond[scene.master.id] - found.total) < 1e-9
    yesterday = today - timedelta(days=1)
    assert families.credits_beyond_sums(Period(yesterday, yesterday)) == {}


def test_the_most_recreated_assets_come_first_with_their_hours(scene: Scene) -> None:
    scene.submit(minutes=120)
    today = now().date()

    found = recreated.recreated(scene.marketer, today.replace(day=1), today)

    assert [(row.title, row.adaptations, row.people) for row in found.rows] == [
        (scene.master.title, 1, 1)
    ]
    assert found.hours.reported == 2.0
    assert (found.rows[0].edited, found.rows[0].dropped) == (2, 1)


@given(st.lists(st.one_of(st.none(), st.integers(0, 600)), max_size=30))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_hours_never_fall_below_what_was_said(minutes: list[int | None]) -> None:
    found = rules.hours(minutes)

    said = [value for value in minutes if value is not None]
    assert found.low == found.reported == sum(said) / 60
    assert found.high >= found.low
    assert found.high <= (sum(said) + (len(minutes) - len(said)) * max(said, default=0)) / 60 + 1e-9
    assert (found.said, found.of) == (len(said), len(minutes))


@given(st.integers(0, 40), st.integers(1, 40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_share_lies_within_its_interval(count: int, of: int) -> None:
    found = rules.share_of(min(count, of), of)

    assert found is not None
    assert 0 <= found.low <= found.mid <= found.high <= 1
    assert rules.share_of(1, 0) is None


def test_wordings_join_what_only_signs_keep_apart() -> None:
    runs = word_runs("Lost output, €9,100 an hour\nSame", "Lost supply, £5,400 an hour\nSame")

    assert rules.wordings(runs) == [("output, €9,100", "supply, £5,400")]
    assert rules.words_changed(runs) == 2
    assert rules.heat(0, 9) == 0
    assert rules.heat(9, 9) == 5
