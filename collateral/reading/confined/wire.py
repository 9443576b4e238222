"""How a child answers: frames of one small JSON head and, for pictures, bytes. Never a pickle.

The child writes down a pipe that the caller counts; there is no file of the child's making that a
link or a fifo could turn into something else.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator
from typing import Any

FILE, ANSWER = 3, 4
"""The child's descriptors: the file that it reads, the pipe that it answers down."""
_HEAD = struct.Struct(">II")
JSON_BYTES = 1024 * 1024
BLOB_BYTES = 64 * 1024 * 1024


class BadAnswer(Exception):
    """The child sent something that no honest child sends."""


class Sender:
    """The child's end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, head: dict[str, Any], blob: bytes = b"") -> None:
        """Send one frame. Raises ValueError when it is larger than a caller would take."""
        text = json.dumps(head, ensure_ascii=True, allow_nan=False).encode()
        if len(text) > JSON_BYTES or len(blob) > BLOB_BYTES:
            raise ValueError("answer too large")
        data = memoryview(_HEAD.pack(len(text), len(blob)) + text + blob)
        while data:
            data = data[os.write(self._descriptor, data) :]


class Assembler:
    """The caller's end: bytes in as they come, whole frames out."""

    def __init__(self, allowed_bytes: int) -> None:
        self._buffer = bytearray()
        self._left = allowed_bytes

    def feed(self, data: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Take some bytes; yield what they complete. Raises BadAnswer on excess or nonsense."""
        self._left -= len(data)
        if self._left < 0:
            raise BadAnswer("more than the limit")
        self._buffer += data
        while len(self._buffer) >= _HEAD.size:
            json_size, blob_size = _HEAD.unpack_from(self._buffer)
            if json_size > JSON_BYTES or blob_size > BLOB_BYTES:
                raise BadAnswer("a frame beyond its size")
            end = _HEAD.size + json_size + blob_size
            if len(self._buffer) < end:
                return
            text = bytes(self._buffer[_HEAD.size : _HEAD.size + json_size])
            blob = bytes(self._buffer[_HEAD.size + json_size : end])
            del self._buffer[:end]
            yield _parse(text), blob

    @property
    def complete(self) -> bool:
        """Whether nothing is left of a frame that was begun."""
        return not self._buffer


def _parse(text: bytes) -> dict[str, Any]:
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadAnswer("not JSON") from error
    if not isinstance(head, dict):
        raise BadAnswer("not an object")
    return head
