"""Names and addresses as they are kept."""

from __future__ import annotations

import email_validator
from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _

from collateral.errors import Invalid

# A company's own network may use names that the internet does not know; the library's
# documentation names this list as the place to say so.
for _name in ("arpa", "local", "localhost", "test"):
    if _name in email_validator.SPECIAL_USE_DOMAIN_NAMES:
        email_validator.SPECIAL_USE_DOMAIN_NAMES.remove(_name)


def clean_email(email: str) -> str:
    """Raises Invalid."""
    try:
        found = validate_email(
            email.strip(), check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError as error:
        sentence = _("This is not an e-mail address.")
        raise Invalid(sentence, fields={"email": sentence}) from error
    return found.normalized.lower()


def clean_name(name: str) -> str:
    """Without line breaks and other characters that nobody's name has."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:200]
