"""The open deals that whoever looks at the sample meets on the first screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hero:
    """One such deal, with its amount in the currency of its region."""

    name: str
    account: str
    owner: str
    region: str
    industry: str
    product: str
    amount: int
    stage: int
    call: int  # which of the owner's next calls


HEROES = (
    Hero(
        "Downtime pilot, two lines",
        "Brauwerk Lindau",
        "maja.brandt",
        "DACH",
        "Food and drink",
        "Predict",
        480_000,
        1,
        0,
    ),
    Hero(
        "Line, rolling mill 4",
        "Vantor Steel",
        "maja.brandt",
        "DACH",
        "Metals",
        "Line",
        1_150_000,
        2,
        1,
    ),
    Hero(
        "Trace, Basel site",
        "Calder Pharma",
        "maja.brandt",
        "DACH",
        "Pharma",
        "Trace",
        720_000,
        0,
        2,
    ),
    Hero(
        "Change-over, eight lines",
        "Aldgate Packaging",
        "priyanka.shah",
        "UK and Ireland",
        "Packaging",
        "Line",
        265_000,
        1,
        0,
    ),
    Hero(
        "Pumping stations, west",
        "Severn Vale Water",
        "daniel.kerr",
        "UK and Ireland",
        "Water",
        "Predict",
        310_000,
        2,
        0,
    ),
    Hero(
        "Predict, board machine 2",
        "Saimaa Board",
        "aino.virtanen",
        "Nordics",
        "Paper and wood",
        "Predict",
        610_000,
        3,
        0,
    ),
)
