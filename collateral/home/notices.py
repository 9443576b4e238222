"""What people are told of changed assets, saved searches and deals; of deals, others too."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from collateral.notify.happenings import Happening, declare_happening
from collateral.notify.kinds import Facts, Kind, declare
from collateral.words import N_


def _asset(facts: Facts) -> str:
    return f"/assets/{facts['asset']}"


def _with_deals(sentence: str, facts: Facts) -> str:
    """The sentence, and the open deals of hers in which the asset is."""
    if not facts["deals"]:
        return sentence
    said = ngettext(
        "%(sentence)s It is in your deal %(names)s.",
        "%(sentence)s It is in your deals %(names)s.",
        int(facts["count"]),
        sentence=sentence,
        names=facts["deals"],
    )
    return str(said)


def _retired(facts: Facts) -> str:
    if facts["replacement"]:
        sentence = _(
            "“%(title)s” is retired; use “%(other)s” instead.",
            title=facts["title"],
            other=facts["replacement"],
        )
    else:
        sentence = _("“%(title)s” is retired.", title=facts["title"])
    return _with_deals(sentence, facts)


def _renewed(facts: Facts) -> str:
    sentence = _(
        "“%(title)s” has a new version %(number)s.", title=facts["title"], number=facts["version"]
    )
    return _with_deals(sentence, facts)


RETIRED = declare(
    Kind(
        "asset_retired",
        N_("An asset that I sent or used is retired"),
        sentence=_retired,
        address=_asset,
        about=("asset",),
    )
)
RENEWED = declare(
    Kind(
        "asset_renewed",
        N_("An asset that I sent or used has a new version"),
        sentence=_renewed,
        address=_asset,
        about=("asset",),
    )
)
FOUND = declare(
    Kind(
        "search_found",
        N_("Something new in a search that I saved"),
        sentence=lambda facts: str(
            ngettext(
                "“%(first)s” is new in your search “%(search)s”.",
                "“%(first)s” and others are new in your search “%(search)s”, %(num)s in all.",
                int(facts["count"]),
                first=facts["first"],
                search=facts["search"],
            )
        ),
        address=lambda facts: f"/collections/{facts['collection']}",
        about=("asset",),
    )
)


def _closed(facts: Facts) -> str:
    if facts["outcome"] == "won":
        return str(_("“%(deal)s” is won: confirm what you used in it.", deal=facts["name"]))
    return str(_("“%(deal)s” is lost: confirm what you used in it.", deal=facts["name"]))


DEAL_CLOSED = declare_happening(
    Happening(
        "deal.closed",
        N_("A deal is won or lost"),
        lambda facts: f"/deals/{facts['deal']}",
        about=("deal",),
    )
)
CLOSED = declare(
    Kind(
        "deal_closed",
        N_("A deal of mine is closed, and I am asked what I used"),
        sentence=_closed,
        address=lambda facts: f"/deals/{facts['deal']}/confirm",
        about=("deal",),
    )
)
