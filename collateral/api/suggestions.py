"""What to use next in a deal, as its page suggests it."""

from __future__ import annotations

from flask_babel import gettext
from msgspec import Struct

from collateral.accounts.permissions import Permission
from collateral.api.auth import actor
from collateral.api.calls import Call
from collateral.api.deals import find_deal
from collateral.api.shapes import Named
from collateral.assets.models import Vocabulary
from collateral.clock import now
from collateral.deals.models import Outcome
from collateral.deals.presenting import term_names
from collateral.search.suggesting import Proposal, suggestions_for
from collateral.search.suggestion_words import sentence


class ScoreShape(Struct, forbid_unknown_fields=True):
    """The score is the sum of its parts: past use, match with the deal, freshness."""

    score: float
    proven: float
    match: float
    fresh: float


class SuggestedAsset(Struct, forbid_unknown_fields=True):
    """`reasons` are sentences with their numbers. `explores`: it has little evidence yet, and is
    here so that there may come to be some."""

    asset: Named
    reasons: list[str]
    explores: bool
    parts: ScoreShape


class Suggestions(Struct, forbid_unknown_fields=True):
    """The best first; none for a deal that has ended."""

    items: list[SuggestedAsset]


@Call(
    "GET",
    "/deals/<crm_id:deal>/suggestions",
    permission=Permission.DEAL_READ,
    does="What to use next in a deal, and why.",
    answers=Suggestions,
)
def list_suggestions(deal: str) -> Suggestions:
    found = find_deal(deal)
    if found.outcome is not Outcome.OPEN:
        return Suggestions([])
    stage = found.stage_label or gettext("this stage")
    industry = term_names(found).get(Vocabulary.INDUSTRY.value, "")
    return Suggestions(
        [
            _shape(each, sentence(each.reason, stage, industry))
            for each in suggestions_for(found, actor(), at=now())
        ]
    )


def _shape(proposal: Proposal, why: str) -> SuggestedAsset:
    of = proposal.suggestion
    return SuggestedAsset(
        Named(proposal.asset.id, proposal.asset.title),
        [why],
        of.explores,
        ScoreShape(*(round(part, 4) for part in (of.score, of.proven, of.match, of.fresh))),
    )
