"""Copies made for a link or a pack: which are wanted, and what there is of them.

Whatever opens a picture or a PDF runs in a confined child, by a job; here are only the rows.
A copy's key is the hash of what it is made of, so that the same one is made once and a
changed one anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select

from collateral.db import db, upsert
from collateral.queue import Job, after_commit
from collateral.sharing import access
from collateral.sharing.access import Part
from collateral.sharing.models import Copy, CopyKind, CopyPage, CopyState, Pack, Share
from collateral.sharing.showing import Leaf, Showing

_maker: list[Job] = []


def made_by(job: Job) -> None:
    """Say which job makes a copy; called by the module of jobs."""
    _maker[:] = [job]


def mark_of(share: Share, email: str) -> str:
    """Whom the mark names: the address that was proved, else the recipient. At most 300
    characters."""
    proved = email or share.recipient_email
    named = share.recipient if proved in ("", share.recipient) else f"{share.recipient} · {proved}"
    if email and email != share.recipient_email:
        named = email
    return named[:300]


def prepare(share: Share, email: str, *, at: datetime) -> None:
    """Have everything made that a watermarked link will show to this reader."""
    for part in access.parts(share):
        if part.showing is not Showing.SHOWN:
            continue
        for version_id in dict.fromkeys(leaf.version_id for leaf in part.leaves):
            pictures(share, version_id, email, at=at)
        if share.download and part.leaves:
            file(share, part, email, at=at)


def pictures(share: Share, version_id: int, email: str, *, at: datetime) -> Copy:
    """The marked pictures of a version for this reader, asked for where there are none."""
    mark = mark_of(share, email)
    key = _key("pictures", share.id, version_id, mark)
    return _wanted(
        key, at, kind=CopyKind.PICTURES, share_id=share.id, version_id=version_id, mark=mark
    )


def file(share: Share, part: Part, email: str, *, at: datetime) -> Copy:
    """The marked file of a part for this reader."""
    mark = mark_of(share, email)
    key = _key("file", share.id, part.position, mark, _pages(part.leaves), part.title)
    return _wanted(
        key, at, kind=CopyKind.FILE, share_id=share.id, position=part.position, mark=mark
    )


def pack_file(
    pack: Pack, leaves: Iterable[Leaf], *, at: datetime, share: Share | None = None
) -> Copy:
    """The pack's PDF as its members are now; for a link that does not mark it, too."""
    about = (pack.id, pack.title, pack.cover, pack.contents, pack.owner_id, _pages(leaves))
    key = _key("pack", share.id if share else 0, *about)
    return _wanted(
        key, at, kind=CopyKind.FILE, pack_id=pack.id, share_id=share.id if share else None
    )


def _pages(leaves: Iterable[Leaf]) -> list[list[int]]:
    return [[leaf.version_id, leaf.page] for leaf in leaves]


def _key(*about: object) -> str:
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()


def _wanted(key: str, at: datetime, **values: object) -> Copy:
    query = select(Copy).where(Copy.key == key)
    found = db.session.scalar(query)
    if found is None:
        values |= {"key": key, "state": CopyState.WAITING, "created_at": at}
        db.session.execute(upsert(Copy).values(values).on_conflict_do_nothing())
        found = db.session.scalars(query).one()
        for job in _maker:
            after_commit(job, found.id)
    return found


def marked(share: Share, leaf: Leaf, email: str) -> CopyPage | None:
    """The marked pictures of the page for this reader; None while they are not made."""
    key = _key("pictures", share.id, leaf.version_id, mark_of(share, email))
    return db.session.scalar(
        select(CopyPage)
        .join(Copy, Copy.id == CopyPage.copy_id)
        .where(Copy.key == key, CopyPage.number == leaf.page)
    )


def marked_pages(share: Share, version_ids: Iterable[int], email: str) -> set[tuple[int, int]]:
    """Version and page of all that is made for this reader. One query."""
    keys = {
        _key("pictures", share.id, version_id, mark_of(share, email)): version_id
        for version_id in set(version_ids)
    }
    rows = db.session.execute(
        select(Copy.key, CopyPage.number)
        .join(CopyPage, CopyPage.copy_id == Copy.id)
        .where(Copy.key.in_(keys))
    )
    return {(keys[key], number) for key, number in rows}


def forget_old(at: datetime) -> None:
    """Remove copies for links that are over, and packs' files that are a week old: these are
    made again when they are asked for. The files themselves go with the next tidying."""
    over = select(Share.id).where(or_(Share.revoked_at.is_not(None), Share.expires_at <= at))
    old = select(Copy.id).where(
        or_(
            Copy.share_id.in_(over),
            and_(Copy.share_id.is_(None), Copy.created_at < at - timedelta(days=7)),
        )
    )
    for doomed in (
        delete(CopyPage).where(CopyPage.copy_id.in_(old)),
        delete(Copy).where(Copy.id.in_(old)),
    ):
        db.session.execute(doomed.execution_options(synchronize_session=False))
