"""How the columns of one file are read. Pure; kept with each import as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from collateral.deals.presets import FIELDS, OTHER, PRESETS, REQUIRED, guess_columns, recognise
from collateral.deals.values import DayOrder, Unreadable, parse_currency
from collateral.errors import Invalid


@dataclass(frozen=True)
class ColumnMapping:
    """Which column holds what, and what the file itself does not say."""

    columns: Mapping[str, str]
    """Our field to the head of its column."""
    stages: Mapping[str, str] = field(default_factory=dict)
    """The CRM's stage, in lower case, to a slug of ours, or to "won" or "lost"."""
    day_order: DayOrder | None = None
    """None: the file's own dates must settle it."""
    currency: str | None = None
    """For amounts without one."""
    preset: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "columns": dict(self.columns),
            "stages": dict(self.stages),
            "day_order": self.day_order.value if self.day_order else None,
            "currency": self.currency,
            "preset": self.preset,
        }

    def check(self, heads: Iterable[str]) -> None:
        """Raise Invalid, by field, where the file has no such column or a needed one is missing."""
        heads = set(heads)
        problems = {
            name: _("The file has no column “%(head)s”.", head=head)
            for name, head in self.columns.items()
            if head not in heads
        }
        for name in REQUIRED:
            if name not in self.columns:
                problems[name] = _("Say which column holds “%(field)s”.", field=_(FIELDS[name]))
        if problems:
            raise Invalid(
                _(
                    "The columns do not fit the file. %(problems)s",
                    problems=" ".join(problems.values()),
                ),
                fields=problems,
            )


def from_json(given: Mapping[str, Any]) -> ColumnMapping:
    """A mapping as the API, the command line and the import run hold it.

    Args:
        given: `columns` (field to head), `stages`, `day_order` (dmy or mdy), `currency`,
            `preset`; or, shorter, the columns alone.

    Raises:
        Invalid: an unknown field, or a value of the wrong kind.
    """
    known = {"columns", "stages", "day_order", "currency", "preset"}
    # `currency` is a field and a setting, too: alone it is the setting.
    if given and set(given) != {"currency"} and set(given) <= set(FIELDS):
        given = {"columns": given}
    problems = dict.fromkeys(set(given) - known, _("There is no such field."))
    columns = _words(given.get("columns") or {}, "columns", problems)
    stages = _words(given.get("stages") or {}, "stages", problems)
    problems.update(dict.fromkeys(set(columns) - set(FIELDS), _("There is no such field.")))
    day_order = _day_order(given.get("day_order"), problems)
    currency = _currency(given.get("currency"), problems)
    preset = given.get("preset") or ""
    if preset not in PRESETS:
        problems["preset"] = _("It is salesforce or hubspot, or empty.")
    if problems:
        raise Invalid(
            _(
                "The mapping cannot be read. %(problems)s",
                problems=" ".join(f"{key}: {why}" for key, why in sorted(problems.items())),
            ),
            fields=problems,
        )
    return ColumnMapping(
        columns=columns,
        stages={label.casefold(): slug for label, slug in stages.items()},
        day_order=day_order,
        currency=currency,
        preset=preset,
    )


def _day_order(value: Any, problems: dict[str, str]) -> DayOrder | None:
    if value is None or value not in {member.value for member in DayOrder}:
        if value is not None:
            problems["day_order"] = _("It is dmy or mdy.")
        return None
    return DayOrder(value)


def _currency(value: Any, problems: dict[str, str]) -> str | None:
    if not value:
        return None
    try:
        return parse_currency(str(value))
    except Unreadable as error:
        problems["currency"] = str(error)
        return None


def _words(value: Any, name: str, problems: dict[str, str]) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        problems[name] = _("It maps words to words.")
        return {}
    return {str(key): word for key, word in value.items() if word}


def guess(heads: list[str], preset_key: str | None = None) -> ColumnMapping:
    """The mapping that the file's heads suggest.

    Args:
        preset_key: a key of PRESETS to hold to; None recognises the CRM by its heads.

    Raises:
        Invalid: there is no such preset.
    """
    if preset_key is not None and preset_key not in PRESETS:
        raise Invalid(
            _("There is no preset “%(preset_key)s”: salesforce or hubspot.", preset_key=preset_key)
        )
    preset = recognise(heads) if preset_key is None else PRESETS[preset_key]
    columns = guess_columns(preset, heads)
    if preset is not OTHER:
        for name, head in guess_columns(OTHER, heads).items():
            if head not in columns.values():
                columns.setdefault(name, head)
    return ColumnMapping(columns=columns, preset=preset.key)
