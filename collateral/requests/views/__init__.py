"""The pages of requests, of the board on which they are made, and of what feedback asks for."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("requests", __name__)
