"""Which segments are made one, and when: many of them make every search dearer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from whoosh.reading import SegmentReader

MANY_SEGMENTS = 10
TINY = 16
MANY_TINY = 6
SMALL_MERGE = 250
"""Documents in one merge by day: about two seconds of the one writer's time."""
TOO_MANY_SEGMENTS = 24


def to_merge(segments: list[Any]) -> frozenset[str]:
    """The smallest segments, as many as one short merge may hold; none while there are few."""
    chosen: list[str] = []
    documents = 0
    if len(segments) > MANY_SEGMENTS:
        for segment in sorted(segments, key=lambda one: one.doc_count()):
            documents += segment.doc_count()
            crowded = len(segments) > TOO_MANY_SEGMENTS and len(chosen) < 2
            if documents > SMALL_MERGE and not crowded:
                break
            chosen.append(segment.segment_id())
    return frozenset(chosen) if len(chosen) > 1 else frozenset()


def joining(names: frozenset[str]) -> Callable[[Any, list[Any]], list[Any]]:
    """What a writer calls at its commit to take those segments up."""

    def join(writer: Any, segments: list[Any]) -> list[Any]:
        present = drop_empty(writer, segments)
        return _join(writer, present, [one for one in present if one.segment_id() in names])

    return join


def _join(writer: Any, segments: list[Any], chosen: list[Any]) -> list[Any]:
    """Take the chosen segments up into the one that is being written; answers the others."""
    for segment in chosen:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in segments if segment not in chosen]


def drop_empty(_writer: Any, segments: list[Any]) -> list[Any]:
    return [segment for segment in segments if segment.doc_count() > 0]
