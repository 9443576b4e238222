"""What Kelvane's people type into the search, and what that finds in the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collateral.demo.catalogue import Sample

ASKED: Mapping[str, tuple[str, ...]] = {
    "Predict": (
        "downtime",
        "unplanned downtime",
        "cost of a stop",
        "payback",
        "bearing",
        "case study",
        "hollis dairy",
        "vibration",
        "sap pm",
        "twelve weeks",
        "spreadsheet",
        "board",
        "maintenance manager",
        "pumps",
        "paper machine",
        "calculator",
        "brewery",
        "seal",
        "false alerts",
        "filling line",
        "calendar maintenance",
        "water utility",
        "capper",
        "poster",
        "screenshot",
        "winter shutdown",
        "hydrogen",
    ),
    "Line": (
        "oee",
        "change-over",
        "rolling mill",
        "cobbles",
        "ardent",
        "mes",
        "short stops",
        "scrap",
        "packaging",
        "output twelve weeks",
        "gauge",
        "shift",
        "quill",
        "foundry",
        "output",
    ),
    "Trace": (
        "recall",
        "recall drill",
        "traceability",
        "audit",
        "batch",
        "annex 11",
        "bellamy",
        "rework",
        "quality lead",
        "fsma",
    ),
    "Edge": ("edge gateway", "iec 62443", "opc ua", "data sheet", "network drawing", "security"),
}
GENERAL = (
    "kelvane in ten minutes",
    "pricing",
    "packages",
    "roll-out",
    "security briefing",
    "licence",
    "pilot agreement",
    "template",
    "first call",
    "e-mail",
    "business case",
    "one page",
)
BY_LANGUAGE: Mapping[str, tuple[str, ...]] = {
    "German": (
        "stillstand",
        "molkerei",
        "kosten",
        "referenz",
        "amortisation",
        "käserei",
        "gespräch",
        "datenblatt",
        "ostara",
        "zwölf wochen",
        "walzwerk",
        "instandhaltung",
        "rückverfolgbarkeit",
    ),
    "Swedish": ("stopp", "lager", "nordmark", "förvarning", "underhåll", "skrot", "gjuteri"),
    "French": ("arrêt", "moulins armand", "coût", "roulement", "maintenance", "sertisseuse"),
}
NOTHING = (
    "carbon footprint",
    "nis2 statement",
    "italian",
    "electrolyser",
    "battery plant",
    "wind turbine",
    "gdpr agreement",
    "servitization",
    "dutch one-pager",
    "injection moulding",
    "co2 per tonne",
    "ai act",
    "offshore",
    "tyre",
    "semiconductor",
)
"""Asked for again and again, and not to be had."""


@dataclass(frozen=True)
class Answer:
    """What a query finds: keys by how well they fit, best first."""

    keys: tuple[str, ...]
    scores: tuple[float, ...]


class Index:
    """Finds the assets that hold all words of a query, as the library's own search would."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._texts = [
            (sample.key, _spaced(sample.title), _spaced(sample.words())) for sample in samples
        ]
        self._known: dict[str, Answer] = {}

    def find(self, query: str) -> Answer:
        if query not in self._known:
            self._known[query] = self._find(query)
        return self._known[query]

    def _find(self, query: str) -> Answer:
        # A word stands at the beginning of one in the text; a short one is all of it.
        words = [f" {word}" if len(word) > 3 else f" {word} " for word in query.split()]
        found = []
        for key, title, text in self._texts:
            if all(word in text for word in words):
                in_title = sum(word in title for word in words) / len(words)
                often = min(12, sum(text.count(word) for word in words)) / 12
                found.append((0.25 + 2.2 * in_title + often, key))
        found.sort(key=lambda hit: (-hit[0], hit[1]))
        return Answer(tuple(key for _, key in found), tuple(score for score, _ in found))


def _spaced(text: str) -> str:
    """The words in lower case with one space before and after each."""
    return " " + " ".join(re.findall(r"[\w-]+", text.lower())) + " "
