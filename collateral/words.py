"""A mark for texts that are written in one place and translated in another."""

from __future__ import annotations


def N_(text: str) -> str:
    """The text as it is: Babel collects it here, and `_()` translates it where it is shown."""
    return text
