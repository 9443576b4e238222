"""The embedded engine. Nothing else in the program imports Whoosh."""

from collateral.search.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
