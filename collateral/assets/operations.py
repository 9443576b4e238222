"""Changes of assets. None of them commits; who calls does, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import select, text

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.assets import description as describing
from collateral.assets.description import NO_ADDITIONS, NOTHING, UNSET, Additions, Description
from collateral.assets.intake import Received, Refused, readers, receive, receive_path
from collateral.assets.models import Asset, AssetVersion, ReadingState, Status
from collateral.assets.publishing import publish
from collateral.assets.queries import same_file
from collateral.assets.rules import title_from_filename
from collateral.assets.turns import one_of_many
from collateral.db import db, is_sqlite
from collateral.errors import Conflict, WrongState
from collateral.queue import after_commit
from collateral.storage import StoredFile
from collateral.words import N_, Sentence

__all__ = [
    "UNSET",
    "Additions",
    "AlreadyHere",
    "Description",
    "Received",
    "Refused",
    "add_version",
    "create_asset",
    "describe",
    "describe_many",
    "hold",
    "make_current",
    "read_again",
    "receive",
    "receive_path",
]


class AlreadyHere(Conflict):
    """The very same file is in the library; `assets` are those that the person may see."""

    def __init__(self, assets: Sequence[Asset], stored: StoredFile) -> None:
        self.assets = list(assets)
        self.stored = stored
        self.receipt: str | None = None
        first = self.assets[0]
        super().__init__(
            _("This very file is already in the library, as “%(title)s”.", title=first.title),
            fields={"file": f"asset {first.id}"},
        )


class EditedMeanwhile(Conflict):
    """Somebody else saved the asset after the form was opened."""


def create_asset(
    received: Received,
    *,
    by: Person,
    at: datetime,
    description: Description = NOTHING,
    allow_duplicate: bool = False,
) -> Asset:
    """A draft with the file as its first version, which is read after the commit.

    Raises:
        AlreadyHere: an asset that the person may see has this very file.
        Invalid: the description cannot be taken.
    """
    asset = Asset(
        title=title_from_filename(received.filename),
        owner_id=by.id,
        created_by_id=by.id,
        created_at=at,
        updated_at=at,
    )
    describing.apply(asset, description)
    _take_turns(received.stored.sha256)
    db.session.add(asset)
    db.session.flush()  # its id is needed; in SQLite this also takes the one write lock
    if not allow_duplicate:
        same = same_file(by, received.stored.sha256)
        if same:
            raise AlreadyHere(same, received.stored)
    asset.current_version_id = _new_version(asset, received, 1, by, at, "").id
    return asset


def add_version(
    asset: Asset, received: Received, *, by: Person, at: datetime, changes: str = ""
) -> AssetVersion:
    """A new file for the asset. It becomes the current one when its text has been read.

    Raises:
        Conflict: it is the very file that the asset has now.
        WrongState: the asset is retired.
    """
    if asset.status is Status.RETIRED:
        raise WrongState(Sentence(N_("A retired asset takes no new version; restore it first.")))
    _take_turns(received.stored.sha256)
    asset.updated_at = at
    db.session.flush()  # in SQLite this takes the one write lock, so that the number is ours
    if not is_sqlite():
        db.session.execute(select(Asset.id).where(Asset.id == asset.id).with_for_update())
    newest = db.session.scalar(
        select(AssetVersion)
        .where(AssetVersion.asset_id == asset.id)
        .order_by(AssetVersion.number.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if newest and newest.sha256 == received.stored.sha256:
        raise Conflict(
            Sentence(
                N_("This very file is version %(number)s of “%(title)s” already."),
                {"number": newest.number, "title": asset.title},
            )
        )
    return _new_version(asset, received, newest.number + 1 if newest else 1, by, at, changes)


def _take_turns(sha256: str) -> None:
    """Let two uploads of the same file happen one after the other, so that one sees the other.

    SQLite has one writer at a time anyway.
    """
    if not is_sqlite():
        key = int(sha256[:15], 16)
        db.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": key})


def _new_version(
    asset: Asset, received: Received, number: int, by: Person, at: datetime, changes: str
) -> AssetVersion:
    version = AssetVersion(
        asset_id=asset.id,
        number=number,
        changes=changes.strip()[:5000],
        created_by_id=by.id,
        created_at=at,
        **received.columns(),
    )
    db.session.add(version)
    db.session.flush()  # the job needs its id
    for job in readers(of_many=one_of_many(version)):
        after_commit(job, version.id)
    return version


def describe(
    asset: Asset, description: Description, *, by: Person, at: datetime, edits: int | None = None
) -> None:
    """Set what describes the asset. `edits` is the number that the person's form carried.

    Raises:
        EditedMeanwhile: somebody saved it since; nothing is overwritten.
        Invalid: a sentence for each field that cannot be taken.
    """
    if edits is not None and _current_edits(asset) != edits:
        raise EditedMeanwhile(
            _("Somebody else saved this asset while you were editing it. Nothing was overwritten.")
        )
    # Asked to be published, a draft whose file has been read is published now, others later.
    describing.apply(asset, replace(description, publish=UNSET))
    _edited(asset, by, at)
    if description.publish is True:
        publish(asset, by=by, at=at)
    elif description.publish is False:
        asset.publish_when_ready = False


def hold(asset: Asset) -> None:
    """Read the asset as it is committed; nobody changes it until our transaction is over."""
    _current_edits(asset)
    db.session.refresh(asset)
    db.session.expire(asset, ["terms", "tag_rows", "teams", "owner", "edited_by"])


def _current_edits(asset: Asset) -> int:
    """The number as it is committed, and nobody changes it until our transaction is over."""
    if is_sqlite():
        # A write that changes nothing takes the one write lock, and what is read then is last.
        db.session.execute(
            Asset.__table__.update().where(Asset.__table__.c.id == asset.id).values(id=asset.id)  # type: ignore[attr-defined]
        )
        found = db.session.scalar(select(Asset.edits).where(Asset.id == asset.id))
    else:
        found = db.session.scalar(select(Asset.edits).where(Asset.id == asset.id).with_for_update())
    return found or 0


def describe_many(
    assets: Sequence[Asset],
    description: Description,
    *,
    by: Person,
    at: datetime,
    additions: Additions = NO_ADDITIONS,
) -> None:
    """Set the same fields on all of them; terms and tags are added to those that each has."""
    for asset in assets:
        describing.add(asset, additions)
        describe(asset, description, by=by, at=at)


def _edited(asset: Asset, by: Person, at: datetime) -> None:
    asset.edits = Asset.edits + 1
    asset.edited_by_id = by.id
    asset.updated_at = at


def make_current(asset: Asset, version: AssetVersion, *, by: Person, at: datetime) -> None:
    """Offer this version in place of the one before: an older one, or one that was not read."""
    if version.asset_id != asset.id:
        raise WrongState(_("The version belongs to another asset."))
    if asset.current_version_id == version.id:
        return
    asset.current_version_id = version.id
    asset.updated_at = at
    audit.record("asset.version_chosen", by=by, kind="asset", id=asset.id, version=version.number)


def read_again(version: AssetVersion) -> None:
    """Queue the version as if it had just been received, whatever became of it before."""
    version.state = ReadingState.RECEIVED
    version.error = None
    version.preview_missing = None
    version.attempts = 0
    version.read_started_at = None
    for job in readers():
        after_commit(job, version.id)
