"""What people are told about adaptations."""

from __future__ import annotations

from flask_babel import gettext as _

from collateral.notify.kinds import Facts, Kind, declare


def N_(text: str) -> str:
    """Mark a text for translation where it is shown."""
    return text


def _page(facts: Facts) -> str:
    return f"/adaptations/{facts['adaptation']}"


SUBMITTED = declare(
    Kind(
        "adaptation_submitted",
        N_("An adaptation of an asset of mine was submitted"),
        sentence=lambda facts: _(
            "%(person)s submitted “%(title)s”, adapted from “%(asset)s”.", **facts
        ),
        address=_page,
    )
)
ACCEPTED = declare(
    Kind(
        "adaptation_accepted",
        N_("My adaptation was accepted"),
        sentence=lambda facts: _(
            "%(person)s accepted “%(title)s” as a variant; others find it now.", **facts
        ),
        address=_page,
    )
)
MERGED = declare(
    Kind(
        "adaptation_merged",
        N_("Pages of my adaptation were merged"),
        sentence=lambda facts: _(
            "%(person)s merges pages of “%(title)s” into the next version.", **facts
        ),
        address=_page,
    )
)
DECLINED = declare(
    Kind(
        "adaptation_declined",
        N_("My adaptation was declined"),
        sentence=lambda facts: _("%(person)s declined “%(title)s”: %(reason)s", **facts),
        address=_page,
    )
)
COMMENTED = declare(
    Kind(
        "adaptation_commented",
        N_("Somebody commented on an adaptation that I take part in"),
        sentence=lambda facts: _("%(person)s commented on “%(title)s”: %(text)s", **facts),
        address=_page,
    )
)
VERSION_MADE = declare(
    Kind(
        "adaptation_version_made",
        N_("A version with my pages is out"),
        sentence=lambda facts: _(
            "Version %(number)s of “%(asset)s” has pages of your “%(title)s”.", **facts
        ),
        address=lambda facts: f"/assets/{facts['asset_id']}",
    )
)
