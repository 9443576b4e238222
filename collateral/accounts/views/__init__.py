"""The pages of accounts, by what one comes for."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("accounts", __name__)

# Each registers its routes on the blueprint above.
from collateral.accounts.views import (  # noqa: E402, F401
    links,
    people,
    profile,
    setup,
    sign_in,
    styleguide,
    teams,
    trail,
)
