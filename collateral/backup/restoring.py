"""Putting a backup back, into a library where nobody lives yet."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import delete, func, select, update

from collateral.accounts import audit
from collateral.accounts.models import ApiToken, OneTimeToken, SignInSession
from collateral.assets.models import Asset
from collateral.backup import postgresql, sqlite
from collateral.backup.tables import has_people, known_revisions, schema_revision
from collateral.backup.taking import FORMAT, Hashing, Progress
from collateral.clock import now
from collateral.db import db, is_sqlite
from collateral.errors import Conflict, Invalid
from collateral.storage import storage

_KNOWN = re.compile(
    r"about\.json|manifest\.txt|database\.sqlite|tables/(parts\.json|[a-z0-9_]+\.copy)"
    r"|files/[0-9a-f]{64}"
)


@dataclass(frozen=True)
class Restored:
    """What came back. `live_tokens`: API tokens that open the library again."""

    files: int
    file_bytes: int
    taken_at: str
    live_tokens: int


@dataclass
class _Contents:
    """What was read of the tar."""

    folder: Path
    about: dict[str, Any] = field(default_factory=dict)
    manifest: str | None = None
    seen: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    file_bytes: int = 0


def restore(
    source: BinaryIO, *, revoke_tokens: bool = False, progress: Progress | None = None
) -> Restored:
    """Read a backup from `source` into the running, empty library, and check all of it. Commits.

    Sign-in sessions and one-time links end, for they may have been ended since the backup
    was taken; API tokens too, with `revoke_tokens`.

    Raises:
        Conflict: somebody lives here, or files lie here.
        Invalid: the backup is damaged, cut off, or not for this database. The library is
            empty as before.
    """
    if has_people() or next(storage().names(), None) is not None:
        raise Conflict(
            "This library is not empty. Restore into one of its own: name another "
            "COLLATERAL_HOME, DATABASE_URL and STORAGE_URL."
        )
    home = current_app.extensions["settings"].home
    with tempfile.TemporaryDirectory(dir=home, prefix="restore-") as folder:
        contents = _Contents(Path(folder))
        try:
            _read(source, contents, progress)
            _check(contents)
            _fill_database(contents)
        except BaseException:
            for sha256 in contents.kept:
                storage().delete(sha256)
            raise
    if contents.about["revision"]:
        upgrade()
    live = _end_what_may_have_ended(contents, revoke_tokens)
    return Restored(len(contents.kept), contents.file_bytes, contents.about["taken_at"], live)


def _read(source: BinaryIO, contents: _Contents, progress: Progress | None) -> None:
    try:
        with tarfile.open(fileobj=source, mode="r|*") as tar:
            for member in tar:
                stream = tar.extractfile(member)
                if stream is None or not _KNOWN.fullmatch(member.name):
                    raise Invalid(f"This is no backup of a library: it holds {member.name}.")
                _take(member, stream, contents)
                if progress and member.name.startswith("files/"):
                    progress(len(contents.kept))
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise Invalid(f"The backup is damaged or cut off: {error}.") from error


def _take(member: tarfile.TarInfo, stream: IO[bytes], contents: _Contents) -> None:
    name = member.name
    if name == "manifest.txt":
        contents.manifest = stream.read().decode()
        return
    hashed = Hashing(stream)
    if name.startswith("files/"):
        stored = storage().put(cast(BinaryIO, hashed))
        contents.kept.append(stored.sha256)
        contents.file_bytes += stored.size
        if stored.sha256 != name.removeprefix("files/"):
            raise Invalid(f"The backup is damaged: {name} holds other bytes.")
    elif name == "about.json":
        contents.about = json.loads(hashed.read())
        _check_fit(contents.about)
    else:
        path = contents.folder / Path(name).name
        with path.open("wb") as file:
            shutil.copyfileobj(cast("IO[bytes]", hashed), file, 1 << 20)
    contents.seen.append(f"{hashed.digest.hexdigest()} {member.size} {name}")


def _check_fit(about: dict[str, Any]) -> None:
    """Whether this code and this database can take it, before gigabytes are read."""
    if about.get("format") != FORMAT:
        raise Invalid("This backup was made by a newer Collateral; install that one first.")
    here = "sqlite" if is_sqlite() else "postgresql"
    if about["database"] != here:
        raise Invalid(
            f"This backup is of a library in {about['database']}, and DATABASE_URL names {here}."
        )
    if about["revision"] not in (None, *known_revisions()):
        raise Invalid(
            f"This Collateral does not know the backup's tables (revision {about['revision']}); "
            "install the one that made it, or a newer one."
        )
    if not is_sqlite() and schema_revision() not in (None, about["revision"]):
        raise Invalid(
            "The tables in this database are not those of the backup; use an empty database."
        )


def _check(contents: _Contents) -> None:
    if contents.manifest is None or not contents.about:
        raise Invalid("The backup is cut off: its manifest is missing.")
    if contents.manifest.splitlines() != contents.seen:
        raise Invalid("The backup is damaged: it does not hold what its manifest says.")


def _fill_database(contents: _Contents) -> None:
    if is_sqlite():
        sqlite.put_in_place(contents.folder)
        return
    if contents.about["revision"]:
        upgrade(revision=contents.about["revision"])
    postgresql.read_back(contents.folder)


def _end_what_may_have_ended(contents: _Contents, revoke_tokens: bool) -> int:
    at = now()
    db.session.execute(delete(SignInSession))
    db.session.execute(delete(OneTimeToken))
    if revoke_tokens:
        db.session.execute(
            update(ApiToken).where(ApiToken.revoked_at.is_(None)).values(revoked_at=at)
        )
    # The index is not in the backup: every asset is to be looked at again.
    db.session.execute(update(Asset).values(indexed_revision=0))
    audit.record("library.restored", by=None, taken_at=contents.about["taken_at"])
    live = db.session.scalar(
        select(func.count())
        .select_from(ApiToken)
        .where(ApiToken.revoked_at.is_(None), ApiToken.expires_at > at)
    )
    db.session.commit()
    return live or 0
