"""Made-up companies for the measurement of suggestions: reps with tastes, deals with stages.

In each an asset is made for a stage, often for an industry and a product; how often reps take it
hangs on its appeal (log-normal), on whether it fits, on its age and on each rep's own habit.
Suggestions know the terms, the dates and the uses; appeal and habit only by what was used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from collateral.accounts.models import Person, PersonRole, Role
from collateral.assets.models import Asset, AssetTerm, AssetVersion, ReadingState, Status, Term
from collateral.assets.models import Vocabulary as V
from collateral.db import db
from collateral.deals.models import Deal, Outcome, StageChange
from collateral.usage.models import Evidence, Use
from collateral.usage.team_sets import set_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

STAGES = ("discovery", "evaluation", "proposal", "negotiation")
INDUSTRIES, PRODUCTS = 6, 4
REPS, ASSETS, DEALS = 12, 150, 1000
SPAN, AHEAD = 730, 365
"""Days over which deals are opened, and for how long before them assets were published."""
FITS, FOR_ALL, FOR_OTHERS = 3.0, 1.0, 0.4
"""How readily an asset is taken that is made for this industry or product, for all, for others."""


@dataclass(frozen=True)
class _Shelf:
    """What the assets are for, and how they are liked; an entry an asset.

    Attributes:
        industry: -1 for all of them; `product` likewise.
        published: days since the company's beginning, negative before it.
        habit: how much each rep (a row) takes to each of them.
    """

    stage: Ints
    industry: Ints
    product: Ints
    published: Floats
    appeal: Floats
    habit: Floats

    def pull(self, rep: int, place: int, industry: int, product: int, day: float) -> Floats:
        """How readily this rep uses each of them in such a deal on that day; 0 for never."""
        import numpy as np

        fit = self.appeal * self.habit[rep] * np.where(self.stage == place, FITS, FOR_OTHERS)
        fit = fit * _readily(self.industry, industry) * _readily(self.product, product)
        age = np.maximum(day - self.published, 0.0)
        found: Floats = fit * 0.5 ** (age / 365.0) * (self.published < day)
        return found


def build(seed: int, now: datetime) -> None:
    """Fill the empty library with one company's assets, deals and uses, and commit."""
    import numpy as np

    rng = np.random.default_rng(seed)
    people = _people()
    terms = _terms()
    shelf = _Shelf(
        stage=rng.integers(0, len(STAGES), ASSETS),
        industry=np.where(rng.random(ASSETS) < 0.6, rng.integers(0, INDUSTRIES, ASSETS), -1),
        product=np.where(rng.random(ASSETS) < 0.6, rng.integers(0, PRODUCTS, ASSETS), -1),
        published=rng.uniform(-AHEAD, SPAN * 0.9, ASSETS),
        appeal=np.exp(rng.normal(0, 1, ASSETS)),
        habit=np.exp(rng.normal(0, 0.5, (REPS, ASSETS))),
    )
    start = now - timedelta(days=SPAN + 60)
    _assets(people[0], start, shelf.published.tolist())
    db.session.execute(insert(AssetTerm), _links(shelf, terms))
    sets = [set_of(person) for person in people]
    deals: list[dict[str, Any]] = []
    moves: list[dict[str, Any]] = []
    uses: list[dict[str, Any]] = []
    for number in range(1, DEALS + 1):
        rep, of = int(rng.integers(REPS)), int(rng.integers(INDUSTRIES))
        what = int(rng.integers(PRODUCTS))
        day = float(rng.uniform(0, SPAN))
        opened, reached = day, int(rng.integers(1, len(STAGES) + 1))
        had: set[int] = set()
        for place in range(reached):
            moves.append(_move(number, place, start + timedelta(days=day)))
            length = float(rng.gamma(2.0, 9.0)) + 2.0
            for asset, later in _used(rng, shelf.pull(rep, place, of, what, day), length, had):
                at = start + timedelta(days=day + later)
                uses.append(_use(number, asset + 1, people[rep].id, sets[rep], place, at))
            day += length
        ended = start + timedelta(days=day)
        won = reached == len(STAGES) and rng.random() < 0.55
        deals.append(_deal(number, people[rep], of, what, reached, start, opened, ended, won, now))
    db.session.execute(insert(Deal), deals)
    db.session.execute(insert(StageChange), moves)
    db.session.execute(insert(Use), [use for use in uses if use["at"] <= now])
    db.session.commit()


def _links(shelf: _Shelf, terms: dict[V, list[int]]) -> list[dict[str, int]]:
    """The rows of the terms that the assets carry."""
    return [
        {"asset_id": n + 1, "term_id": terms[vocabulary][int(place)]}
        for vocabulary, places in (
            (V.STAGE, shelf.stage),
            (V.INDUSTRY, shelf.industry),
            (V.PRODUCT, shelf.product),
        )
        for n, place in enumerate(places)
        if place >= 0
    ]


def _used(
    rng: np.random.Generator, pull: Floats, length: float, had: set[int]
) -> Iterator[tuple[int, float]]:
    """Up to two assets that the deal has not `had`, which learns them, each with a day of the
    stage, which is `length` days long."""
    import numpy as np

    for _each in range(int(rng.choice(3, p=(0.35, 0.4, 0.25)))):
        left = np.where(np.isin(np.arange(ASSETS), list(had)), 0.0, pull)
        if left.sum() <= 0:
            return
        asset = int(rng.choice(ASSETS, p=left / left.sum()))
        had.add(asset)
        yield asset, float(rng.uniform(0, length))


def _readily(made_for: Ints, wanted: int) -> Floats:
    import numpy as np

    return np.where(made_for == wanted, FITS, np.where(made_for < 0, FOR_ALL, FOR_OTHERS))


def _people() -> Sequence[Person]:
    people = [
        Person(
            email=f"rep{n}@example.com",
            name=f"Rep {n}",
            role_rows=[PersonRole(role=Role.REP)],
        )
        for n in range(REPS)
    ]
    db.session.add_all(people)
    db.session.flush()
    return people


def _terms() -> dict[V, list[int]]:
    wanted = {
        V.STAGE: STAGES,
        V.INDUSTRY: tuple(f"industry-{n}" for n in range(INDUSTRIES)),
        V.PRODUCT: tuple(f"product-{n}" for n in range(PRODUCTS)),
    }
    made = {
        vocabulary: [Term(vocabulary=vocabulary, slug=slug, label=slug) for slug in slugs]
        for vocabulary, slugs in wanted.items()
    }
    for terms in made.values():
        db.session.add_all(terms)
    db.session.flush()
    return {vocabulary: [term.id for term in terms] for vocabulary, terms in made.items()}


def _assets(owner: Person, start: datetime, published: Sequence[float]) -> None:
    moments = [start + timedelta(days=float(day)) for day in published]
    assets = [
        {
            "id": n,
            "title": f"Asset {n}",
            "status": Status.PUBLISHED,
            "owner_id": owner.id,
            "created_by_id": owner.id,
            "published_at": at,
            "created_at": at,
            "indexed_revision": 1,
        }
        for n, at in enumerate(moments, 1)
    ]
    versions = [
        {
            "id": n,
            "asset_id": n,
            "number": 1,
            "sha256": f"{n:064x}",
            "bytes": 1,
            "filename": "deck.pptx",
            "media_type": "application/pdf",
            "family": "pdf",
            "label": "PDF",
            "state": ReadingState.READY,
            "created_by_id": owner.id,
            "created_at": at,
            "read_at": at,
        }
        for n, at in enumerate(moments, 1)
    ]
    db.session.execute(insert(Asset), assets)
    db.session.execute(insert(AssetVersion), versions)
    db.session.execute(Asset.__table__.update().values(current_version_id=Asset.id))  # type: ignore[attr-defined]


def _move(deal: int, place: int, at: datetime) -> dict[str, Any]:
    return {"deal_id": deal, "stage": STAGES[place], "label": STAGES[place].title(), "at": at}


def _use(
    deal: int, asset: int, person: int, team_set: int, place: int, at: datetime
) -> dict[str, Any]:
    return {
        "asset_id": asset,
        "version_id": asset,
        "deal_id": deal,
        "person_id": person,
        "team_set_id": team_set,
        "stage": STAGES[place],
        "at": at,
        "day": at.date(),
        "evidence": Evidence.DECLARED,
        "created_at": at,
    }


def _deal(
    number: int,
    owner: Person,
    industry: int,
    product: int,
    reached: int,
    start: datetime,
    opened: float,
    ended: datetime,
    won: bool,
    now: datetime,
) -> dict[str, Any]:
    over = ended < now
    return {
        "id": number,
        "external_id": str(number),
        "name": f"Deal {number}",
        "owner_id": owner.id,
        "owner_email": owner.email,
        "stage": STAGES[reached - 1],
        "stage_label": STAGES[reached - 1].title(),
        "industry": f"industry-{industry}",
        "product": f"product-{product}",
        "opened_on": (start + timedelta(days=opened)).date(),
        "closed_on": ended.date() if over else None,
        "outcome": (Outcome.WON if won else Outcome.LOST) if over else Outcome.OPEN,
    }
