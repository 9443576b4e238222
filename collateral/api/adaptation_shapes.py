"""Adaptations as the API shows them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from collateral.accounts.models import Person
from collateral.adaptations import queries
from collateral.adaptations.models import Adaptation, AdaptationPage, Merging, Reason, Status
from collateral.adaptations.relations import Change
from collateral.api.shapes import Id, Moment, Named, Somebody, named, somebody
from collateral.assets.models import ReadingState
from collateral.words import from_text

ReasonName = Literal[
    "not_my_industry",
    "out_of_date",
    "too_long",
    "wrong_language",
    "customers_logo",
    "pricing",
    "other",
]
assert set(ReasonName.__args__) == set(Reason)  # type: ignore[attr-defined]


class NewAdaptation(Struct, forbid_unknown_fields=True):
    """What comes beside the file. `source` is the asset it was adapted from; without it the one
    that is found is taken. `submit` hands it to marketing as soon as it is traced."""

    source: Id | None = None
    deal: str | None = None
    title: Annotated[str, Meta(max_length=300)] = ""
    reasons: list[ReasonName] = field(default_factory=list)
    note: Annotated[str, Meta(max_length=5000)] = ""
    minutes: Annotated[int, Meta(ge=0, le=43200)] | None = None
    submit: Literal["true", "false"] = "false"


class AdaptationSourceShape(Struct, forbid_unknown_fields=True):
    """The version that it was adapted from."""

    asset: Named
    version: int
    confidence: float


class AdaptedPage(Struct, forbid_unknown_fields=True):
    """One page and what became of the page it came from. `what` says words, figures, pictures,
    charts or notes; `source_asset` is given where it is from another asset than the rest."""

    number: int
    change: Change
    source_page: int | None
    similarity: float
    confidence: float = 0.0
    moved: bool = False
    what: list[str] = field(default_factory=list)
    source_asset: int | None = None


class AdaptationDetail(Struct, forbid_unknown_fields=True):
    """All of one adaptation. `pages` come as soon as it is traced."""

    id: int
    title: str
    status: Status
    state: ReadingState
    error: str | None
    revision: int
    person: Somebody | None
    filename: str
    sha256: str
    source: AdaptationSourceShape | None
    pages: list[AdaptedPage]
    dropped: list[int]
    branded: bool
    deal: str | None
    reasons: list[str]
    note: str
    minutes: int | None
    decision: str
    decided_by: Somebody | None
    variant: Named | None
    merging: Merging | None
    merged_pages: list[int]
    merged_version: int | None
    merge_error: str | None
    created_at: Moment
    submitted_at: Moment | None


def detail(adaptation: Adaptation, person: Person) -> AdaptationDetail:
    """The adaptation for this reader; a source that she may not see is left out."""
    seen = queries.sees_source(person, adaptation)
    return AdaptationDetail(
        id=adaptation.id,
        title=adaptation.title,
        status=adaptation.status,
        state=adaptation.state,
        error=adaptation.error,
        revision=adaptation.revision,
        person=somebody(adaptation.person),
        filename=adaptation.filename,
        sha256=adaptation.sha256,
        source=_source(adaptation) if seen else None,
        pages=_pages(adaptation, seen=seen),
        dropped=queries.dropped(adaptation) if seen else [],
        branded=adaptation.branded,
        deal=adaptation.deal.external_id if adaptation.deal else None,
        reasons=list(adaptation.reasons),
        note=adaptation.note,
        minutes=adaptation.minutes,
        decision=adaptation.decision,
        decided_by=somebody(adaptation.decided_by),
        variant=named(adaptation.variant),
        merging=adaptation.merging,
        merged_pages=[int(page) for page in adaptation.merged_pages],
        merged_version=adaptation.merged_version.number if adaptation.merged_version else None,
        merge_error=from_text(adaptation.merge_sentence) if adaptation.merge_sentence else None,
        created_at=adaptation.created_at.isoformat(),
        submitted_at=adaptation.submitted_at.isoformat() if adaptation.submitted_at else None,
    )


def _source(adaptation: Adaptation) -> AdaptationSourceShape | None:
    asset, version = named(adaptation.asset), adaptation.source_version
    if asset is None or version is None:
        return None
    return AdaptationSourceShape(asset, version.number, round(adaptation.confidence, 4))


def _pages(adaptation: Adaptation, *, seen: bool) -> list[AdaptedPage]:
    """Those that were traced; where the source is not `seen`, without where they came from."""
    assets = {source.version_id: source.asset_id for source in adaptation.sources}

    def source_asset(page: AdaptationPage) -> int | None:
        found = assets.get(page.source_version_id or 0)
        return found if seen and found != adaptation.asset_id else None

    return [
        AdaptedPage(
            number=page.number,
            change=page.change,
            source_page=page.source_page if seen else None,
            similarity=round(page.similarity, 4),
            confidence=round(page.confidence, 4),
            moved=page.moved,
            what=list(page.what),
            source_asset=source_asset(page),
        )
        for page in adaptation.pages
        if page.change is not None
    ]
