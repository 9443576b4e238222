"""How often lineage is right, on adaptations whose truth is known; by kind of edit.

Every file is asked about a second time with its family taken out of the library; what is then
named is a false source. `lineage_counts` says what counts as right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from collateral.adaptations.lineage import trace
from collateral.adaptations.prints import PagePrint
from collateral.bench.lineage_counts import Figures, Library, judge, judge_without
from collateral.bench.truth.bases import Base, made_bases, real_bases
from collateral.bench.truth.charts import chart_bases, is_chart_base
from collateral.bench.truth.kinds import KINDS, Case, cases
from collateral.bench.truth.printing import print_deck
from collateral.bench.truth.prints import read_prints
from collateral.reading.kinds import KINDS as FILES

STRANGERS_EVERY = 6


FORMS = ("deck", "print")
CHARTS = "charts"


def measure(
    folder: Path | None,
    seed: int,
    *,
    files: int,
    split: str,
    kinds: Sequence[str] = KINDS,
    forms: Sequence[str] = FORMS,
) -> dict[str, Any]:
    """The figures, by kind and form.

    Args:
        folder: real decks; without it only the sample company's.
        files: how many decks are adapted at most, one of each family.
        split: `train`, `held-out` (families that no threshold was set on), `all`, or `charts`:
            made decks of bare charts, beside the others.
        forms: as a deck, as a print, or both.
    """
    bases = [*(real_bases(folder) if folder else ()), *made_bases()]
    bases += chart_bases(seed) if split == CHARTS else ()
    known, strangers = parted(bases, seed)
    library = Library()
    for base in known:
        library.add(base)
    figures: dict[tuple[str, str], Figures] = defaultdict(Figures)
    adapted = chosen(known, seed, files, split)
    for case in cases(adapted, known, strangers, seed, kinds=kinds):
        for form in forms:
            _judge(case, form, library, figures)
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


def _judge(
    case: Case, form: str, library: Library, figures: dict[tuple[str, str], Figures]
) -> None:
    """Trace it with its master in the library and without, and count both."""
    pages, printed = _read(case, form), form == "print"
    library.memory.without = None
    found = trace(pages, library.memory, printed=printed)
    library.memory.without = library.roots[case.base.family]
    alone = trace(pages, library.memory, printed=printed)
    for key in ((case.kind, form), ("all", form), ("all", "all")):
        judge(case, pages, found, library, figures[key])
        judge_without(case, pages, alone, library, figures[key])


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
        if _on_side(base, split):
            by_family[base.family].append(base)
    random = Random(seed)
    one_each = [random.choice(by_family[family]) for family in sorted(by_family)]
    random.shuffle(one_each)
    return one_each[:files]


def _on_side(base: Base, split: str) -> bool:
    if split in ("all", CHARTS):
        return split == "all" or is_chart_base(base)
    return base.held_out is (split == "held-out")


def _read(case: Case, form: str) -> list[PagePrint]:
    if form == "deck":
        return read_prints(case.data, FILES["pptx"])
    return read_prints(print_deck(case.data), FILES["pdf"])


def table(result: dict[str, Any]) -> str:
    """The rows as text."""
    columns = (
        "source_precision", "source_recall", "page_precision", "page_recall",
        "change_precision", "change_recall", "branding_precision", "branding_recall",
        "calibration_error",
    )  # fmt: skip
    heads = ("source P", "R", "page P", "R", "change P", "R", "brand P", "R", "calibr.")
    lines = [
        f"{result['adapted']} of {result['known']} decks adapted; families: {result['split']}",
        f"{'':<20}{'':<7}"
        + "".join(f"{head:>9}" for head in heads)
        + f"{'false':>13}{'borrowed':>10}",
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
        lines.append(
            f"{row['kind']:<20}{row['form']:<7}{values}{false:>13}"
            f"{row['without_family_borrowed']:>10}{translations}"
        )
    lines.append("false: files for which a source was named with their family taken out, or which")
    lines.append("were told to be a translation of what says something else;")
    lines.append("borrowed: files for which pages of another were, but no source")
    return "\n".join(lines)
