"""What retirement tells people."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from collateral.notify.kinds import Facts, Kind, declare
from collateral.templating import format_date
from collateral.words import N_


def _asset(facts: Facts) -> str:
    return f"/assets/{facts['asset']}"


def _day(facts: Facts) -> str:
    return format_date(date.fromisoformat(str(facts["day"])))


RETIRED = declare(
    Kind(
        "download_retired",
        N_("An asset that I downloaded is retired"),
        sentence=lambda f: (
            _(
                "“%(title)s”, which you downloaded, is retired; use “%(instead)s”.",
                title=f["title"],
                instead=f["instead"],
            )
            if f["instead"]
            else _("“%(title)s”, which you downloaded, is retired.", title=f["title"])
        ),
        address=_asset,
        about=("asset",),
    )
)
GOING = declare(
    Kind(
        "asset_going",
        N_("An asset of mine is about to be retired"),
        sentence=lambda f: _(
            "“%(title)s” will be out of search on %(day)s. You can keep it until then.",
            title=f["title"],
            day=_day(f),
        ),
        address=_asset,
        about=("asset",),
    )
)
ASKED = declare(
    Kind(
        "docket_mend",
        N_("An asset of mine is to be mended"),
        sentence=lambda f: _(
            "%(name)s asks you to mend “%(title)s” by %(day)s.",
            name=f["name"],
            title=f["title"],
            day=_day(f),
        ),
        address=_asset,
        about=("asset",),
    )
)
REVIEW = declare(
    Kind(
        "review_due",
        N_("A review of an asset of mine is due"),
        sentence=lambda f: _(
            "“%(title)s” is to be reviewed by %(day)s.", title=f["title"], day=_day(f)
        ),
        address=_asset,
        about=("asset",),
    )
)
EXPIRY = declare(
    Kind(
        "asset_expires",
        N_("An asset of mine expires"),
        sentence=lambda f: _(
            "What “%(title)s” says expires on %(day)s.", title=f["title"], day=_day(f)
        ),
        address=_asset,
        about=("asset",),
    )
)
