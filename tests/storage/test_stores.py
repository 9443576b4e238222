"""Both sides of the seam of files, by one set of tests: a folder, and a real S3 server."""

from __future__ import annotations

import hashlib
import io
import os
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from collateral.assets.moving import Moved, move
from collateral.config import Settings
from collateral.errors import BadSetting, NotFound, TooLarge
from collateral.storage import FolderStorage, Storage
from collateral.storage.s3 import PART, S3Storage
from tests.storage.seaweed import KEY, SECRET, s3_server


@pytest.fixture(scope="session")
def s3_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3")) as address:
        yield address


@pytest.fixture
def bucket(s3_address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[S3Storage]:
    """A store in a part of its own of the one bucket."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    prefix = uuid.uuid4().hex
    url = f"s3://library?endpoint={s3_address}&prefix={prefix}"
    store = S3Storage(url, tmp_path / "scratch")
    for _ in range(100):
        try:
            store._client.create_bucket(Bucket=store.bucket)
            break
        except store._client.exceptions.BucketAlreadyExists:
            break
        except store._client.exceptions.BucketAlreadyOwnedByYou:
            break
        except ClientError:  # the server's parts find each other in their own time
            time.sleep(0.2)
    yield store
    store._client.close()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "files")
    made: Storage = request.getfixturevalue("bucket")
    return made


def name_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_what_was_kept_comes_back_whole_and_in_part(store: Storage) -> None:
    data = os.urandom(3 << 20)
    kept = store.put(io.BytesIO(data))
    assert (kept.sha256, kept.size) == (name_of(data), len(data))
    with store.open(kept.sha256) as file:
        assert file.read() == data
        file.seek(1_000_000)
        assert file.read(10) == data[1_000_000:1_000_010]
        assert file.seek(-5, os.SEEK_END) == len(data) - 5
        assert file.read() == data[-5:]
    with store.local(kept.sha256) as path:
        assert path.read_bytes() == data
    assert store.size(kept.sha256) == len(data)
    assert abs((store.kept_at(kept.sha256) or 0) - time.time()) < 60


def test_a_file_in_many_parts_is_the_same_file(store: Storage) -> None:
    data = os.urandom(1 << 20) * ((PART >> 20) + 2)
    kept = store.put(io.BytesIO(data))
    with store.open(kept.sha256) as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == name_of(data)


def test_the_same_bytes_are_kept_once(store: Storage) -> None:
    for _ in range(2):
        store.put(io.BytesIO(b"the same"))
    store.put(io.BytesIO(b"other"))
    assert sorted(store.names()) == sorted([name_of(b"the same"), name_of(b"other")])


def test_too_much_leaves_nothing(store: Storage) -> None:
    with pytest.raises(TooLarge, match="10 bytes"):
        store.put(io.BytesIO(b"x" * 11), limit=10)
    assert list(store.names()) == []
    incoming = store.incoming_file()
    incoming.write(b"begun")
    incoming.discard()
    assert store.sweep(older_than=-1) == 0


def test_what_interrupted_writes_left_is_swept(store: Storage) -> None:
    incoming = store.incoming_file()
    incoming.write(b"begun")
    assert store.sweep() == 0
    assert store.sweep(older_than=-1) == 1
    incoming.discard()


def test_begun_uploads_are_swept_and_those_of_others_in_the_bucket_left(
    bucket: S3Storage,
) -> None:
    client, ours = bucket._client, bucket.key("0" * 64)
    for key in (ours, f"theirs/{uuid.uuid4().hex}"):
        client.create_multipart_upload(Bucket=bucket.bucket, Key=key)
    assert bucket.sweep() == 0
    assert bucket.sweep(older_than=-60) == 1
    left = [each["Key"] for each in client.list_multipart_uploads(Bucket=bucket.bucket)["Uploads"]]
    assert ours not in left
    assert any(key.startswith("theirs/") for key in left)


def test_what_is_not_there_is_said_so(store: Storage) -> None:
    for name in ("0" * 64, "../../etc/passwd", "", "A" * 64):
        with pytest.raises(NotFound):
            store.open(name)
        with pytest.raises(NotFound), store.local(name):
            pass
    assert store.size("0" * 64) is None
    assert store.kept_at("0" * 64) is None
    store.delete("0" * 64)


def test_a_deleted_file_is_gone(store: Storage) -> None:
    kept = store.put(io.BytesIO(b"to go"))
    store.delete(kept.sha256)
    assert store.size(kept.sha256) is None
    assert list(store.names()) == []


def test_a_link_gives_the_file_under_its_name_and_no_other(bucket: S3Storage) -> None:
    kept = bucket.put(io.BytesIO(b"for the customer"))
    link = bucket.link(kept.sha256, "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf", "a/b")
    assert link
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == b"for the customer"
        assert answer.headers["Content-Disposition"].endswith("Gr%C3%B6%C3%9Fe.pdf")
    other = bucket.put(io.BytesIO(b"a secret"))
    for wrong in (link.replace(kept.sha256, other.sha256), link.partition("?")[0]):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(wrong)
        assert refused.value.code == 403
        refused.value.close()


class Asked(Exception):
    """What was asked of the store has been seen."""


def test_encryption_at_rest_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The server of these tests offers none, so what counts is what it would be asked."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    store = S3Storage("s3://library?endpoint=http://127.0.0.1:9&sse=aws:kms", tmp_path)
    asked = []

    def look(params: dict[str, Any], **_more: Any) -> None:
        asked.append(params["headers"]["x-amz-server-side-encryption"])
        raise Asked

    for operation in ("PutObject", "CreateMultipartUpload"):
        store._client.meta.events.register(f"before-call.s3.{operation}", look)
    for size in (9, 2 * PART + 1):
        with pytest.raises(Asked):
            store.put(io.BytesIO(bytes(size)))
    assert asked == ["aws:kms"] * 2
    store._client.close()


def test_an_address_with_what_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="colour"):
        S3Storage("s3://bucket?colour=red", tmp_path)
    with pytest.raises(BadSetting):
        Settings.from_environ({"COLLATERAL_HOME": str(tmp_path), "STORAGE_URL": "s3:nothing"})


def test_files_move_to_the_other_store_whole_and_only_once(
    bucket: S3Storage, tmp_path: Path
) -> None:
    here = FolderStorage(tmp_path / "here")
    kept = [here.put(io.BytesIO(os.urandom(1000 * n))) for n in range(1, 6)]
    bucket.put_path(here.path(kept[0].sha256))
    here.path(kept[1].sha256).write_bytes(b"damaged")

    def meanwhile(moved: Moved) -> None:
        if moved.copied == 1:
            here.put(io.BytesIO(b"uploaded while it moved"))

    moved = move(here, bucket, meanwhile)
    assert (moved.copied, moved.there, moved.damaged) == (4, 1, 1)
    assert set(bucket.names()) == set(here.names()) - {kept[1].sha256}
    again = move(here, bucket, lambda _: None)
    assert (again.copied, again.there) == (0, 5)
