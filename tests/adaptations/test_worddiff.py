"""The runs of a difference give back both texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collateral.adaptations.worddiff import Run, Step, word_runs

words = st.lists(
    st.sampled_from(["pay", "back", "in", "eleven", "12", "months", "€", "."]), max_size=12
)


def test_an_edited_figure_is_one_word_out_and_one_in() -> None:
    assert word_runs("Payback in 11 months", "Payback in 9 months") == [
        Run(Step.KEPT, "Payback in "),
        Run(Step.REMOVED, "11"),
        Run(Step.ADDED, "9"),
        Run(Step.KEPT, " months"),
    ]


def test_case_alone_is_no_change() -> None:
    assert word_runs("PAYBACK", "Payback") == [Run(Step.KEPT, "Payback")]


@given(words, words)
def test_both_texts_can_be_put_together_again(before: list[str], after: list[str]) -> None:
    old, new = " ".join(before), " ".join(after)
    runs = word_runs(old, new)
    assert "".join(run.text for run in runs if run.step is not Step.ADDED) == old
    assert "".join(run.text for run in runs if run.step is not Step.REMOVED) == new


def test_a_very_long_text_is_compared_line_by_line() -> None:
    before = "\n".join(f"line {n} of a long text" for n in range(5000))
    after = before.replace("line 77 ", "line seventy-seven ")
    changed = [run for run in word_runs(before, after) if run.step is not Step.KEPT]
    assert [run.text for run in changed] == [
        "line 77 of a long text\n",
        "line seventy-seven of a long text\n",
    ]
