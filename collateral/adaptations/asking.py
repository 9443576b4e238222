"""Files that somebody asks about: taken, looked at by a job, and let go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person
from collateral.adaptations.jobs_adaptations import check_file
from collateral.adaptations.models import FileCheck, Purpose
from collateral.assets.intake import Received
from collateral.assets.models import Asset, AssetVersion
from collateral.assets.queries import visible
from collateral.db import db
from collateral.errors import NotFound
from collateral.queue import after_commit


def ask(received: Received, purpose: Purpose, *, by: Person, at: datetime) -> FileCheck:
    """Have the file looked at after the commit. The file goes as soon as it was read."""
    check = FileCheck(
        person_id=by.id,
        purpose=purpose,
        filename=received.filename,
        sha256=received.stored.sha256,
        digest=received.stored.sha256,
        label=received.kind.label,
        created_at=at,
    )
    db.session.add(check)
    db.session.flush()  # the job needs its id
    after_commit(check_file, check.id)
    return check


def get_own(person: Person, check_id: int) -> FileCheck:
    """What she asked herself. Raises NotFound for anybody else's."""
    check = db.session.scalar(
        select(FileCheck).where(FileCheck.id == check_id, FileCheck.person_id == person.id)
    )
    if check is None:
        raise NotFound(_("There is no such answer; they are kept for a week."))
    return check


def versions(person: Person, ids: Collection[int]) -> list[AssetVersion]:
    """Those of the versions whose assets exist for the person, with their assets. One query."""
    return list(
        db.session.scalars(
            select(AssetVersion)
            .join(Asset, Asset.id == AssetVersion.asset_id)
            .where(AssetVersion.id.in_(ids), visible(person))
            .options(joinedload(AssetVersion.asset).joinedload(Asset.current_version))
        )
    )
