"""Two editors of one asset: nothing that either wrote is lost."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from collateral.assets.merging import Clash, Edit, Value, clashes, same

NAMES = st.sampled_from(["title", "summary", "tags"])
TEXT = st.text("ab", max_size=2)
SETS = st.lists(st.sampled_from("abcd"), unique=True, max_size=4).map(tuple)


def of(name: str, text: str, several: tuple[str, ...]) -> Value:
    return several if name == "tags" else text


@settings(max_examples=200, deadline=None)
@given(NAMES, *[st.tuples(TEXT, SETS)] * 3)
def test_only_what_both_changed_to_something_else_clashes(
    name: str,
    was: tuple[str, tuple[str, ...]],
    mine: tuple[str, tuple[str, ...]],
    theirs: tuple[str, tuple[str, ...]],
) -> None:
    base, wanted, current = of(name, *was), of(name, *mine), of(name, *theirs)
    found = clashes({name: Edit(base, wanted)}, {name: current})
    meet = not same(base, wanted) and not same(base, current) and not same(wanted, current)
    assert (name in found) is meet


@settings(max_examples=200, deadline=None)
@given(SETS, SETS, SETS)
def test_both_keeps_what_either_added_and_leaves_out_what_i_took_out(
    was: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    both = Clash(was, mine, theirs).both
    assert isinstance(both, tuple)
    added_by_me, dropped_by_me = set(mine) - set(was), set(was) - set(mine)
    assert added_by_me | (set(theirs) - dropped_by_me) == set(both)
    assert len(both) == len(set(both))


def test_two_texts_stand_one_after_the_other() -> None:
    clash = Clash("As it was", "Mine", "Theirs")
    assert clash.both is None
    assert clash.joined() == "Theirs\n\nMine"
