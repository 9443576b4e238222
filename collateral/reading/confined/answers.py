"""Taking a file out of a folder that a confined program could write: trusting nothing about it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile


@contextmanager
def take_file(folder: Path, name: str, most: int) -> Iterator[Path | None]:
    """A copy of `folder/name`, gone afterwards; None unless it is a plain file of its own.

    No link is followed and no pipe waited for; a file with a second name, an empty one or one
    over `most` bytes is no answer.
    """
    descriptor = _open(folder, name, most)
    if descriptor is None:
        yield None
        return
    with (
        os.fdopen(descriptor, "rb") as source,
        NamedTemporaryFile(prefix="collateral-reading-") as copy,
    ):
        shutil.copyfileobj(source, copy)
        copy.flush()
        yield Path(copy.name)


def _open(folder: Path, name: str, most: int) -> int | None:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(folder / name, flags)
    except OSError:
        return None
    facts = os.fstat(descriptor)
    if stat.S_ISREG(facts.st_mode) and facts.st_nlink == 1 and 0 < facts.st_size <= most:
        return descriptor
    os.close(descriptor)
    return None
