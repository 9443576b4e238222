"""Checks and their findings in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from collateral.upkeep.models import UpkeepRun, WorkState
from collateral.upkeep.operations import BROKEN_OFF, SILENT
from collateral.upkeep.queries import About
from collateral.words import N_, from_text

# What each kind of finding is called, and what to do about it.
KINDS = {
    "file_missing": (
        N_("A file is missing"),
        N_("Upload the file as a new version, or put it back from a backup."),
    ),
    "file_damaged": (
        N_("A file is damaged"),
        N_("Upload the file as a new version, or put it back from a backup."),
    ),
    "preview_missing": (
        N_("Previews are missing"),
        N_("“collateral check --repair” draws them again."),
    ),
    "version_stuck": (
        N_("A file waits too long"),
        N_("See whether a worker runs; “collateral check --repair” has it read again."),
    ),
    "no_current_version": (
        N_("An asset lacks its current version"),
        N_("“collateral check --repair” chooses the newest."),
    ),
    "not_searchable": (
        N_("Search does not know the last change"),
        N_("See whether a worker runs; “collateral check --repair” has it looked at again."),
    ),
    "orphan_file": (
        N_("A file belongs to nothing"),
        N_("“collateral check --repair” deletes it."),
    ),
}


@dataclass(frozen=True)
class ShownFinding:
    """A finding as the page has it; `asset_id` is None where it is about no asset."""

    name: str
    what_to_do: str
    about: str
    asset_id: int | None


def findings(
    listed: Sequence[Mapping[str, str]], abouts: Mapping[str, About]
) -> list[ShownFinding]:
    """What a check found, in words."""
    shown = []
    for finding in listed:
        name, what_to_do = KINDS[finding["kind"]]
        about = abouts.get(finding["about"])
        if about is None:
            words = finding["about"]
        elif about.version is None:
            words = about.title
        else:
            words = _("%(title)s, version %(number)s", title=about.title, number=about.version)
        shown.append(ShownFinding(_(name), _(what_to_do), words, about.asset_id if about else None))
    return shown


def is_busy(run: UpkeepRun, at: datetime) -> bool:
    """Under way, and heard of lately."""
    return run.state is WorkState.RUNNING and run.heard_at > at - SILENT


def is_broken(run: UpkeepRun) -> bool:
    """Did not come to its end. To be asked of a run that is not busy."""
    return run.state is not WorkState.DONE


def why(run: UpkeepRun) -> str:
    """Why it did not come to its end."""
    return from_text(run.error) if run.error else str(BROKEN_OFF)


def state(run: UpkeepRun, at: datetime) -> str:
    """running, failed, found (a check that found something) or done."""
    if is_busy(run, at):
        return "running"
    if is_broken(run):
        return "failed"
    return "found" if run.detail.get("found", 0) > run.detail.get("mended", 0) else "done"
