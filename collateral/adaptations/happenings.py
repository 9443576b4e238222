"""What other systems can be told of adaptations."""

from __future__ import annotations

from collateral.adaptations.models import Adaptation
from collateral.notify.happenings import Happening, declare_happening
from collateral.notify.kinds import Facts
from collateral.words import N_


def facts_of(adaptation: Adaptation) -> Facts:
    """Which it is, and of which asset."""
    facts: dict[str, str | int] = {"adaptation": adaptation.id, "title": adaptation.title}
    if adaptation.asset_id is not None:
        facts["asset"] = adaptation.asset_id
    return facts


def _page(facts: Facts) -> str:
    return f"/adaptations/{facts['adaptation']}"


SUBMITTED = declare_happening(
    Happening(
        "adaptation.submitted",
        N_("An adaptation is submitted"),
        _page,
        about=("adaptation", "asset"),
    )
)
REVIEWED = declare_happening(
    Happening(
        "adaptation.reviewed",
        N_("An adaptation is accepted, merged or declined"),
        _page,
        about=("adaptation", "asset"),
    )
)
