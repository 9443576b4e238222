"""Saying where something was used, correcting it, confirming it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("usage", __name__)
