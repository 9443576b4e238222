"""What happens later; the index of prints and what is handed in have their own modules."""

from __future__ import annotations

from collateral.adaptations import jobs_adaptations, jobs_prints

__all__ = ["jobs_adaptations", "jobs_prints"]
