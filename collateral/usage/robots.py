"""Whether a program, not a person, sent a request: COUNTER's own list, as CERN packages it."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def is_robot(user_agent: str) -> bool:
    """Whether the list of robots and machines names it. No name at all is not on the list."""
    if not user_agent.strip():
        return False
    from counter_robots import is_robot_or_machine

    return bool(is_robot_or_machine(user_agent[:1000]))
