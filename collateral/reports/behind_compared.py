"""The deals behind an asset's influence: those with it, those without, and those left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.db import db
from collateral.deals.models import Deal
from collateral.errors import NotFound
from collateral.reports.behind_listing import Found, Of
from collateral.reports.influence import sides
from collateral.reports.influence_assets import eligible_deals, known_assets
from collateral.reports.influence_cases import first_uses
from collateral.reports.influence_loading import load
from collateral.reports.parts import Asked


def compared(asked: Asked, of: Of, part: slice) -> tuple[Mapping[str, int], list[Found]]:
    """The closed deals that used the asset or that it was made for, the latest first.

    Their outcomes are "with" and "without" for the two sides of the comparison (who used it later
    stands on both, each for its time); left out are
    deals with a use that it was not made for ("outside"), with a use and no deal to be compared
    with ("unpaired"), and without a use and not open at the same stage and age ("elsewhere").

    Raises:
        NotFound: no asset is asked for that the reader may see.
    """
    import numpy as np

    wanted = [of.asset_id] if of.asset_id is not None else []
    loaded = load(asked, wanted)
    known = known_assets(asked, wanted, loaded)
    if not known:
        raise NotFound(_("There is no such asset."))
    used, eligible = first_uses(known[0].id, loaded), eligible_deals(known[0], loaded)
    with_it, without = sides(loaded.cases, used, eligible)
    count, has_use = len(loaded.ids), ~np.isnan(used)
    users, others = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    users[with_it], others[without] = True, True
    named = (
        ("with", users),
        ("without", others),
        ("unpaired", eligible & has_use & ~users),
        ("elsewhere", eligible & ~has_use & ~others),
        ("outside", ~eligible & has_use),
    )
    latest = np.lexsort((loaded.ids, loaded.cases.closed))[::-1].tolist()
    every = [
        (int(loaded.ids[place]), outcome)
        for place in latest
        for outcome, mine in named
        if mine[place]
    ]
    return Counter(outcome for _, outcome in every), _told(every[part])


def _told(shown: Sequence[tuple[int, str]]) -> list[Found]:
    rows = {
        row.id: row
        for row in db.session.execute(
            select(Deal.id, Deal.name, Deal.closed_on, Deal.outcome, Person.name.label("who"))
            .outerjoin(Person, Person.id == Deal.owner_id)
            .where(Deal.id.in_({deal_id for deal_id, _ in shown}))
        )
    }
    return [
        Found(
            rows[deal_id].closed_on,
            rows[deal_id].outcome.value,
            rows[deal_id].who or "",
            ("deal", deal_id, rows[deal_id].name),
            outcome,
        )
        for deal_id, outcome in shown
    ]
