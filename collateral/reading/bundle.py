"""Several files as one, for a child that can open but one: a head in JSON, then the files.

Written by the worker, read in the confined child from its only descriptor.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from collateral.reading.confined.wire import FILE

_HEAD = struct.Struct(">Q")
_PIXELS = 40_000_000


@contextmanager
def bundled(head: dict[str, Any], files: Sequence[Path]) -> Iterator[Path]:
    """A file with the head and these files, gone afterwards. `blobs` of the head say where."""
    sizes = [path.stat().st_size for path in files]
    places, at = [], 0
    for size in sizes:
        places.append([at, size])
        at += size
    text = json.dumps({**head, "blobs": places}).encode()
    with tempfile.NamedTemporaryFile(prefix="collateral-bundle-") as out:
        out.write(_HEAD.pack(len(text)) + text)
        for path in files:
            with path.open("rb") as file:
                shutil.copyfileobj(file, out, 1 << 20)
        out.flush()
        yield Path(out.name)


class Opened:
    """A bundle, seen from the child."""

    def __init__(self, descriptor: int = FILE) -> None:
        self._descriptor = descriptor
        size = _HEAD.unpack(os.pread(descriptor, _HEAD.size, 0))[0]
        self.head: dict[str, Any] = json.loads(self._read(_HEAD.size, size))
        self._start = _HEAD.size + size

    def blob(self, number: int) -> bytes:
        """The file of that number, from 0."""
        at, size = self.head["blobs"][number]
        return self._read(self._start + at, size)

    def picture(self, number: int) -> Any:
        """The file as a picture of a sensible size. Raises ValueError for a larger one."""
        from PIL import Image

        image = Image.open(io.BytesIO(self.blob(number)))
        if image.width * image.height > _PIXELS:
            raise ValueError("a picture of too many pixels")
        return image.convert("RGB")

    def _read(self, at: int, size: int) -> bytes:
        parts = []
        while size > 0:
            part = os.pread(self._descriptor, min(size, 1 << 24), at)
            if not part:
                raise ValueError("a bundle that ends too early")
            parts.append(part)
            at, size = at + len(part), size - len(part)
        return b"".join(parts)
