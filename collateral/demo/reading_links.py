"""Plays one reading of a link: pages and seconds; and what programs fetch beside the readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from collateral.demo.catalogue import Sample
from collateral.demo.eligible import Shelf

SIGN = timedelta(seconds=9)
"""How long after the page came somebody touches it; from then on it is a visit."""
LONGEST = 600.0

BROWSERS: Mapping[str, str] = {
    "computer": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/148.0 Safari/537.36",
    "phone": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_2 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/19.2 Mobile/15E148 Safari/604.1",
    "tablet": "Mozilla/5.0 (iPad; CPU OS 19_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/19.1 Safari/604.1",
}
_SCANNERS = (
    "Microsoft Office Existence Discovery",
    "Mozilla/5.0 (compatible; Barracuda Sentinel)",
    "Mimecast URL Protect",
)
_PREVIEWS = ("WhatsApp/2.26", "Slackbot-LinkExpanding 1.0", "SkypeUriPreview Preview/0.5")


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page of a version, and the seconds for which it was seen."""

    asset: str
    version: int
    page: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One visit. `reader` tells the browsers of one link apart."""

    opened: datetime
    reader: int
    device: str
    pages: tuple[PageSeen, ...]
    email: str = ""
    own: bool = False
    """Somebody of Kelvane's looked; it does not count."""
    downloads: int = 0

    @property
    def began(self) -> datetime:
        """The first sign of a reader, which opens the first asset."""
        return self.opened + SIGN

    @property
    def seconds(self) -> float:
        return round(sum(page.seconds for page in self.pages), 2)

    @property
    def ended(self) -> datetime:
        return self.began + timedelta(seconds=self.seconds)

    def cut(self, at: datetime) -> Reading:
        """The same as far as it had come by then, one page at least."""
        kept: list[PageSeen] = []
        left = (at - self.began).total_seconds()
        for page in self.pages:
            if kept and left < page.seconds:
                break
            kept.append(replace(page, seconds=round(max(0.5, min(page.seconds, left)), 1)))
            left -= page.seconds
        return replace(self, pages=tuple(kept))

    def openings(self) -> Iterator[tuple[str, int, datetime]]:
        """Each asset of which it saw a page, with the version and the moment."""
        at, known = self.began, set()
        for page in self.pages:
            if page.asset not in known:
                known.add(page.asset)
                yield page.asset, page.version, at
            at += timedelta(seconds=page.seconds)


@dataclass(frozen=True, slots=True)
class Fetched:
    """The link was asked for, and nobody read it."""

    at: datetime
    outcome: str
    program: str


class Reader:
    """Draws what buyers do with a link."""

    def __init__(self, rng: Random, shelf: Shelf, samples: Sequence[Sample]) -> None:
        self._rng, self._shelf = rng, shelf
        self._samples = {sample.key: sample for sample in samples}

    def device(self) -> str:
        return self._rng.choices(("computer", "phone", "tablet"), (0.66, 0.28, 0.06))[0]

    def read(
        self,
        assets: Sequence[str],
        at: datetime,
        *,
        reader: int,
        device: str,
        email: str = "",
        skim: bool = False,
    ) -> Reading:
        """A visit whose first sign came at that moment, to one asset after the other."""
        pages = [page for asset in assets for page in self._pages(asset, at, skim=skim)]
        return Reading(at - SIGN, reader, device, tuple(pages), email)

    def read_pages(
        self, places: Sequence[tuple[str, int, int]], at: datetime, *, reader: int, device: str
    ) -> Reading:
        """A visit to the first so many of these pages: asset, version, page."""
        upto = self._rng.randint(1, len(places))
        pages = [
            PageSeen(asset, version, page, self._seconds(asset, page, len(places)))
            for asset, version, page in places[:upto]
        ]
        return Reading(at - SIGN, reader, device, tuple(pages))

    def glance(self, assets: Sequence[str], at: datetime) -> Reading:
        """The rep looks whether the link works."""
        pages = tuple(
            PageSeen(asset, self._shelf.version_at(asset, at), 1, self._rng.randint(3, 9))
            for asset in assets
        )
        return Reading(at, 0, "computer", pages, own=True)

    def programs(self, sent: datetime, ends: datetime, *, gate: bool = False) -> Iterator[Fetched]:
        """What fetched the link and read nothing: mail filters, previews, the merely curious."""
        rng = self._rng
        for share, outcome, names, minutes in (
            (0.5, "scanner", _SCANNERS, 2.0),
            (0.12, "preview", _PREVIEWS, 90.0),
            (0.14, "silent", (BROWSERS["computer"],), 3000.0),
            (0.5 if gate else 0.0, "gate", (BROWSERS["phone"],), 4000.0),
        ):
            at = sent + timedelta(minutes=rng.uniform(0.3, minutes))
            if rng.random() < share and at < ends:
                yield Fetched(at, outcome, rng.choice(names))

    def _pages(self, key: str, at: datetime, *, skim: bool) -> Iterator[PageSeen]:
        rng, sample = self._rng, self._samples[key]
        version = self._shelf.version_at(key, at)
        count = sample.sure_pages(version)
        upto = count if rng.random() < 0.45 else rng.randint(max(1, count // 3), count)
        for page in range(1, upto + 1):
            if page == 1 or rng.random() > (0.45 if skim else 0.1):
                yield PageSeen(key, version, page, self._seconds(key, page, count))

    def _seconds(self, key: str, page: int, count: int) -> float:
        """A deck's cover is turned soon, a page of few is read; and each asset has pages where
        whoever reads it stays."""
        often = 2.5 if count < 4 else 0.4 if page == 1 else 1.0
        often *= 2.2 if Random(f"{key}:{page}").random() < 0.2 else 1.0
        return round(min(LONGEST, often * self._rng.lognormvariate(2.9, 0.7)), 1)
