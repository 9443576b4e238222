"""Two people edit the same thing: which of their changes meet, and what both together would be.

Pure. A value is a text, or for what holds several (terms, tags, teams) a tuple in which the
order means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Value = str | tuple[str, ...]


@dataclass(frozen=True)
class Edit:
    """A field as its editor found it, and as she wants it."""

    was: Value
    now: Value

    @property
    def changes(self) -> bool:
        return not same(self.was, self.now)


@dataclass(frozen=True)
class Clash:
    """A field that two people changed, each to something else."""

    was: Value
    mine: Value
    theirs: Value

    @property
    def both(self) -> Value | None:
        """What keeps the work of both; None where one text must give way.

        Of several it is theirs with what I added and without what I took out; of a text with
        more than one line it is theirs, then mine.
        """
        if isinstance(self.mine, tuple) and isinstance(self.theirs, tuple):
            was = set(self.was)
            added = [one for one in self.mine if one not in was and one not in self.theirs]
            dropped = was - set(self.mine)
            return (*(one for one in self.theirs if one not in dropped), *added)
        return None

    def joined(self) -> str:
        """Both texts, one after the other; each alone where the other is empty."""
        return "\n\n".join(str(part) for part in (self.theirs, self.mine) if part)


def same(one: Value, other: Value) -> bool:
    """Whether two values say the same; of several the order does not matter."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return set(one) == set(other)
    return one == other


def clashes(edits: Mapping[str, Edit], current: Mapping[str, Value]) -> dict[str, Clash]:
    """The fields that somebody else changed since, where what I want is yet another thing."""
    return {
        name: Clash(edit.was, edit.now, current[name])
        for name, edit in edits.items()
        if edit.changes and not same(current[name], edit.was) and not same(current[name], edit.now)
    }
