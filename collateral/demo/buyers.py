"""The buyers whom links are sent to: made-up people at the made-up companies of the deals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

_PLAIN = str.maketrans("äöåüéèëñáøæíıóšžŠÉÅÖ", "aoaueeenaoaiioszSEAO")

NAMES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "DACH": (
        ("Katrin", "Stefan", "Petra", "Andreas", "Birgit", "Florian", "Silke", "Markus", "Anja",
         "Holger", "Verena", "Uwe"),
        ("Albers", "Reuter", "Lindner", "Pohl", "Kessler", "Brunner", "Thoma", "Wirth", "Seidel",
         "Hofer", "Marti", "Engel"),
    ),
    "Nordics": (
        ("Karin", "Anders", "Liisa", "Henrik", "Marit", "Jussi", "Camilla", "Lars", "Sofie",
         "Pekka", "Gunilla", "Torben"),
        ("Nyström", "Dahl", "Korhonen", "Lund", "Bakken", "Salonen", "Ekdahl", "Holt",
         "Vestergaard", "Rinne", "Sundberg", "Moen"),
    ),
    "UK and Ireland": (
        ("Helen", "Gareth", "Niamh", "Alistair", "Joanne", "Imran", "Fiona", "Martin", "Sian",
         "Declan", "Ruth", "Owen"),
        ("Marsh", "Pritchard", "Doyle", "Lennox", "Barlow", "Hussain", "Keane", "Thorpe", "Vaughan",
         "Nolan", "Whitaker", "Rees"),
    ),
    "France and Benelux": (
        ("Claire", "Luc", "Anneke", "Benoît", "Sophie", "Pieter", "Hélène", "Wouter", "Nadia",
         "Thierry", "Marijke", "Olivier"),
        ("Fabre", "Jansen", "Lemaire", "Peeters", "Rousset", "Maes", "Colin", "Smit", "Barbier",
         "Dubois", "Vermeer", "Charlier"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Buyer:
    """Somebody at a customer's, with her address."""

    name: str
    account: str
    email: str

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]


def buyer(rng: Random, account: str, region: str) -> Buyer:
    """Somebody who works there."""
    first, last = NAMES[region]
    name = f"{rng.choice(first)} {rng.choice(last)}"
    return Buyer(name, account, f"{_slug(name, '.')}@{_slug(account, '-')}.example")


def _slug(text: str, between: str) -> str:
    plain = text.replace("ß", "ss").translate(_PLAIN).lower().replace("î", "i").replace("û", "u")
    return between.join(re.findall(r"[a-z0-9]+", plain))
