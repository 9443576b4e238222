"""Plays the visits to the library: searches, results shown, views and downloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from collateral.demo.asked import ASKED, BY_LANGUAGE, GENERAL, NOTHING, Index
from collateral.demo.catalogue import Sample
from collateral.demo.company import PEOPLE, REPS, Colleague, person
from collateral.demo.eligible import Shelf
from collateral.demo.hours import working_moment
from collateral.demo.played import PlayedDeal, PlayedUse

# How readily results of each fate are seen and opened.
_SEEN = {"unseen": 0.1, "shown": 1.5, "dropped": 0.7}
_OPENED = {"unseen": 0.5, "shown": 0.03, "new": 0.8}
_SHOWN_AT_ONCE = 12
_VISITS_A_WEEK = 2.8
_REASONS = (
    ("not my industry",), ("customer's logo",), ("pricing",), ("too long",), ("out of date",),
    ("not my industry", "customer's logo"), ("wrong language",), ("pricing", "customer's logo"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happening:
    """One raw event. ``search`` is the number of the search that led to it, if one did."""

    at: datetime
    kind: str  # shown, viewed or downloaded
    asset: str
    version: int
    person: str
    session: str
    deal: str = ""
    search: int = 0


@dataclass(frozen=True, slots=True)
class Looked:
    """One search, with the assets that were opened from it."""

    number: int
    at: datetime
    person: str
    session: str
    query: str
    total: int
    opened: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class Adapted:
    """A rep's own version of an asset: which pages were dropped or changed, and why."""

    at: datetime
    asset: str
    version: int
    person: str
    deal: str
    reasons: tuple[str, ...]
    minutes: int
    dropped: tuple[int, ...]
    edited: tuple[int, ...]
    submitted: bool


class Visits:
    """Collects what happens in the library while the deals are played."""

    def __init__(
        self, rng: Random, now: datetime, start: datetime, samples: Sequence[Sample]
    ) -> None:
        self._rng, self._now, self._start = rng, now, start
        self._samples = {sample.key: sample for sample in samples}
        self._shelf = Shelf(samples, now)
        self._index = Index(samples)
        self._sessions = 0
        self.events: list[Happening] = []
        self.searches: list[Looked] = []

    def before_use(self, deal: PlayedDeal, use: PlayedUse) -> None:
        """How the rep came to what was then used: found, viewed, downloaded."""
        rng = self._rng
        at = max(self._start, use.at - timedelta(minutes=rng.randint(6, 1500)))
        who = person(deal.owner)
        if not self._shelf.published(use.asset, at):
            at = use.at - timedelta(minutes=3)
        session = self._session()
        search = 0
        if rng.random() < 0.75:
            query = self._query_for(use.asset, who, deal.product)
            search, at = self._look(at, who, session, query, opened=use.asset)
        at = self._view(at, use.asset, who, session, deal.external_id, search)
        if rng.random() < 0.85:
            self._add(at, "downloaded", use.asset, who, session, deal.external_id, search)

    def browse(self) -> None:
        """Visits that led to no use: reps who look around, marketers and managers who check."""
        for who in PEOPLE:
            weekly = _VISITS_A_WEEK * who.pace if who in REPS else 0.9
            at = self._start
            while True:
                at += timedelta(days=7 * self._rng.expovariate(weekly))
                moment = working_moment(self._rng, at, who)
                if moment >= self._now - timedelta(minutes=40):
                    break
                if moment > self._start:
                    self._visit(moment, who)
        self._last_days()

    def adapt(self, deals: Sequence[PlayedDeal]) -> list[Adapted]:
        """What reps made over: assets of fate ``recreated`` most, well-used decks now and then."""
        made = []
        for deal in deals:
            for use in deal.uses:
                sample = self._samples[use.asset]
                often = 0.5 if sample.fate == "recreated" else 0.12 if sample.pull > 6 else 0.03
                if sample.type not in {"Deck", "One-pager", "Playbook"}:
                    continue
                if self._rng.random() < often:
                    made.append(self._adapted(deal, use, sample))
        return made

    def _adapted(self, deal: PlayedDeal, use: PlayedUse, sample: Sample) -> Adapted:
        rng = self._rng
        pages = len(sample.pages(use.version))
        touched = [number for number in range(1, pages + 1) if rng.random() < 0.3]
        edited = tuple(number for number in touched if number == 1 or rng.random() < 0.6)
        dropped = tuple(number for number in touched if number not in edited)
        return Adapted(
            use.at,
            use.asset,
            use.version,
            deal.owner,
            deal.external_id,
            rng.choice(_REASONS),
            rng.choice((25, 40, 60, 90, 130, 210)),
            dropped,
            edited,
            rng.random() < 0.7,
        )

    def _visit(self, at: datetime, who: Colleague) -> None:
        rng = self._rng
        session = self._session()
        for _ in range(rng.choices((1, 2, 3), (6, 3, 1))[0]):
            if at >= self._now - timedelta(minutes=20):
                return
            query = self._query(who)
            for _ in range(4):  # people ask for what there is, as a rule
                if query in NOTHING or self._hits(at, who, query):
                    break
                query = self._query(who)
            _, at = self._look(at, who, session, query)
            at += timedelta(seconds=rng.randint(20, 400))

    def _look(
        self, at: datetime, who: Colleague, session: str, query: str, *, opened: str = ""
    ) -> tuple[int, datetime]:
        """One search: results shown, some of them opened; gives its number and when it ended."""
        rng, number = self._rng, len(self.searches) + 1
        hits = self._hits(at, who, query)
        shown = [
            key
            for _, key in hits[:_SHOWN_AT_ONCE]
            if self._samples[key].fate != "unseen" or rng.random() < 0.04
        ]
        if opened and opened not in shown:
            shown = [opened, *shown][:_SHOWN_AT_ONCE]
        for key in shown:
            self._add(at, "shown", key, who, session, "", number)
        later = at + timedelta(seconds=rng.randint(4, 40))
        clicked = [(opened, later)] if opened else []
        if not opened:
            for key in self._clicks(shown):
                clicked.append((key, later))
                later = self._view(later, key, who, session, "", number)
                if rng.random() < (0.3 if who in REPS else 0.1):
                    self._add(later, "downloaded", key, who, session, "", number)
        total = max(len(hits), len(shown))
        self.searches.append(Looked(number, at, who.key, session, query, total, tuple(clicked)))
        return number, later

    def _hits(self, at: datetime, who: Colleague, query: str) -> list[tuple[float, str]]:
        answer = self._index.find(query)
        hits = []
        for key, score in zip(answer.keys, answer.scores, strict=True):
            sample = self._samples[key]
            if not self._shelf.published(key, at) or not self._shelf.may_see(key, who):
                continue
            seen = _SEEN.get(sample.fate, 1.0)
            hits.append((score * seen + 0.05 * sample.pull * seen, key))
        return sorted(hits, key=lambda hit: (-hit[0], hit[1]))

    def _clicks(self, shown: Sequence[str]) -> list[str]:
        clicked = []
        for place, key in enumerate(shown):
            sample = self._samples[key]
            chance = 0.3 / (1 + place * 0.35) * min(2.0, 0.4 + sample.pull * 0.2)
            chance *= _OPENED.get(sample.fate, 1.0) * (1.8 if sample.fate == "opened" else 1.0)
            if self._rng.random() < chance:
                clicked.append(key)
        return clicked[:3]

    def _view(
        self, at: datetime, key: str, who: Colleague, session: str, deal: str, search: int
    ) -> datetime:
        """One view, sometimes doubled by an impatient finger; gives the moment after it."""
        rng = self._rng
        self._add(at, "viewed", key, who, session, deal, search)
        if rng.random() < 0.06:
            at += timedelta(seconds=rng.randint(1, 20))
            self._add(at, "viewed", key, who, session, deal, search)
        return at + timedelta(seconds=rng.randint(35, 260))

    def _last_days(self) -> None:
        """What the first rep downloaded lately and has not said where it was used."""
        who = REPS[0]
        for key, days in (
            ("cost-of-unplanned-downtime", 5),
            ("edge-at-a-glance", 9),
            ("line-for-rolling-mills", 2),
        ):
            if key not in self._samples:
                continue
            at = working_moment(
                self._rng,
                self._now - timedelta(days=days),
                who,
                before=self._now - timedelta(hours=20),
            )
            session = self._session()
            number, at = self._look(at, who, session, self._query_for(key, who, ""), opened=key)
            at = self._view(at, key, who, session, "", number)
            self._add(at, "downloaded", key, who, session, "", number)

    def _query(self, who: Colleague) -> str:
        rng = self._rng
        if rng.random() < 0.06:
            return rng.choice(NOTHING)
        language = rng.choice(who.languages)
        if language in BY_LANGUAGE and rng.random() < 0.5:
            return rng.choice(BY_LANGUAGE[language])
        if rng.random() < 0.25:
            return rng.choice(GENERAL)
        product = rng.choices(tuple(ASKED), (5, 3, 2, 0.8))[0]
        return rng.choice(ASKED[product])

    def _query_for(self, key: str, who: Colleague, product: str) -> str:
        """Words by which the rep could have found it."""
        rng = self._rng
        known = [*ASKED.get(product, ()), *GENERAL]
        for language in who.languages:
            known += BY_LANGUAGE.get(language, ())
        fitting = [query for query in known if key in self._index.find(query).keys[:15]]
        if fitting:
            return rng.choice(fitting)
        return " ".join(self._samples[key].title.lower().replace(":", "").split()[:3])

    def _session(self) -> str:
        self._sessions += 1
        return f"sample-{self._sessions}"

    def _add(
        self,
        at: datetime,
        kind: str,
        key: str,
        who: Colleague,
        session: str,
        deal: str,
        search: int,
    ) -> None:
        self.events.append(
            Happening(
                at.astimezone(UTC),
                kind,
                key,
                self._shelf.version_at(key, at),
                who.key,
                session,
                deal,
                search,
            )
        )
