"""What can go wrong in the domain, and the one place where it becomes an answer.

Domain code raises these; the sentence in them is for the person who asked.
"""

from __future__ import annotations

from collections.abc import Mapping


class CollateralError(Exception):
    """Something that a person can be told in one sentence."""

    status = 400

    def __init__(self, sentence: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = dict(fields or {})


class BadSetting(CollateralError):
    """A setting makes no sense; the start stops."""

    status = 500


class Invalid(CollateralError):
    """What was sent cannot be taken; `fields` says why by field."""

    status = 400


class NotFound(CollateralError):
    """It does not exist, or the person may not know that it does."""

    status = 404

    def __init__(self, sentence: str = "There is nothing here.") -> None:
        super().__init__(sentence)


class Forbidden(CollateralError):
    """The person may see it but not do this to it."""

    status = 403

    def __init__(self, sentence: str = "You may not do this.") -> None:
        super().__init__(sentence)


class WrongState(CollateralError):
    """The step does not fit the state that the thing is in."""

    status = 409


class Conflict(CollateralError):
    """It is already there, or somebody else changed it first."""

    status = 409


class LostRace(CollateralError):
    """If-Match or the form's revision is older than what is stored."""

    status = 412


class TooLarge(CollateralError):
    """More bytes than MAX_UPLOAD."""

    status = 413


class TooMany(CollateralError):
    """A limit was reached; `retry_after` is in seconds."""

    status = 429

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class OutOfSpace(CollateralError):
    """The disk is full; nothing was kept of this write."""

    status = 507


class Unavailable(CollateralError):
    """A part that this needs (search, queue, storage) is down."""

    status = 503
