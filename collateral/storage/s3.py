"""Files in S3 or a store that speaks as it does: `s3://BUCKET?endpoint=ADDRESS`.

Who may use the bucket is found as every AWS program finds it: the environment, a
profile, or the machine's role. Further settings stand in the address: `region`,
`prefix`, and `sse=AES256` or `sse=aws:kms` where the store encrypts at rest.
"""

from __future__ import annotations

import io
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qs, urlsplit

from collateral.errors import BadSetting, NotFound
from collateral.storage.incoming import TakesFiles, sweep_folder
from collateral.storage.protocol import NO_FILE, Place, StoreAway, check_name
from collateral.words import Sentence

log = logging.getLogger(__name__)

LINK_SECONDS = 60
PART = 16 << 20
READ_AHEAD = 1 << 20
KNOWN = {"endpoint", "region", "prefix", "sse"}


class S3Storage(TakesFiles):
    """The far side: a bucket that all machines share. Files come in by way of `scratch`."""

    def __init__(self, url: str, scratch: Path) -> None:
        parts = urlsplit(url)
        given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if unknown := given.keys() - KNOWN:
            raise BadSetting(f"STORAGE_URL: {sorted(unknown)[0]} is not known there.")
        self.bucket = parts.netloc
        prefix = given.get("prefix", "").strip("/")
        self._ours = f"{prefix}/" if prefix else ""
        self._endpoint = given.get("endpoint")
        self._region = given.get("region", "us-east-1")
        self._extra = {"ServerSideEncryption": given["sse"]} if "sse" in given else {}
        self.incoming = scratch
        self.incoming.mkdir(parents=True, exist_ok=True)
        self._made: Any = None

    @property
    def _client(self) -> Any:
        # Made at the first use, thus after a fork. A client may be used by many threads.
        if self._made is None:
            import boto3
            from botocore.config import Config

            self._made = boto3.client(
                "s3",
                endpoint_url=self._endpoint,
                region_name=self._region,
                config=Config(
                    signature_version="s3v4",
                    retries={"max_attempts": 5, "mode": "standard"},
                    s3={"addressing_style": "path" if self._endpoint else "auto"},
                ),
            )
        return self._made

    def key(self, sha256: str) -> str:
        """Where the file of that name lies in the bucket, whether or not it exists."""
        check_name(sha256)
        return f"{self._ours}{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def take(self, temporary: Path, sha256: str) -> None:
        """Send the file; it is kept when this returns.

        Known bytes are sent again: their age counts anew, so that no sweep takes them from
        under a row that is about to be written. Each part goes with its checksum, which the
        store compares before it takes it.
        """
        from boto3.s3.transfer import TransferConfig

        with _asking():
            self._client.upload_file(
                str(temporary),
                self.bucket,
                self.key(sha256),
                ExtraArgs={
                    "ChecksumAlgorithm": "SHA256",
                    "Metadata": {"sha256": sha256},
                    **self._extra,
                },
                Config=TransferConfig(multipart_threshold=PART, multipart_chunksize=PART),
            )
        if self.size(sha256) != temporary.stat().st_size:
            self.delete(sha256)
            raise OSError("The store kept another number of bytes than it was sent.")
        temporary.unlink()

    def open(self, sha256: str) -> BinaryIO:
        size = self.size(sha256)
        if size is None:
            raise NotFound(Sentence(NO_FILE))
        ranged = _Ranged(self._client, self.bucket, self.key(sha256), size)
        return cast(BinaryIO, io.BufferedReader(ranged, READ_AHEAD))

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        if self.size(sha256) is None:
            raise NotFound(Sentence(NO_FILE))
        with tempfile.NamedTemporaryFile(dir=self.incoming) as file:
            with _asking():
                self._client.download_fileobj(self.bucket, self.key(sha256), file)
            file.flush()
            yield Path(file.name)

    def link(self, sha256: str, disposition: str, media_type: str) -> str | None:
        return str(
            self._client.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self.bucket,
                    "Key": self.key(sha256),
                    "ResponseContentDisposition": disposition,
                    "ResponseContentType": media_type,
                    "ResponseCacheControl": "private, no-cache",
                },
                ExpiresIn=LINK_SECONDS,
            )
        )

    def place(self) -> Place:
        server = urlsplit(self._endpoint or "").netloc.rpartition("@")[2]
        return Place("bucket", f"{self.bucket}/{self._ours}".rstrip("/"), server)

    def size(self, sha256: str) -> int | None:
        head = self._head(sha256)
        return None if head is None else int(head["ContentLength"])

    def kept_at(self, sha256: str) -> float | None:
        head = self._head(sha256)
        return None if head is None else float(head["LastModified"].timestamp())

    def delete(self, sha256: str) -> None:
        self._client.delete_object(Bucket=self.bucket, Key=self.key(sha256))

    def names(self) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self._ours
        )
        for page in pages:
            for entry in page.get("Contents", ()):
                name = entry["Key"].rpartition("/")[2]
                if len(name) == 64:
                    yield name

    def sweep(self, older_than: float = 3600.0) -> int:
        removed = sweep_folder(self.incoming, older_than)
        horizon = datetime.now(UTC) - timedelta(seconds=older_than)
        # Of a bucket that others use, too, what lies under another prefix is theirs.
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self.bucket, Prefix=self._ours
        )
        for page in pages:
            for upload in page.get("Uploads", ()):
                if upload["Initiated"] < horizon:
                    self._client.abort_multipart_upload(
                        Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    )
                    removed += 1
        return removed

    def _head(self, sha256: str) -> dict[str, Any] | None:
        from botocore.exceptions import ClientError

        with _asking():
            try:
                return cast(
                    dict[str, Any],
                    self._client.head_object(Bucket=self.bucket, Key=self.key(sha256)),
                )
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                    return None
                raise


@contextmanager
def _asking() -> Iterator[None]:
    """Raises StoreAway where the store does not answer, or refuses what it always grants: it was
    asked for a file that stands in a row, by whoever may."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        log.warning("store_away", extra={"why": str(error)})
        raise StoreAway from error


class _Ranged(io.RawIOBase):
    """An object of the bucket as a file: each read asks for the bytes that it needs."""

    def __init__(self, client: Any, bucket: str, key: str, size: int) -> None:
        self._client, self._bucket, self._key, self._size = client, bucket, key, size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        last = self._at + wanted - 1
        with _asking():
            answer = self._client.get_object(
                Bucket=self._bucket, Key=self._key, Range=f"bytes={self._at}-{last}"
            )
            data = answer["Body"].read()
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
