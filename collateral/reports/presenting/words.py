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


def people_names() -> dict[str, str]:
    """The numbers of people, teams and words."""
    return {
        "searches": _("Searches"),
        "views": _("Views"),
        "downloads": _("Downloads"),
        "uses": _("Uses"),
        "deals_with_use": _("Deals with a use"),
        "way": _("Sign-in to download, median"),
    }


def left_names() -> dict[str, str]:
    """What became of searches, uses and deals that were not counted."""
    return {
        "taken_back": _("Left out: taken back"),
        "no_use": _("Left out: no use until the end of the period"),
        "no_words": _("Left out: looked through the library without words"),
        "found_something": _("Left out: something was found"),
        "found_nothing": _("Left out: nothing was found"),
        "was_opened": _("Left out: a result was opened"),
    }
