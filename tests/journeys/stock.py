"""A small library with the extremes that pages must stand: made once for all who look at it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from collateral.accounts import queries as accounts
from collateral.assets import collections, operations
from collateral.assets.description import Description
from collateral.assets.models import Asset, CollectionKind, Term, Vocabulary
from collateral.clock import now
from collateral.db import db
from collateral.requests import operations as requests
from tests.journeys.conftest import Site
from tests.journeys.material import make_deals, make_deck, make_image, make_pdf

LONG = "A very long title that somebody pasted from an e-mail, " * 2 + "Unbreakable" * 8
"""Half of it one word, wider than a phone."""
GERMAN = "Instandhaltungsplanungsrichtlinienüberarbeitungsvorschlag für Abfüllanlagen"
TERMS = (
    (Vocabulary.STAGE, "evaluation", "Evaluation"),
    (Vocabulary.STAGE, "proposal", "Proposal"),
    (Vocabulary.TYPE, "deck", "Deck"),
    (Vocabulary.PRODUCT, "predict", "Predict"),
    (Vocabulary.INDUSTRY, "food", "Nahrungsmittel- und Getränkeherstellung"),
)
EXACT = "flutterbrook"
"""A word that stands on one page alone."""


def fill(site: Site, folder: Path) -> None:
    """Decks, a PDF and a picture, terms, a featured collection, a request, the rep's deals."""
    make_deck(folder / "Hearing a bearing.pptx", "Hearing a bearing", slides=12)
    make_deck(folder / "Night shift without a stop.pptx", "Night shift without a stop", slides=4)
    rare = make_deck(folder / "The sound of a pump.pptx", "The sound of a pump", rare_on=5)
    put_in(rare, EXACT)
    make_pdf(folder / "What changed in the plant.pdf", "What changed in the plant")
    make_image(folder / "Filling hall.png", 120)
    make_pdf(folder / "Long.pdf", "A long one")
    make_pdf(folder / "Lang.pdf", "Ein deutsches")
    site.command("ingest", str(folder), "--publish", "--owner", "marketer@example.com")
    site.command("deals", "import", str(make_deals(folder / "deals.csv", "rep@example.com")))
    with site.inside():
        describe()


def put_in(deck: Path, word: str) -> None:
    """Write the word on the deck's seventh slide."""
    from pptx import Presentation

    opened = Presentation(str(deck))
    opened.slides[6].placeholders[1].text += f" as a {word} does"
    opened.save(str(deck))


def describe() -> None:
    marketer, rep = accounts.by_email("marketer@example.com"), accounts.by_email("rep@example.com")
    assert marketer is not None
    assert rep is not None
    at = now()
    for vocabulary, slug, label in TERMS:
        known = db.session.query(Term).filter_by(vocabulary=vocabulary, slug=slug).first()
        if known is None:
            db.session.add(Term(vocabulary=vocabulary, slug=slug, label=label))
    db.session.flush()
    assets = {asset.title: asset for asset in db.session.query(Asset)}
    titles = {"Long": LONG.strip()[:200], "Lang": GERMAN}
    given: dict[str, list[str]] = {
        "Hearing a bearing": ["stage:evaluation", "product:predict", "industry:food"],
        "The sound of a pump": ["stage:evaluation"],
        "Night shift without a stop": ["stage:proposal"],
        "Long": ["stage:proposal", "industry:food"],
        "Lang": ["industry:food"],
    }
    for title, terms in given.items():
        operations.describe(
            assets[title],
            Description(
                title=titles.get(title, title),
                type="deck",
                terms=terms,
                summary=f"About {title}. " * 8,
            ),
            by=marketer,
            at=at,
            edits=None,
        )
    shelf = collections.create(
        "For the first call", by=marketer, at=at, kind=CollectionKind.FEATURED, summary="In order."
    )
    collections.add(shelf, [assets["Hearing a bearing"], assets["Long"]], by=marketer, at=at)
    asked = requests.ask(f"{GERMAN}, in Swedish", by=rep, at=at, detail="For Monday.")
    requests.take_on(
        asked, maker=marketer, due_on=at.date() + timedelta(days=6), by=marketer, at=at
    )
    requests.ask("A sheet on breweries", by=rep, at=at)
