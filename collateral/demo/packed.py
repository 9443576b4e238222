"""The packs that Kelvane's reps put together, and the links by which they sent them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from collateral.demo.catalogue import Sample
from collateral.demo.company import person
from collateral.demo.eligible import Shelf
from collateral.demo.hours import working_moment
from collateral.demo.played import PlayedDeal
from collateral.demo.reading_links import Reader
from collateral.demo.sending import FRESH, Link

STAND_DAYS = 21
"""For so long whoever was at the stand still opens what they took from it."""
STAND_VISITS = 14


@dataclass(frozen=True)
class Pack:
    """One pack; of an asset some pages, or all where none are named. `days` ago it was made."""

    title: str
    owner: str
    items: tuple[tuple[str, tuple[int, ...]], ...]
    days: int
    account: str = ""
    """Of the deal that it is for."""
    follows: bool = True
    bound: bool = True
    """Whether it has a cover and a list of contents."""
    sent_to: str = ""
    sent_days: int = 0


PACKS = (
    Pack(
        "Lindau, second meeting",
        "maja.brandt",
        (("predict-for-breweries", (1, 3, 5, 8)), ("hollis-dairy-de", ()), ("stop-cost-sheet", ())),
        days=4,
        account="Brauwerk Lindau",
    ),
    Pack(
        "Packaging fair, what we show at the stand",
        "priyanka.shah",
        (("change-over-packaging", (1, 3, 5, 8)), ("quill-packaging", ()), ("ardent-snacks", ())),
        days=96,
        bound=False,
        sent_to="Whoever was at our stand",
        sent_days=88,
    ),
    Pack(
        "Board machine 2, for their board",
        "aino.virtanen",
        (
            ("cost-of-unplanned-downtime", (1, 3, 4)),
            ("nordmark-paper", ()),
            ("live-in-twelve-weeks", ()),
        ),
        days=3,
        account="Saimaa Board",
        follows=False,
        sent_to="Liisa Rinne, Saimaa Board",
        sent_days=2,
    ),
)

Place = tuple[str, int, int]
"""Asset, version, page."""


@dataclass(frozen=True)
class MadePack:
    """A pack as it was made: its items with the versions of then, and its deal, if it has one."""

    pack: Pack
    at: datetime
    deal: str
    items: tuple[tuple[str, int, int | None], ...]


def play_packs(
    rng: Random,
    now: datetime,
    start: datetime,
    samples: Sequence[Sample],
    deals: Sequence[PlayedDeal],
) -> tuple[list[MadePack], list[Link]]:
    """The packs that were made since the library began, and their links."""
    shelf, known = Shelf(samples, now), {sample.key: sample for sample in samples}
    reader = Reader(rng, shelf, samples)
    open_deals = {deal.account: deal for deal in deals if deal.outcome == "open"}
    packs, links = [], []
    for pack in PACKS:
        owner = person(pack.owner)
        at = working_moment(rng, now - timedelta(days=pack.days), owner, before=now - 4 * FRESH)
        items = tuple(_items(pack, shelf, known, at))
        if at < start or not items:
            continue
        deal = open_deals.get(pack.account)
        made = MadePack(pack, at, deal.external_id if deal else "", items)
        packs.append(made)
        if pack.sent_to:
            links.append(_link(rng, now, reader, made, known))
    return packs, links


def _items(
    pack: Pack, shelf: Shelf, known: Mapping[str, Sample], at: datetime
) -> Iterator[tuple[str, int, int | None]]:
    for asset, pages in pack.items:
        if asset in known and shelf.published(asset, at):
            for page in pages or (None,):
                yield asset, shelf.version_at(asset, at), page


def _link(
    rng: Random, now: datetime, reader: Reader, made: MadePack, known: Mapping[str, Sample]
) -> Link:
    """A link to it: in a deal nobody has read it yet, from a stand many have."""
    pack = made.pack
    at = working_moment(
        rng, now - timedelta(days=pack.sent_days), person(pack.owner), before=now - 2 * FRESH
    )
    at = max(at, made.at + timedelta(minutes=3))
    places = [
        (asset, version, number)
        for asset, version, page in made.items
        for number in ([page] if page else range(1, known[asset].sure_pages(version) + 1))
    ]
    readings = []
    if not made.deal:
        for number in range(1, STAND_VISITS + 1):
            moment = at + timedelta(days=STAND_DAYS * rng.random() ** 2, minutes=20)
            if moment < now - timedelta(hours=2):
                readings.append(
                    reader.read_pages(places, moment, reader=number, device=reader.device())
                )
    return Link(
        by=pack.owner,
        at=at,
        session="",
        recipient=pack.sent_to,
        email="",
        sent=tuple(dict.fromkeys((asset, version) for asset, version, _ in made.items)),
        deal=made.deal,
        pack=pack.title,
        download=not made.deal,
        readings=tuple(sorted(readings, key=lambda reading: reading.opened)),
        fetched=tuple(reader.programs(at, now - FRESH)),
    )
