"""What is counted of the answers of lineage to files whose truth is known.

A source counts by its family; one that is only borrowed from is none. What is told to be a
translation of a deck that says something else has a false source, too. A page counts when it is
the very page, or one with the same content elsewhere. The kind of change is right when a page is
told the same or edited as it was; its precision is over the pages that were found, its recall
over all that have a source. A page of at least twelve words of which nine tenths are the same is
a copy wherever it stands: naming it is no error.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from collateral.adaptations.prints import PagePrint
from collateral.adaptations.relations import Change, Lineage, PageLineage, Source
from collateral.bench.lineage_memory import MemoryLibrary
from collateral.bench.truth.bases import Base
from collateral.bench.truth.kinds import Case
from collateral.bench.truth.prints import read_prints
from collateral.bench.truth.slides import Origin
from collateral.reading.kinds import KINDS as FILES

COPY_WORDS, COPY_SHARE = 12, 0.9
BINS = 10


@dataclass
class Library:
    """The decks that are known, in memory, with what truth needs to look up."""

    memory: MemoryLibrary = field(default_factory=MemoryLibrary)
    keys: dict[int, str] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    roots: dict[str, int] = field(default_factory=dict)
    contents: dict[tuple[str, int], int] = field(default_factory=dict)
    meanings: dict[int, str] = field(default_factory=dict)

    def add(self, base: Base) -> None:
        """Know a deck."""
        version = len(self.keys) + 1
        self.keys[version] = base.key
        self.families[base.key] = base.family
        self.meanings[version] = base.meaning
        root = self.roots.setdefault(base.family, len(self.roots) + 1)
        pages = read_prints(base.data, FILES["pptx"])
        self.memory.add(version, pages, root=root)
        self.contents |= {(base.key, page.number): page.whole for page in pages}

    def family(self, version: int) -> str:
        """The family that a version belongs to."""
        return self.families[self.keys[version]]

    def mistranslated(self, found: Lineage, meanings: Collection[str]) -> bool:
        """Whether a file that says this is told to be a translation of what says something else."""
        told = found.translation_of
        return told is not None and self.meanings[told.version] not in meanings


@dataclass
class Figures:
    """What was counted of one kind of edit in one form, and the confidences that were told."""

    counts: Counter[str] = field(default_factory=Counter)
    told: list[tuple[float, bool]] = field(default_factory=list)

    def shares(self) -> dict[str, float | int | None]:
        """Precision and recall of source, page and change; calibration error; false sources."""
        c = self.counts
        return {
            "files": c["files"],
            "source_precision": _share(c["source_right"], c["source_right"] + c["source_false"]),
            "source_recall": _share(c["source_right"], c["source_right"] + c["source_missed"]),
            "pages": c["pages"],
            "page_precision": _share(c["page_right"], c["page_right"] + c["page_false"]),
            "page_recall": _share(c["page_right"], c["pages"]),
            "change_precision": _share(c["change_right"], c["page_right"]),
            "change_recall": _share(c["change_right"], c["pages"]),
            "calibration_error": calibration_error(self.told),
            "branding_precision": _share(c["brand_right"], c["brand_right"] + c["brand_false"]),
            "branding_recall": _share(c["brand_right"], c["brand_right"] + c["brand_missed"]),
            "without_family": c["without_family"],
            "without_family_false": c["without_family_false"],
            "without_family_mistranslated": c["without_family_mistranslated"],
            "without_family_borrowed": c["without_family_borrowed"],
            "translations": c["translations"],
            "translations_found": c["translations_found"],
        }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def calibration_error(told: Sequence[tuple[float, bool]]) -> float | None:
    """Expected calibration error over ten bins: how far what was told lies from what held."""
    if not told:
        return None
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, held in told:
        bins[min(BINS - 1, int(confidence * BINS))].append((confidence, held))
    apart = sum(abs(sum(p for p, _ in b) - sum(held for _, held in b)) for b in bins.values())
    return round(apart / len(told), 4)


def judge(
    case: Case, pages: Sequence[PagePrint], found: Lineage, library: Library, row: Figures
) -> None:
    """Count what is right in the answer to one file."""
    counts = row.counts
    if case.translated:
        counts["translations"] += 1
        false = library.mistranslated(found, case.meanings)
        counts["translations_found"] += found.translation_of is not None and not false
        counts["source_false"] += false
        return
    counts["files"] += 1
    true = {library.families[key] for key in case.sources}
    named = _named(pages, found, library, true)
    if case.branded or found.branded:
        how = "missed" if not found.branded else "right" if case.branded else "false"
        counts[f"brand_{how}"] += 1
    counts["source_right"] += len(named & true)
    counts["source_false"] += len(named - true) + library.mistranslated(found, case.meanings)
    counts["source_missed"] += len(true - named)
    for origin, told, page in zip(case.pages, found.pages, pages, strict=True):
        _judge_page(origin, told, page, library, row)


def _judge_page(
    origin: Origin, told: PageLineage, page: PagePrint, library: Library, row: Figures
) -> None:
    counts = row.counts
    has_source = origin.deck is not None
    counts["pages"] += has_source
    if told.source is None:
        row.told.append((told.confidence, not has_source))
        return
    right = _same_page(origin, told, library)
    if not right and not has_source and is_copy(page, told.source.print):
        return
    row.told.append((told.confidence, right))
    counts["page_right" if right else "page_false"] += 1
    if right:
        counts["change_right"] += (told.change is Change.EDITED) == origin.edited


def _same_page(origin: Origin, told: PageLineage, library: Library) -> bool:
    """The very page, or one with the same content in its family or a twin of it."""
    if told.source is None or origin.deck is None:
        return False
    content = library.contents[origin.deck, origin.page]
    same = (library.keys[told.source.version], told.source.print.number) == (
        origin.deck,
        origin.page,
    )
    return same or told.source.print.whole == content


def _named(
    pages: Sequence[PagePrint], found: Lineage, library: Library, true: set[str]
) -> set[str]:
    """Families that the answer names as sources; not those of which it has only copies."""
    return {
        family
        for source in found.sources
        if not source.borrowed
        and ((family := library.family(source.version)) in true or beyond(source, pages, found))
    }


def beyond(source: Source, pages: Sequence[PagePrint], found: Lineage) -> bool:
    """Whether a page is said to come from there that is no copy of a page there."""
    return any(
        told.source is not None
        and told.source.version == source.version
        and not is_copy(page, told.source.print)
        for page, told in zip(pages, found.pages, strict=True)
    )


def is_copy(page: PagePrint, other: PagePrint) -> bool:
    """Whether two pages say the same in so many words that it cannot be chance."""
    shared = (page.bag & other.bag).total()
    most = max(page.bag.total(), other.bag.total())
    return most >= COPY_WORDS and shared >= COPY_SHARE * most


def judge_without(
    case: Case, pages: Sequence[PagePrint], found: Lineage, library: Library, row: Figures
) -> None:
    """With its family gone, whatever is named for a file is false, but for a merge's other."""
    others = {library.families[key] for key in case.sources} - {case.base.family}
    row.counts["without_family"] += 1
    named = _named(pages, found, library, others) - others
    false = library.mistranslated(found, case.meanings)
    row.counts["without_family_false"] += bool(named) or false
    row.counts["without_family_mistranslated"] += false
    row.counts["without_family_borrowed"] += any(
        source.borrowed
        and library.family(source.version) not in others
        and beyond(source, pages, found)
        for source in found.sources
    )
