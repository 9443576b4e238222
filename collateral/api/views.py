"""Gathers the API's calls, a module for each resource."""

from __future__ import annotations

from collateral.api import assets, docs, identify, states, versions
from collateral.api.calls import bp

__all__ = ["assets", "bp", "docs", "identify", "states", "versions"]
