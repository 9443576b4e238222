"""What the sample's names became in this library."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Loaded:
    """The ids, by the names that the sample has for things; versions by asset and number."""

    people: dict[str, int] = field(default_factory=dict)
    assets: dict[str, int] = field(default_factory=dict)
    versions: dict[tuple[str, int], int] = field(default_factory=dict)
    deals: dict[str, int] = field(default_factory=dict)
    searches: dict[int, int] = field(default_factory=dict)
