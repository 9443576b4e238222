"""Plays the links that reps sent in their deals, and what buyers read of them.

Each use that the year knows by a link has that link here, and the visit by which it is known.
No other link of a deal was read: so the uses stay those of the deals, and whatever is worked
out from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from collateral.demo.buyers import Buyer, buyer
from collateral.demo.catalogue import Sample
from collateral.demo.company import person
from collateral.demo.eligible import Shelf
from collateral.demo.hours import working_moment
from collateral.demo.played import PlayedDeal, PlayedUse
from collateral.demo.reading_links import Fetched, Reader, Reading
from collateral.demo.visits import Happening

TOGETHER = timedelta(days=2)
"""What a buyer opened within so long in one deal came by one link."""
UNREAD = 0.12
"""Share of the uses that reps said of which the link was never opened."""
WORKING = range(7, 19)
FRESH = timedelta(minutes=5)
"""So long before now nothing happens any more."""

_LIVES = (30, 60, 90, 180)  # days


@dataclass(frozen=True)
class Link:
    """A link as it was sent, and what became of it. Of a pack it has the pack's assets."""

    by: str
    at: datetime
    session: str
    recipient: str
    email: str
    sent: tuple[tuple[str, int], ...]
    """Each asset, with the version that it was then."""
    deal: str = ""
    pack: str = ""
    expires: datetime | None = None
    revoked: datetime | None = None
    allowed: tuple[str, ...] = ()
    """Addresses and domains that its gate lets in; without any it has none."""
    download: bool = False
    watermark: bool = False
    readings: tuple[Reading, ...] = ()
    fetched: tuple[Fetched, ...] = ()

    @property
    def assets(self) -> tuple[str, ...]:
        return tuple(asset for asset, _ in self.sent)

    def ends(self, now: datetime) -> datetime:
        """Until when it could be read."""
        return min(now - FRESH, self.expires or now, self.revoked or now)


def play_links(
    rng: Random,
    now: datetime,
    samples: Sequence[Sample],
    deals: Sequence[PlayedDeal],
    events: Sequence[Happening],
) -> list[Link]:
    """All links of the deals, in order of time."""
    sender = _Sender(rng, now, samples, events)
    links = [link for deal in deals for link in sender.links(deal)]
    return sorted(links, key=lambda link: (link.at, link.deal, link.assets))


class _Sender:
    """Sends what the uses say, after the rep looked at it and before the buyer opened it."""

    def __init__(
        self,
        rng: Random,
        now: datetime,
        samples: Sequence[Sample],
        events: Sequence[Happening],
    ) -> None:
        self._rng, self._now = rng, now
        self._shelf = Shelf(samples, now)
        self._reader = Reader(rng, self._shelf, samples)
        # By deal and asset, when the rep looked at it, and in which session.
        self._looks: dict[tuple[str, str], list[tuple[datetime, str]]] = {}
        for event in events:
            if event.deal and event.kind == "viewed":
                looks = self._looks.setdefault((event.deal, event.asset), [])
                looks.append((event.at, event.session))

    def links(self, deal: PlayedDeal) -> Iterator[Link]:
        """The deal's links: those that were read, and some that never were."""
        to = buyer(self._rng, deal.account, deal.region)
        for uses in self._together(deal):
            yield self._read(self._sent(deal, to, uses), deal, to, uses)
        for use in deal.uses:
            told = use.said and use.evidence == "declared"
            if told and self._shelf.for_buyers(use.asset) and self._rng.random() < UNREAD:
                link = self._sent(deal, to, [use])
                programs = self._reader.programs(link.at, link.ends(self._now))
                yield replace(link, fetched=tuple(programs))

    def _together(self, deal: PlayedDeal) -> Iterator[list[PlayedUse]]:
        """The uses that are known by a link, those of one link together, the first first."""
        observed = sorted(
            (use for use in deal.uses if use.said and use.evidence == "observed"),
            key=lambda use: (use.at, use.asset),
        )
        group: list[PlayedUse] = []
        for use in observed:
            begun = group[0] if group else use
            fits = (
                use.stage == begun.stage
                and use.at - begun.at < TOGETHER
                and self._shelf.published(use.asset, begun.at - TOGETHER)
            )
            if group and not fits:
                yield group
                group = []
            group.append(use)
        if group:
            yield group

    def _sent(self, deal: PlayedDeal, to: Buyer, uses: Sequence[PlayedUse]) -> Link:
        rng, who = self._rng, person(deal.owner)
        at, session = self._moment(deal, uses[0])
        expires = None
        if rng.random() < 0.4:
            day = (at + timedelta(days=rng.choice(_LIVES))).date()
            expires = datetime.combine(day, time(), ZoneInfo(who.time_zone)).astimezone(UTC)
        gated = rng.random() < 0.1
        return Link(
            by=deal.owner,
            at=at,
            session=session,
            recipient=f"{to.name}, {to.account}",
            email=to.email if gated or rng.random() < 0.6 else "",
            sent=tuple((use.asset, self._shelf.version_at(use.asset, at)) for use in uses),
            deal=deal.external_id,
            expires=expires,
            revoked=self._revoked(deal, expires),
            allowed=(to.domain,) if gated else (),
            download=rng.random() < 0.35,
            watermark=rng.random() < (0.6 if gated else 0.06),
        )

    def _moment(self, deal: PlayedDeal, use: PlayedUse) -> tuple[datetime, str]:
        """When it was sent, and in which session: after a look at night or on a Sunday in the
        morning of the day on which the buyer opened it."""
        looks = self._looks.get((deal.external_id, use.asset), [])
        before = [look for look in looks if look[0] < use.at - timedelta(seconds=40)]
        looked, session = max(before, default=(use.at - timedelta(minutes=2), ""))
        at = looked + min(timedelta(minutes=2), (use.at - looked) / 2)
        zone = ZoneInfo(person(deal.owner).time_zone)
        local = at.astimezone(zone)
        if local.weekday() > 4 or local.hour not in WORKING:
            morning = datetime.combine(use.at.astimezone(zone), time(8, self._rng.randrange(50)))
            morning = morning.replace(tzinfo=zone).astimezone(UTC)
            at = max(at, min(morning, use.at - timedelta(seconds=90)))
        return max(at, deal.opened), session

    def _revoked(self, deal: PlayedDeal, expires: datetime | None) -> datetime | None:
        """Some switch their links off when the deal is lost."""
        if deal.outcome != "lost" or deal.closed is None or self._rng.random() > 0.15:
            return None
        at = deal.closed + timedelta(hours=self._rng.uniform(1, 30))
        return at if at < min(self._now - FRESH, expires or self._now) else None

    def _read(self, link: Link, deal: PlayedDeal, to: Buyer, uses: Sequence[PlayedUse]) -> Link:
        """The same with its visits: those by which the uses are known, then later and others'."""
        rng, reader, ends = self._rng, self._reader, link.ends(self._now)
        email = to.email if link.allowed else ""
        device, last = reader.device(), uses[-1].at
        known = [
            reader.read([use.asset], use.at, reader=1, device=device, email=email).cut(ends)
            for use in uses
        ]
        others = []
        if not link.allowed and rng.random() < 0.12:
            others.append(reader.glance(link.assets[:1], link.at + timedelta(minutes=4)))
        if rng.random() < 0.35:  # once more, before the meeting
            others += self._later(link, deal, last, 1, device, email)
        for number in range(2, 2 + rng.choices((0, 1, 2), (7, 2.4, 0.6))[0]):  # forwarded
            other = buyer(rng, deal.account, deal.region).email if link.allowed else ""
            others += self._later(link, deal, last, number, reader.device(), other)
        readings = [*known, *(reading for reading in others if reading.ended <= ends)]
        return replace(
            link,
            readings=tuple(
                self._taken(link, reading)
                for reading in sorted(readings, key=lambda reading: reading.opened)
            ),
            fetched=tuple(reader.programs(link.at, ends, gate=bool(link.allowed))),
        )

    def _later(
        self,
        link: Link,
        deal: PlayedDeal,
        last: datetime,
        number: int,
        device: str,
        email: str,
    ) -> list[Reading]:
        """A visit within the week after the last; none where the day's draw lies before it."""
        near = last + timedelta(days=self._rng.uniform(0.1, 7))
        at = working_moment(self._rng, near, person(deal.owner))
        if at < last + timedelta(minutes=30):
            return []
        assets = link.assets
        return [self._reader.read(assets, at, reader=number, device=device, email=email, skim=True)]

    def _taken(self, link: Link, reading: Reading) -> Reading:
        """The same, and some take the file with them."""
        takes = link.download and not reading.own and self._rng.random() < 0.4
        return replace(reading, downloads=1) if takes else reading
