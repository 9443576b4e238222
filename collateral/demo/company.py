"""Kelvane: its people and teams, its vocabularies, and the words that mean the same there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

NAME = "Kelvane"
DOMAIN = "kelvane.example"

CENTRAL, NORDICS, UK, MARKETING = "Central Europe", "Nordics", "UK and Ireland", "Marketing"
TEAMS: Mapping[str, str | None] = {
    CENTRAL: "DACH",
    NORDICS: "Nordics",
    UK: "UK and Ireland",
    MARKETING: None,
}


@dataclass(frozen=True)
class Colleague:
    """One of Kelvane's thirty people."""

    key: str
    name: str
    email: str
    roles: tuple[str, ...]
    team: str
    time_zone: str
    locale: str
    regions: tuple[str, ...] = ()  # where a rep sells
    languages: tuple[str, ...] = ("English",)  # in which material is handed over
    skill: float = 0.0  # how far above the middle a rep's odds of winning are, in logits
    diligence: float = 0.6  # the share of uses that a rep says
    pace: float = 1.0  # how often a rep looks into the library


def _rep(
    name: str,
    team: str,
    zone: str,
    locale: str,
    regions: str,
    languages: str,
    skill: float,
    diligence: float,
    pace: float,
    *,
    roles: str = "rep",
    email: str = "",
) -> Colleague:
    key = _key(name)
    return Colleague(
        key,
        name,
        f"{email or key}@{DOMAIN}",
        tuple(roles.split()),
        team,
        zone,
        locale,
        tuple(regions.split(", ")),
        tuple(languages.split()),
        skill,
        diligence,
        pace,
    )


def _other(
    name: str, team: str, zone: str, locale: str, roles: str, *, email: str = ""
) -> Colleague:
    key = _key(name)
    return Colleague(
        key, name, f"{email or key}@{DOMAIN}", tuple(roles.split()), team, zone, locale
    )


_PLAIN = str.maketrans("äöåüéèñáøæıšżŠÉ", "aoaueenaoaiszSE")


def _key(name: str) -> str:
    return name.translate(_PLAIN).lower().replace(" ", ".")


_BERLIN, _STOCKHOLM, _LONDON = "Europe/Berlin", "Europe/Stockholm", "Europe/London"
_ZURICH, _VIENNA = "Europe/Zurich", "Europe/Vienna"

PEOPLE: tuple[Colleague, ...] = (
    _rep(
        "Maja Brandt",
        CENTRAL,
        _BERLIN,
        "en",
        "DACH",
        "German English",
        0.35,
        0.85,
        1.5,
        email="rep",
    ),
    _rep("Jonas Weber", CENTRAL, _BERLIN, "de", "DACH", "German English", 0.1, 0.6, 1.1),
    _rep("Hannah Keller", CENTRAL, _ZURICH, "de", "DACH", "German English", 0.4, 0.7, 1.2),
    _rep("Lukas Steiner", CENTRAL, _VIENNA, "de", "DACH", "German English", -0.3, 0.35, 0.6),
    _rep("Selin Aydın", CENTRAL, _BERLIN, "de", "DACH", "German English", 0.0, 0.75, 1.0),
    _rep(
        "Élise Garnier",
        CENTRAL,
        "Europe/Paris",
        "en",
        "France and Benelux",
        "French English",
        0.05,
        0.5,
        0.8,
    ),
    _rep(
        "Bram de Vries",
        CENTRAL,
        "Europe/Amsterdam",
        "en",
        "France and Benelux",
        "English",
        0.2,
        0.65,
        0.9,
    ),
    _rep("Tove Berg", NORDICS, _STOCKHOLM, "en", "Nordics", "Swedish English", 0.45, 0.9, 1.4),
    _rep("Erik Sandström", NORDICS, _STOCKHOLM, "en", "Nordics", "Swedish English", 0.05, 0.7, 1.0),
    _rep("Aino Virtanen", NORDICS, "Europe/Helsinki", "en", "Nordics", "English", 0.15, 0.8, 1.1),
    _rep(
        "Mikkel Sørensen", NORDICS, "Europe/Copenhagen", "en", "Nordics", "English", -0.15, 0.5, 0.7
    ),
    _rep("Ingrid Haugen", NORDICS, "Europe/Oslo", "en", "Nordics", "English", 0.2, 0.75, 0.9),
    _rep("Daniel Kerr", UK, _LONDON, "en", "UK and Ireland", "English", 0.2, 0.7, 1.3),
    _rep("Aoife Brennan", UK, "Europe/Dublin", "en", "UK and Ireland", "English", 0.3, 0.8, 1.1),
    _rep("Rhys Morgan", UK, _LONDON, "en", "UK and Ireland", "English", -0.25, 0.4, 0.6),
    _rep("Priyanka Shah", UK, _LONDON, "en", "UK and Ireland", "English", 0.15, 0.75, 1.2),
    _rep("Callum Fraser", UK, _LONDON, "en", "UK and Ireland", "English", -0.1, 0.55, 0.8),
    _rep("Grace Adeyemi", UK, _LONDON, "en", "UK and Ireland", "English", 0.0, 0.65, 1.0),
    _other("Matthias Huber", CENTRAL, _BERLIN, "de", "manager"),
    _other("Johan Ekström", NORDICS, _STOCKHOLM, "en", "manager"),
    _other("Tomas Okafor", UK, _LONDON, "en", "manager", email="manager"),
    _other("Ines Duarte", MARKETING, "Europe/Lisbon", "en", "marketer", email="marketer"),
    _other("Lena Vogel", MARKETING, _BERLIN, "de", "marketer"),
    _other("Astrid Holm", MARKETING, _STOCKHOLM, "en", "marketer"),
    _other("Camille Roux", MARKETING, "Europe/Paris", "en", "marketer"),
    _other("Karim Aziz", MARKETING, _STOCKHOLM, "en", "marketer"),
    _other("Ilse Roth", MARKETING, _BERLIN, "de", "marketer"),
    _other("Noor Haddad", MARKETING, _LONDON, "en", "marketer"),
    _other("Pavel Novak", MARKETING, "Europe/Prague", "en", "marketer"),
    _other("Ruben Castell", MARKETING, _LONDON, "en", "marketer admin", email="admin"),
)

REPS = tuple(colleague for colleague in PEOPLE if "rep" in colleague.roles)

SIGN_INS = ("maja.brandt", "ines.duarte", "tomas.okafor", "ruben.castell")
"""Whose sign-ins the demo prints: a rep, a marketer, a manager, an admin."""

VOCABULARIES: Mapping[str, tuple[str, ...]] = {
    "type": (
        "Deck",
        "Case study",
        "One-pager",
        "White paper",
        "Comparison",
        "Calculator",
        "Data sheet",
        "Playbook",
        "Image",
    ),
    "product": ("Predict", "Line", "Trace", "Edge"),
    "stage": ("Discovery", "Evaluation", "Proposal", "Negotiation"),
    "industry": (
        "Food and drink",
        "Packaging",
        "Chemicals",
        "Pharma",
        "Metals",
        "Paper and wood",
        "Water",
    ),
    "persona": (
        "Operations director",
        "Plant manager",
        "Production manager",
        "Maintenance manager",
        "Reliability engineer",
        "Quality lead",
        "Finance director",
        "IT and security",
        "Head brewer",
    ),
    "region": ("DACH", "Nordics", "UK and Ireland", "France and Benelux"),
    "language": ("English", "German", "Swedish", "French", "Spanish", "Polish"),
}

SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("downtime", "unscheduled stops", "outage", "standstill"),
    ("payback", "roi", "return on investment", "business case"),
    ("oee", "overall equipment effectiveness", "output"),
    ("recall", "traceability", "genealogy"),
    ("change-over", "changeover", "set-up", "smed"),
    ("tender", "rfp", "rfi", "questionnaire"),
    ("price", "pricing", "licence", "quote"),
    ("roll-out", "rollout", "implementation", "project plan"),
    ("stillstand", "ausfall", "produktionsausfall"),
    ("case study", "reference", "success story"),
)


@lru_cache(maxsize=64)
def person(key: str) -> Colleague:
    """The colleague of that key, such as ``ines.duarte``; KeyError when there is none."""
    for colleague in PEOPLE:
        if colleague.key == key:
            return colleague
    raise KeyError(key)


def slug(label: str) -> str:
    """How a term is named in a filter: ``Food and drink`` is ``food-and-drink``."""
    return label.lower().replace(" ", "-")
