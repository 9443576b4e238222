"""What Kelvane's reps think of some assets: stars, and what they flagged as wrong.

Ratings go by the operation that anybody's go by. Flags are rows: their owners would be told today
of what was said long ago, and resolving one stands in the audit trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.db import db
from collateral.demo.loaded import Loaded
from collateral.requests.feedback import rate
from collateral.requests.models_feedback import Flag, FlagReason, FlagState


@dataclass(frozen=True)
class Stars:
    """What one rep gave the version that is there now, `days` ago."""

    asset: str
    by: str
    stars: int
    days: int
    sentence: str = ""


@dataclass(frozen=True)
class Flagged:
    asset: str
    version: int
    by: str
    reason: FlagReason
    sentence: str
    days: int
    mended_by: str = ""
    """Who mended it; without, it is open."""
    mended_days: int = 0
    note: str = ""


STARS = (
    Stars("hollis-dairy", "maja.brandt", 5, 71, "The one that everybody reads to the end."),
    Stars("hollis-dairy", "priyanka.shah", 5, 40),
    Stars("hollis-dairy", "aino.virtanen", 4, 22, "A paper mill asks for paper; still, they read."),
    Stars("cost-of-unplanned-downtime", "tove.berg", 5, 120, "Page 4 opens every first call."),
    Stars("cost-of-unplanned-downtime", "daniel.kerr", 4, 88),
    Stars("cost-of-unplanned-downtime", "hannah.keller", 4, 34),
    Stars("cost-of-unplanned-downtime", "rhys.morgan", 3, 19, "Long for half an hour."),
    Stars("line-output-in-twelve-weeks", "maja.brandt", 2, 96, "I rebuild page 3 each time."),
    Stars("line-output-in-twelve-weeks", "aoife.brennan", 3, 62),
    Stars(
        "line-output-in-twelve-weeks",
        "erik.sandstrom",
        2,
        30,
        "Crisps do not help me in a steel mill.",
    ),
    Stars("packages-and-prices", "grace.adeyemi", 3, 44),
    Stars("packages-and-prices", "priyanka.shah", 2, 15, "They ask for pounds, I type them in."),
    Stars("kosten-ungeplanter-stillstaende", "jonas.weber", 5, 77, "Sitzt."),
    Stars("kosten-ungeplanter-stillstaende", "selin.aydin", 4, 51),
    Stars("stop-cost-sheet", "bram.de.vries", 4, 58, "They fill it in while I am still talking."),
    Stars("predict-for-breweries", "maja.brandt", 4, 6, "Fenwick is far away from Lindau."),
)

FLAGGED = (
    Flagged(
        "packages-and-prices",
        2,
        "priyanka.shah",
        FlagReason.OUT_OF_DATE,
        "The licence for the second plant is last year's.",
        3,
    ),
    Flagged(
        "pilot-agreement",
        1,
        "aoife.brennan",
        FlagReason.WRONG,
        "It promises the sensors back in two weeks; it takes us four.",
        118,
        mended_by="ilse.roth",
        mended_days=101,
        note="Version 2 says thirty days.",
    ),
)


def load_opinions(people: Mapping[str, Person], loaded: Loaded, *, at: datetime) -> None:
    """Rate and flag what of it is in the library."""
    for one in STARS:
        if one.asset in loaded.assets:
            asset = db.session.get_one(Asset, loaded.assets[one.asset])
            moment = at - timedelta(days=one.days)
            rate(asset, one.stars, by=people[one.by], at=moment, sentence=one.sentence)
    for flagged in FLAGGED:
        if flagged.asset in loaded.assets:
            db.session.add(_flag(flagged, loaded, at))


def _flag(flagged: Flagged, loaded: Loaded, at: datetime) -> Flag:
    mended = bool(flagged.mended_by)
    return Flag(
        asset_id=loaded.assets[flagged.asset],
        version_id=loaded.versions[flagged.asset, flagged.version],
        by_id=loaded.people[flagged.by],
        reason=flagged.reason,
        sentence=flagged.sentence,
        at=at - timedelta(days=flagged.days),
        state=FlagState.MENDED if mended else FlagState.OPEN,
        note=flagged.note,
        resolved_by_id=loaded.people[flagged.mended_by] if mended else None,
        resolved_at=at - timedelta(days=flagged.mended_days) if mended else None,
    )
