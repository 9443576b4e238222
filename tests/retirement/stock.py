"""A library of which two thirds are ignored, for tests of the docket."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import numpy as np
from sqlalchemy import insert, select, update

from collateral.accounts.models import Person
from collateral.assets.models import (
    Asset,
    AssetTerm,
    AssetVersion,
    ReadingState,
    Status,
    Term,
    Vocabulary,
)
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.usage.counting import zone
from collateral.usage.models import DailySum, Evidence, Level, MonthlySum, Use
from collateral.usage.rules import counting_day
from collateral.usage.team_sets import set_of
from tests.factories import make_term

ASSETS, DEALS, LIVE = 120, 150, 40


def stock(marketer: Person, rep: Person) -> list[int]:
    """120 assets out for two years, 150 deals that fit all of them; the first forty are used,
    of the others ten are never shown, the rest shown and not opened. All ids in order."""
    rng = np.random.default_rng(4)
    # A library that was begun by `collateral init` has the usual words.
    deck = db.session.scalar(
        select(Term).where(Term.vocabulary == Vocabulary.TYPE, Term.slug == "deck")
    ) or make_term(Vocabulary.TYPE, "deck")
    line = make_term(Vocabulary.PRODUCT, "line")
    today = counting_day(now(), zone())
    long_ago = now() - timedelta(days=700)
    rows = [
        {
            "title": f"Deck {n}",
            "status": Status.PUBLISHED,
            "owner_id": marketer.id,
            "created_by_id": marketer.id,
            "published_at": long_ago,
            "cost_amount": Decimal(1000 + n),
            "cost_currency": "EUR",
        }
        for n in range(ASSETS)
    ]
    db.session.execute(insert(Asset), rows)
    ids = list(
        db.session.scalars(select(Asset.id).where(Asset.title.like("Deck %")).order_by(Asset.id))
    )
    db.session.execute(
        insert(AssetVersion),
        [
            {
                "asset_id": i,
                "number": 1,
                "sha256": f"{i:064x}",
                "bytes": 1,
                "filename": "deck.pptx",
                "media_type": "application/octet-stream",
                "family": "deck",
                "label": "PowerPoint deck",
                "state": ReadingState.READY,
                "created_by_id": marketer.id,
            }
            for i in ids
        ],
    )
    db.session.execute(
        update(Asset)
        .values(
            current_version_id=select(AssetVersion.id)
            .where(AssetVersion.asset_id == Asset.id)
            .scalar_subquery()
        )
        .where(Asset.id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        insert(AssetTerm),
        [{"asset_id": i, "term_id": t.id} for i in ids for t in (deck, line)],
    )
    teams = set_of(rep)
    opened = today - timedelta(days=200)
    db.session.execute(
        insert(Deal),
        [
            {
                "external_id": f"d{n}",
                "name": f"Deal {n}",
                "owner_id": rep.id,
                "product": "line",
                "opened_on": opened,
                "closed_on": today - timedelta(days=3) if n else None,
                "outcome": (Outcome.WON if n % 2 else Outcome.LOST) if n else Outcome.OPEN,
            }
            for n in range(DEALS)
        ],
    )
    deals = list(
        db.session.scalars(select(Deal.id).where(Deal.external_id.like("d%")).order_by(Deal.id))
    )
    uses, sums = [], []
    for place, asset_id in enumerate(ids):
        count = int(rng.poisson(7 * rng.gamma(3.0, 1 / 3))) + 1 if place < LIVE else 0
        signs = 2 * count + int(rng.poisson(2)) if count else 0
        shown = 300 if place < LIVE or place >= LIVE + 10 else 0
        views = 50 + signs if place < LIVE else 1 if shown else 0
        day = today - timedelta(days=40)
        uses += [
            {
                "asset_id": asset_id,
                "deal_id": deal_id,
                "person_id": rep.id,
                "team_set_id": teams,
                "at": now() - timedelta(days=40),
                "day": day,
                "evidence": Evidence.DECLARED,
            }
            for deal_id in rng.choice(deals, min(count, DEALS), replace=False).tolist()
        ]
        counted = {"shown": shown, "views": views, "downloads": signs, "uses": count}
        sums.append({"ref": asset_id, "day": day, **counted})
    db.session.execute(insert(Use), uses)
    for model in (DailySum, MonthlySum):
        db.session.execute(
            insert(model),
            [
                {
                    **row,
                    "level": Level.ASSET,
                    "team_set_id": teams,
                    "day": row["day"] if model is DailySum else row["day"].replace(day=1),
                }
                for row in sums
            ],
        )
    db.session.commit()
    return ids
