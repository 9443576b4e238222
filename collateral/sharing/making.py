"""Making a copy: its rows say what is wanted, a confined child makes it, storage keeps it."""

from __future__ import annotations

import io
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from itertools import accumulate
from typing import BinaryIO, cast

from flask_babel import force_locale, gettext
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.assets.models import AssetVersion, Page
from collateral.db import db, upsert
from collateral.errors import NotFound
from collateral.reading import binding
from collateral.sharing import access, packs, queries
from collateral.sharing.models import Copy, CopyKind, CopyPage, CopyState, Pack, Share
from collateral.sharing.showing import Leaf
from collateral.storage import storage
from collateral.templating import format_date

SPOOL = 8 << 20


def mark_text(mark: str, at: datetime) -> str:
    """What is burnt in: for whom, and when. Month and zone are written so that all read them."""
    return f"{mark} · {at:%d %b %Y, %H:%M} UTC" if mark else ""


def make(copy: Copy, *, at: datetime) -> None:
    """Make the copy and write down what there is of it. Commits on the way: each page counts.

    Raises nothing for what a file holds: the copy then says why it failed.
    """
    error = _pictures(copy, at) if copy.kind is CopyKind.PICTURES else _file(copy, at)
    copy.state = CopyState.FAILED if error else CopyState.READY
    copy.error, copy.made_at = error, at


def _pictures(copy: Copy, at: datetime) -> str | None:
    rows = db.session.execute(
        select(Page.number, Page.preview_1280)
        .where(Page.version_id == copy.version_id, ~Page.hidden, Page.preview_1280.is_not(None))
        .order_by(Page.number)
    ).all()
    there = {page.number for page in copy.pages}
    copy_id, mark = copy.id, mark_text(copy.mark, at)
    small: dict[int, str] = {}
    wanted = [(number, str(sha256)) for number, sha256 in rows if number not in there]
    if not wanted:
        return None
    db.session.commit()  # nothing stays open while the child works

    def take(number: int, width: int, data: bytes) -> None:
        kept = storage().put(io.BytesIO(data)).sha256
        if width == 320:
            small[number] = kept
            return
        db.session.execute(
            upsert(CopyPage)
            .values(copy_id=copy_id, number=number, preview_320=small[number], preview_1280=kept)
            .on_conflict_do_nothing()
        )
        # The first page can be read while the others are made.
        db.session.commit()

    with ExitStack() as stack:
        pages = [(n, stack.enter_context(storage().local(sha256))) for n, sha256 in wanted]
        error: str | None = binding.mark_pictures(pages, mark, take)
        return error


def _file(copy: Copy, at: datetime) -> str | None:
    made = _binding_of(copy, at)
    if made is None:
        return str(gettext("There is nothing left to bind."))
    wanted, pdfs, pictures = made
    db.session.commit()  # nothing stays open while the child works
    with ExitStack() as stack:
        paths = [stack.enter_context(storage().local(sha256)) for sha256 in pdfs]
        there = {
            sha256: stack.enter_context(storage().local(sha256))
            for sha256 in dict.fromkeys(filter(None, pictures))
        }
        sheets = [
            binding.Sheet(sheet.title, sheet.page, sheet.pdf, there.get(sha256 or ""))
            for sheet, sha256 in zip(wanted.sheets, pictures, strict=True)
        ]
        out = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=SPOOL))
        error = binding.bind(replace(wanted, sheets=sheets, pdfs=paths), cast(BinaryIO, out))
        if error:
            return error
        out.seek(0)
        kept = storage().put(cast(BinaryIO, out))
    copy.sha256, copy.bytes = kept.sha256, kept.size
    return None


def _binding_of(
    copy: Copy, at: datetime
) -> tuple[binding.Binding, list[str], list[str | None]] | None:
    """What is to be bound, the PDFs that pages come from, and the picture of each page."""
    share, pack = _of(copy)
    reader = share.maker if share is not None else pack.owner if pack is not None else None
    if reader is None:
        return None
    sections = _of_pack(pack, reader) if pack is not None else _of_part(share, copy.position)
    leaves = [leaf for _, each in sections for leaf in each]
    if not leaves:
        return None
    pdfs = _pdfs({leaf.version_id for leaf in leaves})
    order = list(pdfs)
    sheets = [
        binding.Sheet(
            leaf.title,
            leaf.page,
            order.index(leaf.version_id) if leaf.version_id in pdfs else None,
        )
        for leaf in leaves
    ]
    style = queries.settings()
    with force_locale(reader.locale):
        made = binding.Binding(
            title=pack.title if pack is not None else sections[0][0],
            sheets=sheets,
            sections=_starts(sections),
            mark=mark_text(copy.mark, at),
            cover=pack is not None and pack.cover,
            contents=pack is not None and pack.contents,
            contents_title=gettext("Contents"),
            under=[*_for_whom(share, pack), format_date(at)],
            company=style.company,
            colour=style.colour,
            wide=(leaves[0].width or 16) >= (leaves[0].height or 9),
        )
    return made, [pdfs[version_id] for version_id in order], [leaf.preview_1280 for leaf in leaves]


def _of(copy: Copy) -> tuple[Share | None, Pack | None]:
    """The link that the copy is for, and the pack: the link's, or one bound by itself."""
    share = db.session.get(Share, copy.share_id) if copy.share_id is not None else None
    pack_id = copy.pack_id if copy.pack_id is not None else share.pack_id if share else None
    return share, db.session.get(Pack, pack_id) if pack_id is not None else None


def _for_whom(share: Share | None, pack: Pack | None) -> list[str]:
    """What the cover says below the title: for whom it is, where that is known."""
    if share is not None:
        return [share.recipient]
    return [pack.deal.name] if pack is not None and pack.deal else []


Sections = list[tuple[str, list[Leaf]]]


def _starts(sections: Sections) -> list[tuple[str, int]]:
    """Each section's title and the position of its first page, from 0."""
    firsts = accumulate((len(leaves) for _, leaves in sections), initial=0)
    return [(title, first) for (title, _), first in zip(sections, firsts, strict=False)]


def _of_pack(pack: Pack, reader: Person) -> Sections:
    """The members that have pages, by their titles."""
    return [
        (
            " · ".join(filter(None, (member.asset.title, member.leaves[0].title)))
            if member.item.page is not None
            else member.asset.title,
            member.leaves,
        )
        for member in packs.members(pack, reader)
        if member.leaves and member.asset is not None
    ]


def _of_part(share: Share | None, position: int) -> Sections:
    if share is None:
        return []
    try:
        part = access.part(share, position)
    except NotFound:
        return []
    return [(part.title, part.leaves)]


def _pdfs(version_ids: set[int]) -> dict[int, str]:
    """The versions that are PDFs themselves, with their files."""
    rows = db.session.execute(
        select(AssetVersion.id, AssetVersion.sha256)
        .where(AssetVersion.id.in_(version_ids), AssetVersion.media_type == "application/pdf")
        .order_by(AssetVersion.id)
    )
    return {row.id: row.sha256 for row in rows}
