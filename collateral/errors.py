"""What can go wrong in the domain, and the one place where it becomes an answer.

Domain code raises these; the sentence in them is for the person who asked. It may be a lazy
text (`flask_babel.lazy_gettext`), which is put into words when it is answered, in the language
of whoever reads it.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from collateral.words import to_text


class CollateralError(Exception):
    """Something that a person can be told in one sentence."""

    status = 400

    def __init__(self, sentence: object, *, fields: Mapping[str, object] | None = None) -> None:
        super().__init__(sentence)
        self._sentence = sentence
        self._fields = dict(fields or {})

    @property
    def sentence(self) -> str:
        """What happened, in the reader's language."""
        return str(self._sentence)

    @property
    def as_text(self) -> str:
        """What happened, to be kept for whoever reads it later (`words.from_text`)."""
        return to_text(self._sentence)

    @property
    def fields(self) -> dict[str, str]:
        """What is wrong with each field, in the reader's language."""
        return {name: str(text) for name, text in self._fields.items()}


class BadSetting(CollateralError):
    """A setting makes no sense; the start stops."""

    status = 500


class Invalid(CollateralError):
    """What was sent cannot be taken; `fields` says why by field."""

    status = 400


class NotFound(CollateralError):
    """It does not exist, or the person may not know that it does."""

    status = 404

    def __init__(self, sentence: object = _("There is nothing here.")) -> None:
        super().__init__(sentence)


class Forbidden(CollateralError):
    """The person may see it but not do this to it."""

    status = 403

    def __init__(self, sentence: object = _("You may not do this.")) -> None:
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

    def __init__(self, sentence: object, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class OutOfSpace(CollateralError):
    """The disk is full; nothing was kept of this write."""

    status = 507
