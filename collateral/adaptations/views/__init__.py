"""The pages of adaptations: each module shares `bp`."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("adaptations", __name__)
