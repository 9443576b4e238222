"""Why an asset is suggested, in words: one sentence, and the parts of its score on demand."""

from __future__ import annotations

from flask_babel import gettext as _

from collateral.search.suggesting import Proposal, Reason, Why


def sentence(reason: Reason, stage: str, industry: str) -> str:
    """Why, in one sentence with its numbers."""
    numbers = {"used": reason.used, "deals": reason.deals, "stage": stage, "industry": industry}
    match reason.why:
        case Why.WON_SIMILAR:
            return str(
                _("Used in %(used)s of %(deals)s won deals in %(industry)s at %(stage)s", **numbers)
            )
        case Why.WON:
            return str(_("Used in %(used)s of %(deals)s won deals at %(stage)s", **numbers))
        case Why.USED:
            return str(_("Used in %(used)s of %(deals)s deals at %(stage)s", **numbers))
        case Why.EXPLORES:
            return str(_("Made for deals like this and little tried so far"))
        case Why.MADE_FOR:
            return str(_("Made for deals like this"))


def parts(proposal: Proposal, stage: str) -> list[tuple[str, str]]:
    """The parts of its score, each with its numbers, as (name, value)."""
    suggestion = proposal.suggestion
    won, every = suggestion.candidate.won, suggestion.candidate.all
    fits = [
        name
        for name, does in (
            (_("industry"), suggestion.candidate.industry),
            (_("product"), suggestion.candidate.product),
            (_("stage"), suggestion.candidate.stage),
        )
        if does
    ]
    shown = [
        (
            _("Used at %(stage)s", stage=stage),
            _(
                "in %(used)s of %(deals)s deals, in %(won_used)s of %(won)s won",
                used=every.used,
                deals=every.deals,
                won_used=won.used,
                won=won.deals,
            ),
        ),
        (
            _("In this industry"),
            _(
                "in %(used)s of %(deals)s deals, in %(won_used)s of %(won)s won",
                used=every.similar_used,
                deals=every.similar_deals,
                won_used=won.similar_used,
                won=won.similar_deals,
            ),
        ),
        (_("Made for this deal's"), ", ".join(fits) or _("nothing of it")),
        (_("Age of the version"), _("%(days)s days", days=round(suggestion.candidate.age))),
        (
            _("Score"),
            _(
                "%(score)s = %(proven)s use + %(match)s match + %(fresh)s freshness",
                score=f"{suggestion.score:.2f}",
                proven=f"{suggestion.proven:.2f}",
                match=f"{suggestion.match:.2f}",
                fresh=f"{suggestion.fresh:.2f}",
            ),
        ),
    ]
    if suggestion.explores:
        shown.append((_("Why it is here"), _("The last place tries what has little evidence yet")))
    return [(str(name), str(value)) for name, value in shown]
