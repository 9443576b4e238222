"""Ratings: what people think of an asset, which of them count, and what is low."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset, Status
from collateral.clock import now
from collateral.db import db
from collateral.requests import feedback, queries_feedback
from collateral.requests.models_feedback import Rating
from collateral.requests.rules import Ratings, counted, is_low
from tests.factories import add_version, make_asset, make_person
from tests.support import Visitor, at_once


def rate(asset: Asset, *stars: int) -> None:
    """Each by another person."""
    for each in stars:
        feedback.rate(asset, each, by=make_person(), at=now())
    db.session.commit()


@pytest.mark.parametrize(
    ("current", "every", "said"),
    [
        (Ratings(3, 9), Ratings(10, 50), Ratings(3, 9)),
        (Ratings(2, 2), Ratings(10, 50), Ratings(10, 50)),
        (Ratings(), Ratings(), Ratings()),
    ],
)
def test_the_mean_is_of_the_current_version_from_three_ratings_on(
    current: Ratings, every: Ratings, said: Ratings
) -> None:
    assert counted(current, every) == said


@pytest.mark.parametrize(
    ("ratings", "low"),
    [
        (Ratings(2, 2), False),
        (Ratings(3, 8), True),
        (Ratings(3, 9), False),
        (Ratings(100, 299), True),
        (Ratings(), False),
    ],
)
def test_low_is_a_mean_below_three_of_three_ratings_or_more(ratings: Ratings, low: bool) -> None:
    assert is_low(ratings) is low
    assert ratings.mean is None or ratings.mean == ratings.stars / ratings.count


def test_a_rating_is_one_a_person_changed_and_removed(app: Flask, visitor: Visitor) -> None:
    rep, asset = make_person(name="Karim Aziz"), make_asset()
    client, address = visitor.as_(rep), f"/assets/{asset.id}"
    page = client.get(f"{address}?tab=feedback").text
    assert "Nobody has rated it yet" in page
    nothing = client.post(f"{address}/rating", data={"sentence": "Too long for a first call"})
    assert nothing.status_code == 400
    assert "Choose one to five stars." in nothing.text
    assert "Too long for a first call" in nothing.text  # what she wrote is not lost
    assert client.post(f"{address}/rating", data={"stars": "6"}).status_code == 400
    for stars, sentence in (("2", "Too long"), ("4", "Shorter now,\nand it works")):
        done = client.post(f"{address}/rating", data={"stars": stars, "sentence": sentence})
        assert done.status_code == 303
    kept = db.session.scalars(select(Rating)).one()
    assert (kept.stars, kept.sentence, kept.version_id) == (
        4,
        "Shorter now, and it works",
        asset.current_version_id,
    )
    page = visitor.as_(make_person()).get(f"{address}?tab=feedback").text
    assert "Shorter now, and it works" in page
    assert "Karim Aziz" in page
    assert "1 rating" in page
    client.post(f"{address}/rating/remove")
    assert db.session.scalar(select(func.count()).select_from(Rating)) == 0
    assert "Nobody has rated it yet" in client.get(f"{address}?tab=feedback").text


def test_a_rating_of_an_earlier_version_is_kept_and_said_to_be_one(
    app: Flask, visitor: Visitor
) -> None:
    asset, rep = make_asset(), make_person()
    rate(asset, 1, 1)
    feedback.rate(asset, 1, by=rep, at=now(), sentence="The numbers are old")
    add_version(asset)
    db.session.commit()
    client, address = visitor.as_(rep), f"/assets/{asset.id}?tab=feedback"
    assert client.get(address).text.count("of version 1") == 2  # beside the sentence, and hers
    rate(asset, 5, 5)
    standing = queries_feedback.standing(asset)
    assert (standing.counted, standing.of_current) == (Ratings(5, 13), False)
    assert "of all versions" in client.get(address).text
    rate(asset, 5)
    standing = queries_feedback.standing(asset)
    assert (standing.counted, standing.of_current) == (Ratings(3, 15), True)
    assert "of the current version" in client.get(address).text


def test_the_home_counts_what_the_rule_calls_low(app: Flask) -> None:
    some = ((), (1, 1), (2, 3, 4), (2, 3, 3), (5, 5, 5))
    people = [make_person() for _ in range(6)]
    expected = set()
    for current, earlier in itertools.product(some, some):
        asset = make_asset()
        for by, stars in zip(people, earlier, strict=False):
            feedback.rate(asset, stars, by=by, at=now())
        add_version(asset)
        for by, stars in zip(people[len(earlier) :], current, strict=False):
            feedback.rate(asset, stars, by=by, at=now())
        said = counted(
            Ratings(len(current), sum(current)),
            Ratings(len(current) + len(earlier), sum(current) + sum(earlier)),
        )
        assert queries_feedback.standing(asset).counted == said
        if is_low(said):
            expected.add((asset.id, said))
    db.session.commit()
    marketer = make_person(Role.MARKETER)
    found = queries_feedback.low_rated(marketer, 50)
    assert {(each.asset.id, each.ratings) for each in found} == expected
    means = [each.ratings.mean for each in found]
    assert means == sorted(means, key=lambda mean: mean or 0)
    assert queries_feedback.waiting(marketer).low == len(expected) > 5


WHO = st.integers(0, 3)


STEP = st.one_of(
    st.tuples(WHO, st.integers(1, 5)),  # this person gives so many stars
    st.tuples(WHO, st.just("takes back")),
    st.just("a new version"),
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, max_size=12))
def test_the_sums_are_those_of_the_ratings_that_stand(app: Flask, steps: list[Any]) -> None:
    asset, people = make_asset(), [make_person() for _ in range(4)]
    stand: dict[int, tuple[int, int]] = {}  # person: version, stars
    version = 1
    for step in steps:
        if step == "a new version":
            add_version(asset)
            db.session.refresh(asset)
            version += 1
            continue
        who, said = step
        if said == "takes back":
            feedback.take_back(asset, by=people[who])
            stand.pop(who, None)
        else:
            feedback.rate(asset, said, by=people[who], at=now())
            stand[who] = version, said
    every = [stars for _version, stars in stand.values()]
    current = [stars for given, stars in stand.values() if given == version]
    assert queries_feedback.standing(asset).counted == counted(
        Ratings(len(current), sum(current)), Ratings(len(every), sum(every))
    )
    assert queries_feedback.counts(asset.id).ratings == len(every)


def test_of_two_who_rate_at_once_both_are_counted(bare_app: Flask) -> None:
    with bare_app.app_context():
        asset_id, people = make_asset().id, [make_person().id for _ in range(4)]

    def say(number: int, together: Callable[[], object]) -> None:
        with bare_app.app_context():
            asset = db.session.get_one(Asset, asset_id)
            by = db.session.get_one(Person, people[number])
            together()
            feedback.rate(asset, 5, by=by, at=now())
            db.session.commit()

    at_once(4, say)
    with bare_app.app_context():
        asset = db.session.get_one(Asset, asset_id)
        assert queries_feedback.standing(asset).counted == Ratings(4, 20)


def test_what_is_not_published_is_not_called_low(app: Flask) -> None:
    asset = make_asset()
    rate(asset, 1, 1, 1)
    marketer = make_person(Role.MARKETER)
    assert queries_feedback.waiting(marketer).low == 1
    asset.status = Status.DRAFT
    db.session.commit()
    assert queries_feedback.waiting(marketer).low == 0
