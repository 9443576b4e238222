"""The index of prints: what lineage knows of every page of the library.

A file is a version of an asset; an adaptation that was accepted as a variant is an asset of
its own. Its pages are kept as they are compared; twelve hashes of each, and one for each
picture and for the whole page, lead from a foreign page to the files that hold some of it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from collateral.clock import now
from collateral.db import Model


class PrintFile(Model):
    """A known version. `root_id` is the asset where its family began: files that come from one
    another have one root, so that a word in all of them still counts as rare."""

    __tablename__ = "print_file"
    # Hashes name their file without a foreign key: its number is never given again.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(
        ForeignKey("asset_version.id", ondelete="CASCADE"), unique=True
    )
    root_id: Mapped[int]
    page_count: Mapped[int]
    printed: Mapped[bool]
    """A PDF: what a deck repeats on its pages is not marked as such in it."""
    recipe: Mapped[int]
    """Which way of making prints it was indexed by; an older one is made again."""
    indexed_at: Mapped[datetime] = mapped_column(default=now)


class PrintPage(Model):
    """One page as lineage compares it, packed by `packing`."""

    __tablename__ = "print_page"

    file_id: Mapped[int] = mapped_column(
        ForeignKey("print_file.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class PrintHash(Model):
    """A page that holds a run of words, a picture or a whole content of this hash."""

    __tablename__ = "print_hash"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    file_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class PrintCommon(Model):
    """A hash that so many pages hold that no more of them are noted; `roots` counts on."""

    __tablename__ = "print_common"

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    roots: Mapped[int]


class PrintToken(Model):
    """In how many roots a word stands. Hash 0 counts the roots themselves."""

    __tablename__ = "print_token"

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    roots: Mapped[int]
