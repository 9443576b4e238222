"""Taking a file in: its bytes into the store, judged by what they are. No rows yet.

What a file is, is the reading feature's knowledge, which comes after this one. It
says so here once, when its jobs are registered: `judge_with` for the kind of a file,
`read_with` for the job that reads a new version, the one that does so for one of many, and the
one that gets ready for that.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from flask_babel import lazy_gettext as _

from collateral.assets.rules import clean_filename
from collateral.errors import Invalid
from collateral.queue import Job, send
from collateral.storage import Incoming, StoredFile, storage
from collateral.words import in_words


class Kind(Protocol):
    """What a file is, judged by its content."""

    @property
    def media_type(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def extension(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def mismatch(self) -> str | None: ...


class Refused(Invalid):
    """The file cannot be taken; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"file": sentence})


@dataclass(frozen=True)
class Received:
    """A file that is in the store and that no row names yet."""

    stored: StoredFile
    kind: Kind
    filename: str

    def columns(self) -> dict[str, str | int]:
        """What a row that keeps the file says of it: a version's, an adaptation's."""
        return {
            "sha256": self.stored.sha256,
            "bytes": self.stored.size,
            "filename": self.filename,
            "media_type": self.kind.media_type,
            "family": self.kind.family,
            "label": self.kind.label,
        }


_judges: list[Callable[[Path, str], Kind]] = []
_readers: list[Job] = []
_readers_of_many: list[Job] = []
_heralded: list[Job] = []


def judge_with(function: Callable[[Path, str], Kind]) -> None:
    """From now on this says what a file is: called with its path and the name it was given."""
    _judges[:] = [function]


def read_with(job: Job, *, of_many: Job, get_ready: Job) -> None:
    """From now on this job is sent, with the version's id, when a version is received; `of_many`
    when it is one of many from one person; `get_ready` when somebody is about to send files."""
    _readers[:] = [job]
    _readers_of_many[:] = [of_many]
    _heralded[:] = [get_ready]


def expect_files() -> None:
    """Say that somebody is about to send files: whoever chooses one gives readers the time to
    start."""
    for job in _heralded:
        send(job)


def readers(*, of_many: bool = False) -> tuple[Job, ...]:
    return tuple(_readers_of_many if of_many else _readers)


def receive(stream: BinaryIO | Incoming, filename: str, *, limit: int | None = None) -> Received:
    """Keep the file and say what it is. Opens no transaction.

    `stream` is anything that can be read, or a file that is already on its way into the
    store (`uploads.Upload`), of which nothing is copied then. `limit` is in bytes.

    Raises:
        Refused: it is empty, or its content contradicts its name. Nothing is kept.
        TooLarge, OutOfSpace: nothing is kept.
    """
    incoming = _incoming(stream, limit)
    name = clean_filename(filename)
    try:
        if incoming.size == 0:
            raise Refused(_("The file is empty."))
        kind = _judges[0](incoming.path, name)
        if kind.mismatch:
            raise Refused(in_words(kind.mismatch))
        return Received(incoming.keep(), kind, name)
    finally:
        incoming.discard()


def receive_path(path: Path, *, limit: int | None = None) -> Received:
    """The same for a file on disk, under its own name."""
    with path.open("rb") as file:
        return receive(file, path.name, limit=limit)


def _incoming(stream: BinaryIO | Incoming, limit: int | None) -> Incoming:
    underway = getattr(stream, "incoming", None)
    if underway is not None:
        found: Incoming = underway
        return found
    if not hasattr(stream, "read"):
        return stream
    incoming = storage().incoming_file(limit=limit)
    try:
        while chunk := stream.read(1 << 20):
            incoming.write(chunk)
    except BaseException:
        with suppress(OSError):
            incoming.discard()
        raise
    return incoming
