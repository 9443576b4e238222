"""Who uploads and who looks."""

from __future__ import annotations

import pytest

from collateral.accounts.models import Role
from tests.factories import make_person
from tests.support import SignedInClient, Visitor


@pytest.fixture
def marketer(visitor: Visitor) -> SignedInClient:
    """A marketer's browser."""
    return visitor.as_(make_person(Role.MARKETER, name="Ines Duarte"))


@pytest.fixture
def rep(visitor: Visitor) -> SignedInClient:
    """A rep's browser."""
    return visitor.as_(make_person(Role.REP, name="Daniel Kerr"))
