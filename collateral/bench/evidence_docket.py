"""What the docket does in libraries of which it is known what is ignored, and where it stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collateral.bench.evidence_libraries import LARGEST, SMALLEST, Library, made_library
from collateral.retirement import stopping
from collateral.retirement.mixture import Evidence, Verdict, judge
from collateral.retirement.rules import SMALL_LIBRARY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


MESSY, CLEAN = WORLDS = ("messy", "clean")


@dataclass(frozen=True)
class DocketFigures:
    """Of many companies, with their standard errors. All are shares, from 0 to 1.

    Attributes:
        false: the mean share of live assets on the list; an empty list counts as 0.
        false_non_empty, false_large: the same of lists that are not empty, and of those of
            libraries of 100 assets and more.
        recall: the mean share of the ignored assets that is listed.
        empty: the share of empty lists.
        large: the number of lists behind `false_large`.
        stops_answered: the share of the listed ignored assets that get an answer to where they
            stopped.
        answers: the number of these answers.
        stops_wrong: the share of them that names another step than the true one.
        stops_alive: of all answers, also those on what is wrongly listed, the share that speaks
            of a live asset. Such an asset stopped nowhere.
    """

    world: str
    signs: bool
    ignored: float
    false: float
    false_error: float
    false_non_empty: float
    false_large: float
    false_large_error: float
    recall: float
    recall_error: float
    empty: float
    large: int
    stops_answered: float
    answers: int
    stops_wrong: float
    stops_wrong_error: float
    stops_alive: float
    companies: int


@dataclass(frozen=True)
class Answers:
    """Answers to where it stopped, in one company: how many ignored assets were asked about, how
    many of these got an answer and how many a wrong one, and how many live ones got one."""

    asked: int
    told: int
    wrong: int
    alive: int


@dataclass(frozen=True)
class _Judged:
    """One made-up library and what its docket made of it."""

    size: int
    false: float
    """The share of what it lists that is live; NaN where it lists nothing."""
    recall: float
    stops: Answers


def _judged(rng: np.random.Generator, ignored: float, *, messy: bool, signs: bool) -> _Judged:
    import numpy as np

    size = int(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST))))
    library = made_library(rng, size, ignored, messy=messy)
    evidence = _evidence(library, signs=signs)
    verdict = judge(evidence)
    listed = list(verdict.listed)
    return _Judged(
        size,
        float((~library.ignored[listed]).mean()) if listed else np.nan,
        float(library.ignored[listed].sum() / max(library.ignored.sum(), 1)),
        _stops(library, evidence, verdict),
    )


def docket_figures(
    world: str, *, signs: bool, ignored: float, companies: int, seed: int
) -> DocketFigures:
    """One row of the table of dockets: so many made-up libraries of 50 to 2,000 assets.

    The same seed makes the same libraries with and without signs.
    """
    import numpy as np

    made = [
        _judged(
            np.random.default_rng([seed, number, round(ignored * 100), world == MESSY]),
            ignored,
            messy=world == MESSY,
            signs=signs,
        )
        for number in range(companies)
    ]
    stops = [each.stops for each in made]
    wrong = np.array([each.false for each in made])
    is_large = np.array([each.size for each in made]) >= SMALL_LIBRARY
    filled = ~np.isnan(wrong)
    mean, error = _mean(np.where(filled, wrong, 0.0))
    large, large_error = _mean(wrong[filled & is_large])
    found, found_error = _mean(np.array([each.recall for each in made]))
    asked, told = sum(each.asked for each in stops), sum(each.told for each in stops)
    alive = sum(each.alive for each in stops)
    off, off_error = _ratio([each.wrong for each in stops], [each.told for each in stops])
    return DocketFigures(
        world=world,
        signs=signs,
        ignored=ignored,
        false=mean,
        false_error=error,
        false_non_empty=_mean(wrong[filled])[0],
        false_large=large,
        false_large_error=large_error,
        recall=found,
        recall_error=found_error,
        empty=1 - float(filled.mean()),
        large=int((filled & is_large).sum()),
        stops_answered=told / asked if asked else 0.0,
        answers=told,
        stops_wrong=off,
        stops_wrong_error=off_error,
        stops_alive=alive / (told + alive) if alive else 0.0,
        companies=companies,
    )


def _evidence(library: Library, *, signs: bool) -> list[Evidence]:
    return [
        Evidence(int(kind), float(deals), int(uses), int(taken) if signs else None)
        for kind, deals, uses, taken in zip(
            library.kinds, library.deals, library.uses, library.signs, strict=True
        )
    ]


def _stops(library: Library, evidence: Sequence[Evidence], verdict: Verdict) -> Answers:
    """What is said of where the listed assets stopped, against where they did."""
    import numpy as np

    listed = list(verdict.listed)
    if not listed:
        return Answers(0, 0, 0, 0)
    funnel = stopping.Funnel(
        np.array([one.deals * verdict.rates[one.kind] for one in evidence]),
        library.shown.astype(float),
        library.views.astype(float),
        library.uses.astype(float),
    )
    answers = stopping.where_stopped(funnel, np.array(verdict.alive), listed)
    told = [
        (position, stopping.STEPS.index(answer.where))
        for position, answer in zip(listed, answers, strict=True)
        if answer.where in stopping.STEPS
    ]
    true = [(position, step) for position, step in told if library.ignored[position]]
    return Answers(
        asked=int(library.ignored[listed].sum()),
        told=len(true),
        wrong=sum(step != library.stopped[position] for position, step in true),
        alive=len(told) - len(true),
    )


def _mean(values: Floats) -> tuple[float, float]:
    """A mean and its standard error; 0 where there is nothing, or nothing to tell it from."""
    import numpy as np

    count = len(values)
    if not count:
        return 0.0, 0.0
    error = float(values.std(ddof=1) / np.sqrt(count)) if count > 1 else 0.0
    return float(values.mean()), error


def _ratio(parts: Sequence[int], wholes: Sequence[int]) -> tuple[float, float]:
    """The sum of the parts over that of the wholes, and its standard error.

    A company's answers hang together, so that the error is that of a ratio of sums over
    companies, linearised (Cochran, Sampling Techniques, 1977, section 2.11).
    """
    import numpy as np

    part, whole = np.array(parts, dtype=float), np.array(wholes, dtype=float)
    if not whole.sum():
        return 0.0, 0.0
    ratio = float(part.sum() / whole.sum())
    count = int((whole > 0).sum())
    spread = float(((part - ratio * whole) ** 2).sum()) * count / max(count - 1, 1)
    return ratio, float(np.sqrt(spread) / whole.sum())
