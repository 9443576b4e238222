"""A year at Kelvane: deals with their stages, and what sales did with the library meanwhile.

Pure: from a seed, a moment and the catalogue follow the same rows each time. Nothing here
touches a database; the loader turns the rows into deals, events, uses and searches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from collateral.demo.catalogue import Sample
from collateral.demo.dealings import play_deals
from collateral.demo.packed import MadePack, play_packs
from collateral.demo.played import PlayedDeal
from collateral.demo.sending import Link, play_links
from collateral.demo.visits import Adapted, Happening, Looked, Visits
from collateral.demo.wanted import Asked, play_requests

LIBRARY_DAYS = 365
"""How long Kelvane has had the library; deals go back further."""


@dataclass(frozen=True)
class Said:
    """A use: this asset, in this deal, at this stage, by this person."""

    at: datetime
    asset: str
    version: int
    deal: str
    stage: str
    person: str
    evidence: str


@dataclass(frozen=True)
class Year:
    """All that happened, each list in order of time."""

    deals: Sequence[PlayedDeal]
    uses: Sequence[Said]
    events: Sequence[Happening]
    searches: Sequence[Looked]
    adaptations: Sequence[Adapted]
    packs: Sequence[MadePack]
    links: Sequence[Link]
    requests: Sequence[Asked]


def play(seed: int, now: datetime, samples: Sequence[Sample], *, days: int = LIBRARY_DAYS) -> Year:
    """The year that ends at ``now`` (with a time zone), of which the library was used ``days``."""
    start = now - timedelta(days=days)
    deals = play_deals(Random(f"{seed}:deals"), now, start, samples)
    visits = Visits(Random(f"{seed}:visits"), now, start, samples)
    uses: list[Said] = []
    for deal in deals:
        for use in deal.uses:
            visits.before_use(deal, use)
            if use.said:
                uses.append(
                    Said(
                        use.at,
                        use.asset,
                        use.version,
                        deal.external_id,
                        use.stage,
                        deal.owner,
                        use.evidence,
                    )
                )
    visits.browse()
    adaptations = visits.adapt(deals)
    links = play_links(Random(f"{seed}:links"), now, samples, deals, visits.events)
    packs, of_packs = play_packs(Random(f"{seed}:packs"), now, start, samples, deals)
    return Year(
        deals=deals,
        uses=sorted(uses, key=lambda use: use.at),
        events=sorted(visits.events, key=lambda event: (event.at, event.person, event.asset)),
        searches=sorted(visits.searches, key=lambda search: search.number),
        adaptations=sorted(adaptations, key=lambda adapted: adapted.at),
        packs=packs,
        links=sorted([*links, *of_packs], key=lambda link: link.at),
        requests=play_requests(Random(f"{seed}:requests"), now, start, samples, deals),
    )
