"""Reading a backup again: whether every byte is in it that its manifest promises."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import IO, cast

from collateral.backup.taking import Hashing, Progress
from collateral.errors import Invalid
from collateral.storage import CHUNK


def verify(path: Path, progress: Progress | None = None) -> int:
    """How many members the backup has, each with the bytes that the manifest promises.

    `progress` is called with the number of those that were read. Raises Invalid where it is
    damaged or cut off.
    """
    seen: list[str] = []
    manifest: str | None = None
    try:
        with path.open("rb") as source, tarfile.open(fileobj=source, mode="r|*") as tar:
            for member in tar:
                stream = cast("IO[bytes]", tar.extractfile(member))
                if member.name == "manifest.txt":
                    manifest = stream.read().decode()
                    continue
                hashed = Hashing(stream)
                while hashed.read(CHUNK):
                    pass
                seen.append(f"{hashed.digest.hexdigest()} {member.size} {member.name}")
                if progress:
                    progress(len(seen))
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise Invalid(f"The backup is damaged or cut off: {error}.") from error
    if manifest is None:
        raise Invalid("The backup is cut off: its manifest is missing.")
    if manifest.splitlines() != seen:
        raise Invalid("The backup is damaged: it does not hold what its manifest says.")
    return len(seen)
