"""A piece of a file as the body of an answer.

A server that is handed an open file has the kernel send it. Werkzeug's own answer to `Range` is no
file any more: it is read in small pieces, from the file's beginning on, as far as the piece lies.
"""

from __future__ import annotations

from typing import BinaryIO

from flask import Response, request
from werkzeug.wsgi import wrap_file

BLOCK = 1 << 16


class Part:
    """`length` bytes of an open file from `start` on: read, or sent by its descriptor."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        file.seek(start)
        self._file, self._left = file, length
        self.close = file.close

    def fileno(self) -> int:
        """The descriptor, at its first byte. Raises OSError where there is none."""
        return self._file.fileno()

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most so many; none when all have been read."""
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data


def send(response: Response, file: BinaryIO) -> None:
    """Make what was asked for of the file the body: the part that Content-Range names, or all.

    The file is closed with the response.
    """
    asked = response.content_range
    body: BinaryIO | Part = file
    if response.status_code == 206 and asked.start is not None and asked.stop is not None:
        body = Part(file, asked.start, asked.stop - asked.start)
    response.response = wrap_file(request.environ, body, BLOCK)  # type: ignore[arg-type]
    response.direct_passthrough = True
