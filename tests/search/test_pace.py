"""Where very much comes in, the index is written now and then, and nothing is forgotten."""

from __future__ import annotations

import threading

from collateral.search.pace import MANY, Pace


def test_many_changes_right_after_a_write_are_told_of_once_and_later() -> None:
    pace, reminded = Pace(), threading.Semaphore(0)
    assert not pace.puts_off(lambda: MANY, reminded.release)  # nothing was written yet
    pace.wrote()
    assert [pace.puts_off(lambda: MANY, reminded.release) for _ in range(3)] == [True] * 3
    assert reminded.acquire(timeout=30)
    assert not reminded.acquire(blocking=False)
    pace.wrote()
    assert pace.puts_off(lambda: MANY, reminded.release)  # and again
    assert reminded.acquire(timeout=30)


def test_a_change_beside_which_little_waits_is_found_at_once() -> None:
    pace = Pace()
    pace.wrote()
    assert not pace.puts_off(lambda: MANY - 1, lambda: None)
