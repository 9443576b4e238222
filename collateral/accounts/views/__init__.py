"""The pages of accounts, by what one comes for."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("accounts", __name__)
