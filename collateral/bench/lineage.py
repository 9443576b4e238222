"""How often lineage is right, on adaptations whose truth is known; by kind of edit.

A source counts by its family. A page counts when it is the very page, or one with the same
content elsewhere. The kind of change is right when a page is told the same or edited as it
was; its precision is over the pages that were found, its recall over all that have a source.
A page of at least twelve words of which nine tenths are the same is a copy wherever it stands:
naming it is no error. Every file is asked about a second time with its family taken out of
the library; what is then named is a false source.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from collateral.adaptations.lineage import trace
from collateral.adaptations.prints import PagePrint
from collateral.adaptations.relations import Change, Lineage, PageLineage
from collateral.bench.lineage_memory import MemoryLibrary
from collateral.bench.truth.bases import Base, made_bases, real_bases
from collateral.bench.truth.kinds import KINDS, Case, cases
from collateral.bench.truth.printing import print_deck
from collateral.bench.truth.prints import read_prints
from collateral.bench.truth.slides import Origin
from collateral.reading.kinds import KINDS as FILES

COPY_WORDS, COPY_SHARE = 12, 0.9
STRANGERS_EVERY = 6
BINS = 10


@dataclass
class Library:
    """The decks that are known, in memory, with what truth needs to look up."""

    memory: MemoryLibrary = field(default_factory=MemoryLibrary)
    keys: dict[int, str] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    roots: dict[str, int] = field(default_factory=dict)
    contents: dict[tuple[str, int], int] = field(default_factory=dict)

    def add(self, base: Base) -> None:
        """Know a deck."""
        version = len(self.keys) + 1
        self.keys[version] = base.key
        self.families[base.key] = base.family
        root = self.roots.setdefault(base.family, len(self.roots) + 1)
        pages = read_prints(base.data, FILES["pptx"])
        self.memory.add(version, pages, root=root)
        self.contents |= {(base.key, page.number): page.whole for page in pages}

    def family(self, version: int) -> str:
        """The family that a version belongs to."""
        return self.families[self.keys[version]]


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
            "without_family": c["without_family"],
            "without_family_false": c["without_family_false"],
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


def measure(
    folder: Path | None, seed: int, *, files: int, split: str, kinds: Sequence[str] = KINDS
) -> dict[str, Any]:
    """The figures, by kind and form.

    Args:
        folder: real decks; without it only the sample company's.
        files: how many decks are adapted at most, one of each family.
        split: `train`, `held-out` (families that no threshold was set on) or `all`.
    """
    bases = [*(real_bases(folder) if folder else ()), *made_bases()]
    known, strangers = parted(bases, seed)
    library = Library()
    for base in known:
        library.add(base)
    figures: dict[tuple[str, str], Figures] = defaultdict(Figures)
    adapted = chosen(known, seed, files, split)
    for case in cases(adapted, known, strangers, seed, kinds=kinds):
        for form, pages in _forms(case):
            printed = form == "print"
            for row in (figures[case.kind, form], figures["all", form]):
                library.memory.without = None
                judge(case, pages, trace(pages, library.memory, printed=printed), library, row)
                library.memory.without = library.roots[case.base.family]
                alone = trace(pages, library.memory, printed=printed)
                _without(case, pages, alone, library, row)
    return {
        "decks": len(bases),
        "known": len(known),
        "adapted": len(adapted),
        "split": split,
        "seed": seed,
        "rows": [
            {"kind": kind, "form": form, **found.shares()}
            for (kind, form), found in sorted(figures.items())
        ],
    }


def parted(bases: Sequence[Base], seed: int) -> tuple[list[Base], list[Base]]:
    """Decks of the library, and those whose pages are foreign to it: every sixth family."""
    families = sorted({base.family for base in bases})
    Random(seed).shuffle(families)
    strange = set(families[::STRANGERS_EVERY])
    return (
        [base for base in bases if base.family not in strange],
        [base for base in bases if base.family in strange],
    )


def chosen(known: Sequence[Base], seed: int, files: int, split: str) -> list[Base]:
    """One deck of each family on that side of the split, in an order by chance."""
    by_family: dict[str, list[Base]] = defaultdict(list)
    for base in known:
        if split == "all" or base.held_out is (split == "held-out"):
            by_family[base.family].append(base)
    random = Random(seed)
    one_each = [random.choice(by_family[family]) for family in sorted(by_family)]
    random.shuffle(one_each)
    return one_each[:files]


def _forms(case: Case) -> Iterator[tuple[str, list[PagePrint]]]:
    yield "deck", read_prints(case.data, FILES["pptx"])
    yield "print", read_prints(print_deck(case.data), FILES["pdf"])


def judge(
    case: Case, pages: Sequence[PagePrint], found: Lineage, library: Library, row: Figures
) -> None:
    """Count what is right in the answer to one file."""
    counts = row.counts
    if case.translated:
        counts["translations"] += 1
        to = found.translation_of
        counts["translations_found"] += to is not None and (
            library.family(to.version) == case.base.family
        )
        return
    counts["files"] += 1
    true = {library.families[key] for key in case.sources}
    named = _named(pages, found, library, true)
    counts["source_right"] += len(named & true)
    counts["source_false"] += len(named - true)
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
    """Families that the answer names; not those of which it has only copies of a page."""
    named = set()
    for source in found.sources:
        family = library.family(source.version)
        theirs = [
            (page, told.source.print)
            for page, told in zip(pages, found.pages, strict=True)
            if told.source is not None and told.source.version == source.version
        ]
        if family in true or not all(is_copy(page, other) for page, other in theirs):
            named.add(family)
    return named


def is_copy(page: PagePrint, other: PagePrint) -> bool:
    """Whether two pages say the same in so many words that it cannot be chance."""
    shared = (page.bag & other.bag).total()
    most = max(page.bag.total(), other.bag.total())
    return most >= COPY_WORDS and shared >= COPY_SHARE * most


def _without(
    case: Case, pages: Sequence[PagePrint], found: Lineage, library: Library, row: Figures
) -> None:
    """With its family gone, whatever is named for a file is false, but for a merge's other."""
    others = {library.families[key] for key in case.sources} - {case.base.family}
    row.counts["without_family"] += 1
    row.counts["without_family_false"] += bool(_named(pages, found, library, others) - others)


def table(result: dict[str, Any]) -> str:
    """The rows as text."""
    columns = (
        "source_precision", "source_recall", "page_precision", "page_recall",
        "change_precision", "change_recall", "calibration_error",
    )  # fmt: skip
    heads = ("source P", "R", "page P", "R", "change P", "R", "calibr.")
    lines = [
        f"{result['adapted']} of {result['known']} decks adapted; families: {result['split']}",
        f"{'':<20}{'':<7}" + "".join(f"{head:>9}" for head in heads) + f"{'false':>13}",
    ]
    for row in result["rows"]:
        values = "".join(
            f"{'–' if row[name] is None else format(row[name], '.3f'):>9}" for name in columns
        )
        false = f"{row['without_family_false']} of {row['without_family']}"
        translations = (
            f"  translations found: {row['translations_found']} of {row['translations']}"
            if row["translations"]
            else ""
        )
        lines.append(f"{row['kind']:<20}{row['form']:<7}{values}{false:>13}{translations}")
    lines.append("false: files for which a source was named with their family taken out")
    return "\n".join(lines)
