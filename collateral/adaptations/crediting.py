"""Whose pages a version has: what it says is new in it, and that its maker is told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_babel import ngettext

from collateral.adaptations import notices
from collateral.adaptations.models import Adaptation, Merging
from collateral.adaptations.relations import Change
from collateral.assets.models import AssetVersion
from collateral.notify.kinds import Facts
from collateral.notify.operations import tell


def credit_of(adaptation: Adaptation) -> str:
    """What the next version says is new in it, in the language of who decided so.

    It is kept with the version like what a person writes there, and not put into words anew.
    """
    pages = {page.number: page for page in adaptation.pages}
    moves = {n for n in adaptation.merged_pages if n > 0 and pages[n].change is Change.SAME}
    own = [number for number in adaptation.merged_pages if number > 0 and number not in moves]
    moved = [pages[number].source_page or 0 for number in sorted(moves)]
    gone = [-number for number in adaptation.merged_pages if number < 0]
    made = {"person": adaptation.person.name, "title": adaptation.title}
    parts = []
    if own:
        parts.append(
            ngettext(
                "Page %(pages)s of %(person)s's “%(title)s”.",
                "Pages %(pages)s of %(person)s's “%(title)s”.",
                len(own),
                pages=_listed(own),
                **made,
            )
        )
    if moved:
        parts.append(
            ngettext(
                "Page %(pages)s moved as in %(person)s's “%(title)s”.",
                "Pages %(pages)s moved as in %(person)s's “%(title)s”.",
                len(moved),
                pages=_listed(moved),
                **made,
            )
        )
    if gone:
        parts.append(
            ngettext(
                "Without page %(pages)s.", "Without pages %(pages)s.", len(gone),
                pages=_listed(gone),
            )
        )  # fmt: skip
    return " ".join(parts)


def _listed(numbers: Collection[int]) -> str:
    return ", ".join(map(str, numbers))


def tell_of_version(adaptation: Adaptation, version: AssetVersion, at: datetime) -> None:
    """Record that the version has its pages, and tell its maker. Does not commit."""
    adaptation.merged_version_id = version.id
    adaptation.merging = Merging.DONE
    adaptation.merge_sentence = None
    facts: Facts = {
        "adaptation": adaptation.id,
        "title": adaptation.title,
        "number": version.number,
        "asset": adaptation.asset.title if adaptation.asset else "",
        "asset_id": version.asset_id,
    }
    tell([adaptation.person_id], notices.VERSION_MADE, facts, at)
