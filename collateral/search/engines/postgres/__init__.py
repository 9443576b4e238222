"""Search inside PostgreSQL: weighted words by GIN index, nothing kept by any process."""

from collateral.search.engines.postgres.engine import PostgresEngine

__all__ = ["PostgresEngine"]
