"""Numbers, events and what became of them, as they are called on screen."""

from __future__ import annotations

from flask_babel import gettext as _


def metric_names() -> dict[str, str]:
    """The numbers, as they are called on screen."""
    return {
        "shown": _("Shown in results"),
        "views": _("Views"),
        "unique_views": _("Unique views"),
        "downloads": _("Downloads"),
        "unique_downloads": _("Unique downloads"),
        "shares": _("Shares"),
        "opens": _("Opened by buyers"),
        "unique_opens": _("Unique openings by buyers"),
        "uses": _("Uses"),
        "deals": _("Deals"),
    }


def outcome_names() -> dict[str, str]:
    """What became of an event."""
    return {
        "counted": _("Counted"),
        "double_click": _("Left out: double click"),
        "repeated": _("Left out: same session"),
        "robot": _("Left out: robot"),
        "own_team": _("Left out: own team"),
        "withdrawn": _("Left out: withdrawn"),
    }


def kind_names() -> dict[str, str]:
    """The kinds of events."""
    return {
        "shown": _("Shown in results"),
        "viewed": _("Viewed"),
        "downloaded": _("Downloaded"),
        "shared": _("Shared"),
        "opened": _("Opened by a buyer"),
    }


def report_numbers() -> dict[str, str]:
    """The numbers of people, teams, words, cells, adaptations and comparisons."""
    return {
        "searches": _("Searches"),
        "views": _("Views"),
        "downloads": _("Downloads"),
        "uses": _("Uses"),
        "deals_with_use": _("Deals with a use"),
        "way": _("Sign-in to download, median"),
        "coverage_assets": _("Assets"),
        "coverage_uses": _("Uses"),
        "coverage_deals": _("Open deals"),
        "adaptations": _("Adaptations"),
        "hours": _("Hours re-creating"),
        "merged": _("Uses since the merge"),
        "reviewed": _("Adaptations reviewed within, median"),
        "requested": _("Requests made within, median"),
        "influence": _("Influence"),
    }


def left_names() -> dict[str, str]:
    """What became of searches, uses, deals and adaptations that were not counted."""
    return {
        "taken_back": _("Left out: taken back"),
        "no_use": _("Left out: no use until the end of the period"),
        "no_words": _("Left out: looked through the library without words"),
        "found_something": _("Left out: something was found"),
        "found_nothing": _("Left out: nothing was found"),
        "was_opened": _("Left out: a result was opened"),
        "draft": _("Left out: a draft"),
        "in_review": _("Left out: in review"),
        "retired": _("Left out: retired"),
        "later": _("Left out: published later"),
        "closed": _("Left out: closed"),
        "not_confirmed": _("Left out: its maker has not confirmed the source"),
        "estimated": _("No hours said: estimated from what others said"),
        "before_merge": _("Left out: before the merge"),
        "before_period": _("Left out: before the period"),
        "made_over": _("Left out: an adaptation was used"),
        "still_adapts": _("Left out: by somebody who still adapts it"),
        "not_submitted": _("Left out: never submitted"),
        "with": _("With the asset"),
        "without": _("Without it by then"),
        "unpaired": _("Left out: no deal to be compared with"),
        "elsewhere": _("Left out: not open at the same stage and age"),
        "outside": _("Left out: a deal that it was not made for"),
    }
