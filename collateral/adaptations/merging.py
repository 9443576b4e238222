"""The next version of an asset from pages of an adaptation: put together, or asked for.

Put together only where it is certain that nothing is lost: both files are pptx, the pages come
from what the asset offers now, the child that assembles them refuses nothing, and the result,
read again, says on every page what it should.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import undefer

from collateral.accounts.models import Person
from collateral.adaptations.crediting import credit_of, tell_of_version
from collateral.adaptations.models import Adaptation, AdaptationPage, Merging
from collateral.adaptations.packing import page_print
from collateral.adaptations.relations import Change
from collateral.assets import operations as assets
from collateral.assets.models import Asset, AssetVersion, Page, ReadingState
from collateral.assets.models import Status as AssetStatus
from collateral.clock import now
from collateral.db import db
from collateral.errors import CollateralError
from collateral.reading import door
from collateral.reading.assembling import Step, assembled
from collateral.reading.kinds import KINDS
from collateral.reading.results import PageFeatures, PageText, Reading
from collateral.reading.results import Step as ReadingStep
from collateral.reading.sentences import NOT_PUT_TOGETHER
from collateral.storage import StoreAway, storage
from collateral.words import N_, Sentence, recognise

log = logging.getLogger(__name__)

DECK = KINDS["pptx"]
WORDS = frozenset({ReadingStep.TEXT, ReadingStep.FEATURES})
AnyPage = Page | AdaptationPage

RETIRED = N_("The master is retired or has no file.")
NO_DECK = N_("Only PowerPoint decks (pptx) can be put together here.")
OF_ANOTHER = N_("Page %(page)s was adapted from another asset.")
ONE_PLACE = N_("Two of the pages would take the same page's place.")
CHANGED = N_("Page %(page)s of the master has changed since it was adapted.")
OTHER_PAGES = N_("What was put together did not have the right pages.")
NOT_WHOLE = N_("Page %(page)s of what was put together was not whole.")
# Rows of earlier versions hold their English words.
recognise(RETIRED, NO_DECK, OF_ANOTHER, ONE_PLACE, CHANGED, OTHER_PAGES, NOT_WHOLE)


class Unfit(CollateralError):
    """It cannot be put together: a person makes the file."""


def put_together(adaptation_id: int, folder: Path) -> None:
    """Make the next version, or say why a person must. Commits; does nothing a second time.

    Where the store of files is away it does nothing, and the sweep comes back to it.
    """
    adaptation = db.session.get(Adaptation, adaptation_id)
    if adaptation is None or adaptation.merging is not Merging.WAITING:
        return
    asset = adaptation.asset
    if asset is None or _being_read(asset):
        return  # the sweep comes back to it
    try:
        _put_together(adaptation, asset, folder)
    except StoreAway:
        db.session.rollback()
        log.warning("merge_interrupted", extra={"adaptation": adaptation_id}, exc_info=True)
    except CollateralError as reason:
        db.session.rollback()
        adaptation = db.session.get_one(Adaptation, adaptation_id)
        adaptation.merging = Merging.ASKS_FILE
        adaptation.merge_sentence = reason.as_text
        db.session.commit()
        log.info("merge_asks_for_a_file", extra={"adaptation": adaptation_id})


def _being_read(asset: Asset) -> bool:
    """Whether a newer version is under way, which the next one must begin from."""
    newest = db.session.scalar(
        select(AssetVersion.state)
        .where(AssetVersion.asset_id == asset.id)
        .order_by(AssetVersion.number.desc())
        .limit(1)
    )
    return newest in (ReadingState.RECEIVED, ReadingState.READING)


def _put_together(adaptation: Adaptation, asset: Asset, folder: Path) -> None:
    base = asset.current_version
    if base is None or asset.status is AssetStatus.RETIRED:
        raise Unfit(Sentence(RETIRED))
    if {base.media_type, adaptation.media_type} != {DECK.media_type}:
        raise Unfit(Sentence(NO_DECK))
    ours, theirs = _pages_of(base), {page.number: page for page in _own_pages(adaptation)}
    steps = _steps(adaptation, base, ours, theirs)
    expected = _expected(steps, ours, theirs)
    base_sha, other_sha, filename = base.sha256, adaptation.sha256, base.filename
    db.session.rollback()  # nothing stays open while decks are put together
    with (
        storage().local(base_sha) as one,
        storage().local(other_sha) as other,
        assembled(one, other, steps) as made,
    ):
        if made.path is None:
            raise Unfit(made.sentence or NOT_PUT_TOGETHER)
        _verify(door.read(made.path, DECK, folder, want=WORDS), expected)
        named = made.path.with_name(filename)
        received = assets.receive_path(made.path.rename(named))
    adaptation = db.session.get_one(Adaptation, adaptation.id)
    decider = db.session.get_one(Person, adaptation.decided_by_id)
    with force_locale(decider.locale):
        credit = credit_of(adaptation)
    version = assets.add_version(asset, received, by=decider, at=now(), changes=credit)
    tell_of_version(adaptation, version, now())
    db.session.commit()


def _pages_of(version: AssetVersion) -> list[Page]:
    return list(
        db.session.scalars(
            select(Page)
            .where(Page.version_id == version.id)
            .options(undefer(Page.features))
            .order_by(Page.number)
        )
    )


def _own_pages(adaptation: Adaptation) -> list[AdaptationPage]:
    return list(
        db.session.scalars(
            select(AdaptationPage)
            .where(AdaptationPage.adaptation_id == adaptation.id)
            .options(undefer(AdaptationPage.features))
            .order_by(AdaptationPage.number)
        )
    )


def _steps(
    adaptation: Adaptation,
    base: AssetVersion,
    ours: Sequence[Page],
    theirs: dict[int, AdaptationPage],
) -> list[Step]:
    place = _places(adaptation, base, ours)
    steps: list[Step] = []
    for number in adaptation.merged_pages:
        if number < 0:
            steps.append(Step("drop", _found(place, -number)))
            continue
        page = theirs[number]
        if page.change is Change.EDITED:
            if page.source_version_id != adaptation.source_version_id:
                raise Unfit(Sentence(OF_ANOTHER, {"page": number}))
            steps.append(Step("replace", _found(place, page.source_page or 0), number))
        elif page.change is Change.NEW:
            steps.append(Step("insert", _behind(number, theirs, adaptation, place), number))
        if page.moved:
            at = _found(place, page.source_page or 0)
            steps.append(Step("move", at, _behind(number, theirs, adaptation, place)))
    taken = [step.at for step in steps if step.do in ("replace", "drop")]
    if len(set(taken)) != len(taken):
        raise Unfit(Sentence(ONE_PLACE))
    return steps


def _places(adaptation: Adaptation, base: AssetVersion, ours: Sequence[Page]) -> dict[int, int]:
    """Page of the version that was adapted → the very same page of what is offered now."""
    if adaptation.source_version_id == base.id:
        return {page.number: page.number for page in ours}
    source = db.session.get_one(AssetVersion, adaptation.source_version_id)
    now_at: dict[tuple[int, str], int] = {}
    for page in ours:
        now_at.setdefault(_content(page), page.number)
    return {
        page.number: now_at[_content(page)]
        for page in _pages_of(source)
        if _content(page) in now_at
    }


def _content(page: AnyPage) -> tuple[int, str]:
    """The same for two pages that say and show the same, notes included."""
    print_ = page_print(page.number, page.text, page.notes, page.features, printed=False)
    return print_.whole, " ".join(page.notes.split())


def _found(place: dict[int, int], number: int) -> int:
    if number not in place:
        raise Unfit(Sentence(CHANGED, {"page": number}))
    return place[number]


def _behind(
    number: int, theirs: dict[int, AdaptationPage], adaptation: Adaptation, place: dict[int, int]
) -> int:
    """The page of the master that one comes after: the last before it that is known.

    A page that moved in the adaptation tells no place unless its move is merged, too.
    """
    for before in range(number - 1, 0, -1):
        page = theirs.get(before)
        if page is None or page.source_version_id != adaptation.source_version_id:
            continue
        if page.moved and before not in adaptation.merged_pages:
            continue
        if page.source_page in place:
            return place[page.source_page]
    return 0


def _expected(
    steps: Sequence[Step], ours: Sequence[Page], theirs: dict[int, AdaptationPage]
) -> list[AnyPage]:
    """The pages that the result must have, in order."""
    replaced = {step.at: theirs[step.page] for step in steps if step.do == "replace"}
    gone = {step.at for step in steps if step.do == "drop"}
    inserts = sorted((step for step in steps if step.do == "insert"), key=lambda s: s.page)
    result: list[AnyPage] = [theirs[step.page] for step in inserts if step.at == 0]
    order = [page.number for page in ours]
    for step in steps:
        if step.do == "move":
            order.remove(step.at)
            order.insert(order.index(step.page) + 1 if step.page else 0, step.at)
    by_number = {page.number: page for page in ours}
    for page in (by_number[number] for number in order):
        if page.number not in gone:
            result.append(replaced.get(page.number, page))
        result += [theirs[step.page] for step in inserts if step.at == page.number]
    return result


def _verify(reading: Reading, expected: Sequence[AnyPage]) -> None:
    """Raise Unfit unless the result says and shows what it should, page by page."""
    if reading.error is not None or len(reading.pages) != len(expected):
        raise Unfit(Sentence(OTHER_PAGES))
    features = {page.page: page for page in reading.features}
    for page, wanted in zip(reading.pages, expected, strict=True):
        if not _alike(page, features.get(page.number), wanted):
            raise Unfit(Sentence(NOT_WHOLE, {"page": page.number}))


def _alike(page: PageText, features: PageFeatures | None, wanted: AnyPage) -> bool:
    known = wanted.features or {}
    pictures = sorted(item["sha256"] for item in known.get("pictures", ()))
    charts = [tuple(values) for values in known.get("charts", ())]
    return (
        page.text.split() == wanted.text.split()
        and page.notes.split() == wanted.notes.split()
        and features is not None
        and sorted(item.sha256 for item in features.pictures) == pictures
        and sorted(features.charts) == sorted(charts)
    )
