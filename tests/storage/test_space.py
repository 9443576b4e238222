"""Threat 32: a disk that is full. Nothing is kept by half, and what is there is still read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from collateral.accounts.models import Role
from collateral.assets.models import Asset
from collateral.db import db
from collateral.errors import OutOfSpace
from collateral.storage import FolderStorage, incoming, storage
from collateral.storage.incoming import IncomingFile
from tests.assets import files
from tests.factories import make_asset, make_person
from tests.support import Visitor


def test_t32_what_a_full_disk_does_not_take_leaves_nothing(tmp_path: Path) -> None:
    store = FolderStorage(tmp_path)
    file = store.incoming_file()
    assert isinstance(file, IncomingFile)
    file._file.close()
    file._file = Path("/dev/full").open("wb")  # noqa: SIM115 - answers as a full disk does
    with pytest.raises(OutOfSpace):
        file.write(b"x" * (1 << 20))
    assert list(store.names()) == []
    assert list(store.incoming.iterdir()) == []


def test_t32_an_upload_beside_a_full_disk_is_507_and_pages_are_read(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    marketer = visitor.as_(make_person(Role.MARKETER))
    sha256 = storage().put(io.BytesIO(b"kept before")).sha256
    asset = make_asset(title="Night shift")
    monkeypatch.setattr(incoming, "RESERVE", 1 << 62)  # more than any disk has free
    assert files.send(marketer, b"Words about chillers", "chillers.txt").status_code == 507
    assert db.session.query(Asset).count() == 1
    assert "Night shift" in marketer.get(f"/assets/{asset.id}").text
    with storage().open(sha256) as kept:
        assert kept.read() == b"kept before"
