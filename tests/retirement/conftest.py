"""A library whose year is known, and the marketer who works its docket."""

from __future__ import annotations

import pytest
from flask import Flask

from collateral.accounts.models import Person, Role
from tests.factories import make_person
from tests.retirement.stock import stock


@pytest.fixture
def marketer(app: Flask) -> Person:
    return make_person(Role.MARKETER, name="Ines Duarte")


@pytest.fixture
def library(app: Flask, marketer: Person) -> list[int]:
    return stock(marketer, make_person(Role.REP, name="Daniel Kerr"))
