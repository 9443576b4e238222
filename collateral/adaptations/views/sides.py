"""One half of a pair of pages: its picture with the places to mark, and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from collateral.adaptations.models import Adaptation, AdaptationPage
from collateral.adaptations.relations import Change
from collateral.adaptations.worddiff import Run, Step
from collateral.assets.models import AssetVersion, Page

Line = list[tuple[str, str]]
"""Parts of a line: "", "del" or "ins", and the words."""
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Side:
    """One half of a pair: a page's picture with the places to mark, and its words."""

    label: str
    by: str
    on: datetime
    number: int
    title: str
    picture: str | None
    thumb: str | None
    width: int | None
    height: int | None
    marks: list[Box]
    lines: list[Line]
    notes: list[Line]


def was_side(
    page: Page,
    version: AssetVersion,
    runs: list[Run],
    notes: list[Run],
    marks: list[Box],
    *,
    edited: bool,
) -> Side:
    def url(width: int, sha256: str | None) -> str | None:
        if sha256 is None:
            return None
        return url_for(
            "assets.preview",
            asset_id=version.asset_id,
            number=version.number,
            page=page.number,
            width=width,
            v=sha256,
        )

    return Side(
        label=_("Version %(number)s", number=version.number),
        by=version.created_by.name,
        on=version.created_at,
        number=page.number,
        title=page.title,
        picture=url(1280, page.preview_1280),
        thumb=url(320, page.preview_320),
        width=page.width,
        height=page.height,
        marks=marks,
        lines=changed_lines(runs, Step.REMOVED) if edited else [],
        notes=changed_lines(notes, Step.REMOVED),
    )


def now_side(
    adaptation: Adaptation,
    page: AdaptationPage,
    runs: list[Run],
    notes: list[Run],
    marks: list[Box],
    *,
    edited: bool,
) -> Side:
    return Side(
        label=_("Adaptation"),
        by=adaptation.person.name,
        on=adaptation.submitted_at or adaptation.created_at,
        number=page.number,
        title=page.title,
        picture=_own_picture(adaptation, page.number, 1280, page.preview_1280),
        thumb=_own_picture(adaptation, page.number, 320, page.preview_320),
        width=page.width,
        height=page.height,
        marks=marks,
        lines=changed_lines(runs, Step.ADDED) if edited or page.change is Change.NEW else [],
        notes=changed_lines(notes, Step.ADDED),
    )


def _own_picture(adaptation: Adaptation, page: int, width: int, sha256: str | None) -> str | None:
    if sha256 is None:
        return None
    return url_for(
        "adaptations.preview", adaptation_id=adaptation.id, page=page, width=width, v=sha256
    )


def changed_lines(runs: Sequence[Run], step: Step) -> list[Line]:
    """The lines of one side that differ, each in parts; `step` says which side."""
    lines: list[Line] = [[]]
    for run in runs:
        if run.step not in (Step.KEPT, step):
            continue
        mark = "" if run.step is Step.KEPT else ("del" if step is Step.REMOVED else "ins")
        first, *rest = run.text.split("\n")
        if first:
            lines[-1].append((mark, first))
        for text in rest:
            lines.append([(mark, text)] if text else [])
    return [_joined(line) for line in lines if any(mark and words.strip() for mark, words in line)]


def _joined(line: Line) -> Line:
    """Words that only spaces and signs keep apart were changed as a whole: 14,200 is one figure."""
    joined: Line = []
    for mark, words in line:
        within = len(joined) > 1 and not joined[-1][0] and joined[-2][0] == mark
        if mark and within and not any(c.isalnum() for c in joined[-1][1]):
            sign = joined.pop()[1]
            joined[-1] = (mark, joined[-1][1] + sign + words)
        else:
            joined.append((mark, words))
    return joined
