"""The rows of the upload queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext
from sqlalchemy.orm import joinedload, selectinload

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.adaptations import uploads
from collateral.adaptations.uploads import NearTo
from collateral.assets import queries
from collateral.assets.models import Asset, ReadingState, Status
from collateral.assets.operations import AlreadyHere
from collateral.assets.queries_upload import FileState
from collateral.assets.suggesting import Suggestion
from collateral.assets.views.pictured import Picture
from collateral.assets.views.suggested import offers
from collateral.assets.views.viewing import preview_url
from collateral.clock import now
from collateral.words import in_words


@dataclass(frozen=True)
class Act:
    """A button in a row."""

    text: str
    url: str
    post: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Row:
    """One uploaded file; see templates/assets/_upload_row.html."""

    id: int | str
    asset_id: int
    title: str
    url: str
    filename: str
    bytes: int
    extent: str
    kind: str
    picture: Picture | None
    states: list[str]
    sentence: str
    tone: str
    done: bool
    acts: list[Act]
    close_to: tuple[str, str] | None = None
    terms: list[str] = field(default_factory=list)
    suggested: list[tuple[str, str]] = field(default_factory=list)
    take_all: str | None = None

    @property
    def kind_of_state(self) -> str:
        """What the list can be narrowed to: done, busy, asks, bad."""
        if self.tone == "bad":
            return "bad"
        return "busy" if not self.done else "asks" if self.tone == "warn" else "done"


def rows_of(states: Sequence[FileState], person: Person) -> list[Row]:
    """The rows of several files, with what their content suggests for those not yet out."""
    waiting = [s.asset_id for s in states if s.status in _NOT_OUT and s.has_text]
    assets = {
        asset.id: asset
        for asset in queries.get_many(
            person, waiting, joinedload(Asset.current_version), selectinload(Asset.terms)
        )
    }
    found = offers(assets.values())
    ids = [s.version_id for s in states]
    near, compared_yet = uploads.near(person, ids), uploads.being_compared(ids, now())
    return [
        row_of(
            s,
            assets.get(s.asset_id),
            found.get(s.asset_id, []),
            near=near.get(s.version_id),
            comparing=s.version_id in compared_yet,
        )
        for s in states
    ]


_NOT_OUT = (Status.DRAFT, Status.IN_REVIEW)


def row_of(
    state: FileState,
    asset: Asset | None = None,
    found: Sequence[Suggestion] = (),
    *,
    near: NearTo | None = None,
    comparing: bool = False,
) -> Row:
    """How far a file has come: received, read, previews, searchable, live. `asset` and what was
    `found` in its content where it is not yet out; `near` what it looks like."""
    src = preview_url(state.asset_id, state.number, 1, 320, state.preview)
    states, sentence, tone = _how_far(state)
    asks = near is not None and state.status is Status.DRAFT
    if near is not None and asks:
        sentence, tone = _near(near), "warn"
    elif comparing and state.done:
        sentence = _("Comparing it with the library")
    return Row(
        id=state.version_id,
        asset_id=state.asset_id,
        title=state.title,
        url=url_for("assets.detail", asset_id=state.asset_id),
        filename=state.filename,
        bytes=state.bytes,
        extent=_extent(state),
        kind=state.family,
        picture=Picture(src, state.width, state.height) if src else None,
        states=states,
        sentence=sentence,
        tone=tone,
        done=state.done and not comparing,
        acts=_acts(state, asks=asks),
        close_to=_close_to(near.asset) if near else None,
        terms=[term.label for term in asset.terms] if asset else [],
        suggested=[(_take(state.asset_id, [one]), one.label) for one in found],
        take_all=_take(state.asset_id, found) if len(found) > 1 else None,
    )


def _extent(state: FileState) -> str:
    if not state.pages or state.family in ("video", "image"):
        return ""
    return str(ngettext("%(num)s page", "%(num)s pages", state.pages))


def _acts(state: FileState, *, asks: bool) -> list[Act]:
    """What can be done with the file; where it `asks`, first what it is."""
    acts = _what_it_is(state.asset_id) if asks else []
    if state.done:
        url = url_for("assets.detail", asset_id=state.asset_id)
        acts.append(Act(pgettext("action", "Open"), url))
    if state.state is ReadingState.FAILED:
        url = url_for("assets.new_version", asset_id=state.asset_id)
        acts.insert(0, Act(_("Replace file"), url))
    return acts


def _close_to(asset: Asset) -> tuple[str, str]:
    """Its title and its address."""
    return asset.title, url_for("assets.detail", asset_id=asset.id)


def _near(near: NearTo) -> str:
    said: str = ngettext(
        "This looks like %(num)s of %(of)s page of",
        "This looks like %(num)s of %(of)s pages of",
        near.pages,
        of=near.of_pages,
    )
    return said


def _what_it_is(asset_id: int) -> list[Act]:
    """What can be said of a file that looks like another asset."""

    def say(text: str, answer: str, *, quiet: bool = False) -> Act:
        url = url_for("adaptations.origin", asset_id=asset_id, answer=answer)
        return Act(text, url, post=True, quiet=quiet)

    return [
        say(_("New version"), "version"),
        say(_("Adaptation"), "adaptation"),
        say(_("Keep apart"), "apart", quiet=True),
    ]


def _take(asset_id: int, found: Sequence[Suggestion]) -> str:
    """The address that takes them."""
    titles = [one.value for one in found if one.field == "title"]
    return url_for(
        "assets.take_suggested",
        asset_id=asset_id,
        take=[one.value for one in found if one.field != "title"],
        title=titles[0] if titles else None,
        back=url_for("assets.upload"),
    )


def _how_far(state: FileState) -> tuple[list[str], str, str]:
    if state.state is ReadingState.FAILED:
        sentence = in_words(state.error) if state.error else _("It could not be read.")
        return ["done", "failed", "wait", "wait", "wait"], sentence, "bad"
    if state.state is ReadingState.RECEIVED and not state.has_text:
        return ["done", "wait", "wait", "wait", "wait"], _("Received, waits to be read"), ""
    if state.state is ReadingState.READING and not state.has_text:
        return ["done", "now", "wait", "wait", "wait"], _("Reading"), ""
    if state.state in (ReadingState.RECEIVED, ReadingState.READING):
        sentence = _(
            "Previews, %(done)s of %(all)s pages", done=state.previews, all=state.pages or "?"
        )
        searchable = "done" if state.indexed else "wait"
        return ["done", "done", "now", searchable, "wait"], sentence, ""
    previews = "asks" if state.preview_missing else "done"
    if not state.indexed:
        return ["done", "done", previews, "now", "wait"], _("Making it searchable"), ""
    live = {
        Status.PUBLISHED: _("Live"),
        Status.IN_REVIEW: _("In review"),
        Status.DRAFT: _("Live as draft"),
        Status.RETIRED: _("Retired"),
    }[state.status]
    if state.preview_missing:
        live = f"{live}. {in_words(state.preview_missing)}"
    return ["done", "done", previews, "done", "done"], live, "warn" if previews == "asks" else "ok"


def may_be_published(state: FileState) -> bool:
    """Whether it is a draft that has been read."""
    return state.state is ReadingState.READY and state.status is Status.DRAFT


def duplicate_row(error: AlreadyHere, filename: str, person: Person) -> Row:
    """The very same file is here: what can be done with it."""
    first = error.assets[0]
    receipt = error.receipt or ""
    acts = []
    if can(person, Permission.ASSET_EDIT, first) and first.status is not Status.RETIRED:
        current = first.current_version
        if current is not None and current.sha256 == error.stored.sha256:
            # It is what is offered now: who wanted to renew it chose the wrong file.
            acts.append(Act(_("New version"), url_for("assets.new_version", asset_id=first.id)))
        else:
            url = url_for("assets.upload_kept", receipt=receipt, asset=first.id)
            acts.append(Act(_("New version"), url, post=True))
    url = url_for("assets.upload_kept", receipt=receipt)
    acts.append(Act(_("Keep apart"), url, post=True, quiet=True))
    return Row(
        id=f"again-{first.id}",
        asset_id=first.id,
        title=first.title,
        url=url_for("assets.detail", asset_id=first.id),
        filename=filename,
        bytes=error.stored.size,
        extent="",
        kind="file",
        picture=None,
        states=["done", "asks", "wait", "wait", "wait"],
        sentence=_("This very file is already here, as"),
        tone="warn",
        done=True,
        acts=acts,
        close_to=_close_to(first),
    )


def described(states: Sequence[FileState], person: Person) -> list[dict[str, Any]]:
    """The files' states for the page's script: their rows, and the same as plain values."""
    rows = rows_of(states, person)
    return [_described(state, row) for state, row in zip(states, rows, strict=True)]


def _described(state: FileState, row: Row) -> dict[str, Any]:
    return {
        "id": state.version_id,
        "asset": state.asset_id,
        "version": state.number,
        "title": state.title,
        "filename": state.filename,
        "bytes": state.bytes,
        "state": state.state.value,
        "step": state.step,
        "done": state.done,
        "status": state.status.value,
        "pages": state.pages,
        "previews": state.previews,
        "error": state.error,
        "preview_missing": state.preview_missing,
        "url": url_for("assets.detail", asset_id=state.asset_id),
        "duplicate": None,
        "row": render_template("assets/_upload_row.html", row=row),
    }
