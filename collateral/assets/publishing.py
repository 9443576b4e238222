"""Draft, in review, published: the ways between them. None of them commits."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.assets.happenings import PUBLISHED
from collateral.assets.models import Asset, AssetVersion, ReadingState, Status
from collateral.db import db
from collateral.errors import WrongState
from collateral.notify.announcing import announce


def publish(asset: Asset, *, by: Person, at: datetime) -> None:
    """Offer the asset to everybody who may see it; while its file is being read, as soon as
    that is done.

    Raises:
        WrongState: it is retired, or published already.
    """
    if asset.status is Status.RETIRED:
        raise WrongState(_("A retired asset is not published; restore it."))
    if asset.status is Status.PUBLISHED:
        return
    state = db.session.scalar(
        select(AssetVersion.state).where(AssetVersion.id == asset.current_version_id)
    )
    if state in (ReadingState.RECEIVED, ReadingState.READING):
        asset.publish_when_ready = True
        return
    _publish(asset, by=by, at=at)


def publish_now_ready(asset: Asset, *, at: datetime) -> None:
    """Publish what was to be published when its file had been read; nothing otherwise."""
    if asset.publish_when_ready and asset.status in (Status.DRAFT, Status.IN_REVIEW):
        _publish(asset, by=db.session.get_one(Person, asset.owner_id), at=at)


def _publish(asset: Asset, *, by: Person, at: datetime) -> None:
    _move(asset, Status.PUBLISHED, "asset.published", by=by, at=at)
    asset.published_at = at
    asset.publish_when_ready = False
    announce(PUBLISHED, {"asset": asset.id, "title": asset.title}, at)


def send_to_review(asset: Asset, *, by: Person, at: datetime) -> None:
    """Say that a draft may be looked at. Raises WrongState for what is no draft."""
    if asset.status is not Status.DRAFT:
        raise WrongState(_("Only a draft can be sent to review."))
    _move(asset, Status.IN_REVIEW, "asset.sent_to_review", by=by, at=at)


def back_to_draft(asset: Asset, *, by: Person, at: datetime) -> None:
    """Take it back from review or from publication. Raises WrongState otherwise."""
    if asset.status not in (Status.IN_REVIEW, Status.PUBLISHED):
        raise WrongState(_("Only what is in review or published can become a draft again."))
    _move(asset, Status.DRAFT, "asset.withdrawn", by=by, at=at)
    asset.published_at = None
    asset.publish_when_ready = False


def _move(asset: Asset, status: Status, action: str, *, by: Person, at: datetime) -> None:
    was = asset.status.value
    audit.record(action, by=by, kind="asset", id=asset.id, title=asset.title, was=was)
    asset.status, asset.updated_at = status, at
