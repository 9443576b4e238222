"""Writing the index: single changes of the live one, and a new one beside it.

    SEARCH_URL folder/
      current           {"generation": NAME, "schema": 2}, replaced in one step
      NAME/             one Whoosh index; the worker alone writes there
      write.lock, rebuild.lock    held by flock, so a killed process holds nothing

Callers hold the lock.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from collateral.search.engines.filelock import held
from collateral.search.engines.protocol import SCHEMA, Changes, Document, EngineUnavailable
from collateral.search.engines.whoosh import merging
from collateral.search.engines.whoosh.codec import Codec, Pool
from collateral.search.engines.whoosh.fields import as_fields, make_schema
from collateral.search.engines.whoosh.segments import Opened, Segment


def current(folder: Path) -> str:
    """The name of the live index.

    Raises:
        EngineUnavailable: there is none that this program can read.
    """
    try:
        named = json.loads((folder / "current").read_text())
        if named["schema"] == SCHEMA:
            return str(named["generation"])
    except FileNotFoundError:
        raise EngineUnavailable("There is no index yet.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineUnavailable("The index does not say which it is.") from error
    raise EngineUnavailable("The index was made by another version of this program.")


def change(
    index: Path,
    documents: Iterable[Document],
    gone: Iterable[int],
    opened: Mapping[str, Segment],
) -> None:
    """Put the documents into the index and take `gone` out, in one commit.

    Args:
        opened: segments that are open anyway, by their name.
    """
    writer = _writer(FileStorage(str(index)))
    try:
        put = list(documents)
        stale = {document.id for document in put} | set(gone)
        for number in np.flatnonzero(np.isin(_ids(writer, opened), list(stale))):
            writer.delete_document(int(number))
        for document in put:
            writer.add_document(**as_fields(document))
        writer.commit(mergetype=merging.drop_empty)
    except BaseException:
        writer.cancel()
        raise


def _ids(writer: Any, opened: Mapping[str, Segment]) -> Any:
    """The id of each document as the writer numbers them, 0 for those that are deleted."""
    found = [np.zeros(0, np.uint32)]
    for segment in writer.segments:
        kept = opened.get(segment.segment_id())
        facts = kept.opened.facts if kept else Opened(writer.storage, writer.schema, segment).facts
        ids = facts["id"].copy()
        ids[list(segment.deleted_docs())] = 0
        found.append(ids)
    return np.concatenate(found)


def _writer(storage: FileStorage, megabytes: int = 64) -> Any:
    # Compound segments would be copied into memory at every opening.
    writer = FileIndex(storage).writer(compound=False, codec=Codec(), timeout=5)
    writer.pool = Pool(writer.temp_storage(), writer.newsegment, limitmb=megabytes)
    return writer


def rebuild(folder: Path, documents: Iterator[Document], late: Callable[[], Changes]) -> None:
    """Make a new index beside the live one, switch to it, and remove the others."""
    generation = f"{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
    index = folder / generation
    index.mkdir()
    storage = FileStorage(str(index))
    FileIndex.create(storage, make_schema())
    writer = _writer(storage, megabytes=128)
    try:
        for document in documents:
            writer.add_document(**as_fields(document))
        writer.commit(merge=False)
    except BaseException:
        writer.cancel()
        shutil.rmtree(index, ignore_errors=True)
        raise
    with held(folder / "write.lock", wait=True):
        changes = late()
        change(index, changes.documents, changes.gone, {})
        beside = folder / "current.new"
        beside.write_text(json.dumps({"generation": generation, "schema": SCHEMA}))
        beside.replace(folder / "current")
    remove_others(folder, generation)


def remove_others(folder: Path, generation: str) -> None:
    """Readers keep what they have opened; who opens anew looks at `current` first."""
    for other in folder.iterdir():
        if other.is_dir() and other.name != generation:
            shutil.rmtree(other, ignore_errors=True)


def merge(index: Path) -> None:
    """Make one of the smallest segments, if there are many."""
    storage = FileStorage(str(index))
    chosen = merging.to_merge(TOC.read(storage, "MAIN").segments)
    if chosen:
        _writer(storage).commit(mergetype=merging.joining(chosen))
