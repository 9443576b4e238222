"""Words of adaptations in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from collateral.adaptations.models import Reason, Status


def reason_labels() -> dict[str, str]:
    """Every reason with what it is called, in the order in which they are offered."""
    return {
        Reason.NOT_MY_INDUSTRY.value: _("Not my industry"),
        Reason.OUT_OF_DATE.value: _("Out of date"),
        Reason.TOO_LONG.value: _("Too long"),
        Reason.WRONG_LANGUAGE.value: _("Wrong language"),
        Reason.CUSTOMERS_LOGO.value: _("Customer’s logo"),
        Reason.PRICING.value: _("Pricing"),
        Reason.OTHER.value: _("Other"),
    }


def status_label(status: Status) -> str:
    """What the state of an adaptation is called."""
    labels: dict[Status, str] = {
        Status.PRIVATE: _("Private"),
        Status.SUBMITTED: _("Submitted"),
        Status.ACCEPTED: _("Accepted"),
        Status.MERGED: _("Merged"),
        Status.DECLINED: _("Declined"),
    }
    return labels[status]


def status_kind(status: Status) -> str:
    """The badge's colour."""
    return {
        Status.PRIVATE: "",
        Status.SUBMITTED: "accent",
        Status.ACCEPTED: "ok",
        Status.MERGED: "ok",
        Status.DECLINED: "warn",
    }[status]


def what_labels(what: list[str], words: int, places: int) -> list[str]:
    """What differs on a page: "19 words", "4 places in the picture", "notes"."""
    said = []
    if words:
        said.append(ngettext("%(num)s word", "%(num)s words", words))
    elif "words" in what or "figures" in what:
        said.append(_("words"))
    if places:
        said.append(
            ngettext("%(num)s place in the picture", "%(num)s places in the picture", places)
        )
    elif "pictures" in what:
        said.append(_("pictures"))
    if "charts" in what:
        said.append(_("chart values"))
    if "notes" in what:
        said.append(_("speaker notes"))
    return said


def duration_of(minutes: int | None) -> str:
    """ "2 h 10 min", "45 min", "not said"."""
    if minutes is None:
        return str(_("not said"))
    hours, rest = divmod(minutes, 60)
    if not hours:
        return str(_("%(minutes)s min", minutes=rest))
    if not rest:
        return str(_("%(hours)s h", hours=hours))
    return str(_("%(hours)s h %(minutes)s min", hours=hours, minutes=rest))
