"""What a server is handed to send: an open file at its place, or a piece of one."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collateral.accounts.models import Role
from collateral.assets.parts import Part
from tests.assets.test_downloads import original
from tests.factories import make_asset, make_person
from tests.support import Visitor


class Kernel:
    """Sends as a server does whose kernel does it: from where the descriptor stands, with no
    regard to what the file says of itself. How much, Content-Length tells."""

    def __init__(self, file: BinaryIO, _block: int) -> None:
        self.close: Callable[[], None] = file.close
        self._number = file.fileno()
        self._sent = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._sent:
            raise StopIteration
        self._sent = True
        return os.pread(self._number, 1 << 20, os.lseek(self._number, 0, os.SEEK_CUR))


@pytest.mark.parametrize(
    ("asked", "first", "length"), [("", 0, None), ("2-5", 2, 4), ("7-", 7, None), ("-3", -3, 3)]
)
def test_the_kernel_finds_the_part_where_the_file_stands(
    visitor: Visitor, asked: str, first: int, length: int | None
) -> None:
    asset = make_asset()
    wanted = original(asset)[first:]
    rep = visitor.as_(make_person(Role.REP))
    with rep.get(
        f"/assets/{asset.id}/file",
        headers={"Range": f"bytes={asked}"} if asked else {},
        environ_overrides={"wsgi.file_wrapper": Kernel},
    ) as answer:
        assert answer.status_code == (206 if asked else 200)
        assert answer.content_length == (length or len(wanted))
        assert b"".join(answer.response) == wanted


@settings(max_examples=30)
@given(st.binary(max_size=60), st.integers(0, 60), st.integers(0, 60), st.integers(1, 9))
def test_read_in_pieces_it_is_that_part_and_no_more(
    data: bytes, start: int, length: int, block: int
) -> None:
    part = Part(io.BytesIO(data), start, length)
    read = b"".join(iter(lambda: part.read(block), b""))
    assert read == data[start : start + length]
    assert Part(io.BytesIO(data), start, length).read() == read
