"""A library of any size, made from a seed: words as frequent as in real language, bulk inserts.

For measuring alone: its files are not there, only what search and lists read of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from collateral.accounts.models import Person, PersonRole, Role, Team, TeamMember
from collateral.assets.models import (
    Asset,
    AssetTag,
    AssetTeam,
    AssetTerm,
    AssetVersion,
    Page,
    ReadingState,
    Status,
    Term,
    Vocabulary,
)
from collateral.clock import now
from collateral.db import Model, db
from collateral.deals.models import Deal, Outcome
from collateral.usage.models import Evidence, Use
from collateral.usage.team_sets import set_of

WORDS_PER_ASSET = 1500
DISTINCT_WORDS = 40_000
BATCH = 250
TERMS = {
    Vocabulary.TYPE: "Deck,Case study,One-pager,Video,White paper,Comparison",
    Vocabulary.PRODUCT: "Predict,Line,Trace,Edge",
    Vocabulary.INDUSTRY: "Food and drink,Chemicals,Metals,Packaging,Pharma,Energy,Paper,Glass",
    Vocabulary.PERSONA: "Plant manager,Maintenance,Finance,Buying,IT",
    Vocabulary.STAGE: "Discovery,Evaluation,Proposal,Negotiation",
    Vocabulary.REGION: "Europe,North America,Asia,South America",
    Vocabulary.LANGUAGE: "English,German,Swedish,French,Spanish",
}


def _words(text: str) -> list[str]:
    return text.split()


COMMON = _words(
    "the of and to in a is that for on with as are by from it at this an be or which your we "
    "our can more than time cost plant line machine downtime maintenance data sensor "
    "production hour team quality customer value report month year energy pump motor bearing "
    "failure warning predict save reduce unplanned stop shift output scrap price case study "
    "result before after"
)


def vocabulary(seed: int) -> list[str]:
    """Distinct words, the most frequent first."""
    import numpy as np

    random = np.random.default_rng(seed)
    onsets = _words("b c d f g h k l m n p r s t v w br cl dr fl gr pl pr st tr sh ch")
    vowels = _words("a e i o u ea ou ai io")
    codas = ["", "n", "r", "s", "l", "t", "m", "nd", "st", "ck", "ng"]
    words = dict.fromkeys(COMMON)
    while len(words) < DISTINCT_WORDS:
        count = 1 + int(random.integers(1, 4))
        words[
            "".join(str(random.choice(part)) for _ in range(count) for part in (onsets, vowels))
            + str(random.choice(codas))
        ] = None
    return list(words)


class Writer:
    """Draws words as language does: the n-th most frequent one with a chance of about 1/n."""

    def __init__(self, seed: int) -> None:
        import numpy as np

        self.random = np.random.default_rng(seed + 1)
        self.words = vocabulary(seed)
        chance = 1 / (np.arange(len(self.words)) + 2.7) ** 1.05
        self._steps = np.cumsum(chance / chance.sum())

    def draw(self, count: int, rarest: int | None = None, commonest: int = 0) -> list[str]:
        """So many words; `commonest` and `rarest` bound their rank."""
        import numpy as np

        low = self._steps[commonest - 1] if commonest else 0.0
        high = self._steps[(rarest or len(self.words)) - 1]
        places = np.searchsorted(self._steps, self.random.uniform(low, high, count))
        return [self.words[min(place, len(self.words) - 1)] for place in places.tolist()]

    def title(self) -> str:
        return " ".join(self.draw(int(self.random.integers(3, 8)), 6000, 20)).capitalize()


def build(assets: int, seed: int = 1) -> Person:
    """Fill an empty database; answers the rep to look with. Commits as it goes."""
    writer = Writer(seed)
    rep, marketer, teams = _people()
    terms = _terms()
    deals = _deals(writer, rep, count=max(200, assets // 20))
    for first in range(0, assets, BATCH):
        _batch(writer, range(first + 1, min(first + BATCH, assets) + 1), marketer, terms, teams)
    _uses(writer, assets, deals, rep)
    return rep


def _people() -> tuple[Person, Person, list[int]]:
    teams = [Team(name=name) for name in ("North", "South", "East", "West")]
    rep = Person(email="rep@bench.example", name="Rika Ep", role_rows=[PersonRole(role=Role.REP)])
    marketer = Person(
        email="marketer@bench.example",
        name="Mara Keter",
        role_rows=[PersonRole(role=Role.MARKETER)],
    )
    db.session.add_all([*teams, rep, marketer])
    db.session.flush()
    db.session.add(TeamMember(person_id=rep.id, team_id=teams[0].id))
    db.session.commit()
    return rep, marketer, [team.id for team in teams]


def _terms() -> dict[Vocabulary, list[int]]:
    found: dict[Vocabulary, list[int]] = {}
    for vocabulary_, labels in TERMS.items():
        rows = [
            Term(
                vocabulary=vocabulary_,
                slug=label.lower().replace(" ", "-"),
                label=label,
                position=n,
            )
            for n, label in enumerate(labels.split(","))
        ]
        db.session.add_all(rows)
        db.session.flush()
        found[vocabulary_] = [row.id for row in rows]
    db.session.commit()
    return found


def _deals(writer: Writer, rep: Person, count: int) -> list[int]:
    outcomes = (Outcome.OPEN, Outcome.WON, Outcome.LOST)
    rows = [
        Deal(
            external_id=f"bench-{n}",
            name=writer.title(),
            account=writer.title(),
            owner_id=rep.id if n % 10 == 0 else None,
            owner_email=rep.email if n % 10 == 0 else "",
            outcome=outcomes[n % 3],
            # A deal that is over says when.
            closed_on=date(2026, 6, 1) if n % 3 else None,
        )
        for n in range(count)
    ]
    db.session.add_all(rows)
    db.session.commit()
    return [row.id for row in rows]


def _batch(
    writer: Writer,
    numbers: Sequence[int],
    marketer: Person,
    terms: dict[Vocabulary, list[int]],
    teams: list[int],
) -> None:
    rows: dict[type[Model], list[dict[str, Any]]] = {
        model: [] for model in (Asset, AssetVersion, Page, AssetTerm, AssetTag, AssetTeam)
    }
    moment, random = now(), writer.random
    for number in numbers:
        made = moment - timedelta(hours=int(random.integers(1, 24 * 900)))
        title = writer.title()
        rows[Asset].append(_asset_row(writer, number, title, marketer, made))
        pages = list(_page_rows(writer, number, title))
        rows[Page] += pages
        rows[AssetVersion].append(_version_row(number, marketer, made, len(pages)))
        rows[AssetTerm] += [
            {"asset_id": number, "term_id": ids[int(random.integers(len(ids)))]}
            for ids in terms.values()
        ]
        rows[AssetTag] += [{"asset_id": number, "tag": tag} for tag in set(writer.draw(2, 900, 60))]
        if number % 10 == 0:
            team_id = teams[number // 10 % len(teams)]
            rows[AssetTeam].append({"asset_id": number, "team_id": team_id})
    for model, made_rows in rows.items():
        _insert(model, made_rows)
    db.session.execute(
        Asset.__table__.update()  # type: ignore[attr-defined]
        .where(Asset.id.in_(list(numbers)))
        .values(current_version_id=Asset.id)
    )
    db.session.commit()


def _asset_row(
    writer: Writer, number: int, title: str, marketer: Person, made: datetime
) -> dict[str, Any]:
    draft = number % 25 == 0
    return {
        "id": number,
        "title": title,
        "summary": " ".join(writer.draw(20)).capitalize() + ".",
        "status": Status.DRAFT if draft else Status.PUBLISHED,
        "owner_id": marketer.id,
        "created_by_id": marketer.id,
        "published_at": None if draft else made,
        "created_at": made,
        "updated_at": made,
        "review_on": made.date() + timedelta(days=365),
        "revision": 1,
        "indexed_revision": 0,
    }


def _insert(model: type[Model], rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(model), rows)


def _version_row(number: int, marketer: Person, made: Any, pages: int) -> dict[str, Any]:
    return {
        "id": number,
        "asset_id": number,
        "number": 1,
        "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
        "bytes": 1_000_000,
        "filename": f"deck {number}.pptx",
        "media_type": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "family": "deck",
        "label": "PowerPoint deck",
        "state": ReadingState.READY,
        "page_count": pages,
        "created_by_id": marketer.id,
        "created_at": made,
        "read_at": made,
        "text_at": made,
        "previews_at": made,
    }


def _page_rows(writer: Writer, number: int, title: str) -> Iterator[dict[str, Any]]:
    count = int(writer.random.integers(8, 31))
    words = writer.draw(WORDS_PER_ASSET)
    size = len(words) // count
    for page in range(count):
        text = " ".join(words[page * size : (page + 1) * size])
        yield {
            "version_id": number,
            "number": page + 1,
            "title": title if page == 0 else " ".join(words[page * size : page * size + 4]),
            "text": f"{title}\n{text}" if page == 0 else text,
            "width": 1280,
            "height": 720,
            "preview_320": hashlib.sha256(f"{number}/{page}".encode()).hexdigest(),
        }


def _uses(writer: Writer, assets: int, deals: list[int], rep: Person) -> None:
    """About one use an asset, most of them of a few."""
    pairs: set[tuple[int, int]] = set()
    for _ in range(assets):
        asset = 1 + min(int(writer.random.pareto(1.1) * assets / 40), assets - 1)
        pairs.add((asset, deals[int(writer.random.integers(len(deals)))]))
    team_set, moment = set_of(rep), now()
    _insert(
        Use,
        [
            {
                "asset_id": asset,
                "version_id": asset,
                "deal_id": deal,
                "person_id": rep.id,
                "team_set_id": team_set,
                "stage": "evaluation",
                "at": moment,
                "day": moment.date(),
                "evidence": Evidence.DECLARED,
            }
            for asset, deal in sorted(pairs)
        ],
    )
    db.session.commit()
