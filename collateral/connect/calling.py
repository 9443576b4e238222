"""Calls that may fail: asked again, with growing waits or those that the CRM asks for."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from collateral.connect.crm import CrmError, Expired, Temporary, Unsure
from collateral.words import N_, Sentence

log = logging.getLogger(__name__)
T = TypeVar("T")

TRIES = 6
FIRST_WAIT = 2.0
LONGEST_WAIT = 120.0
"""Seconds that one wait may take; a CRM that asks for more is left for the next run."""


@dataclass
class Caller:
    """Counts calls and waits of one run."""

    sleep: Callable[[float], None]
    calls: int = 0
    waits: int = 0
    waited: float = 0.0
    """Seconds."""

    def __call__(
        self,
        call: Callable[[], T],
        renew: Callable[[], None] | None = None,
        *,
        writes: bool = False,
    ) -> T:
        """What the call answers.

        Args:
            renew: asks for new access where the old one has ended; None where it cannot.
            writes: not to be done twice: it is asked again only where it was surely not done.

        Raises:
            Unsure: what writes failed, and may have been done.
            CrmError: it failed `TRIES` times, wants a longer wait, or lets us in no more.
        """
        failed = renewed = 0
        while True:
            try:
                self.calls += 1
                return call()
            except Expired as error:
                if renew is None or renewed == 2:
                    raise CrmError(
                        Sentence(
                            N_("The CRM does not accept the access that was given; give it again.")
                        )
                    ) from error
                renewed += 1
                renew()
            except Temporary as error:
                if writes and not error.undone:
                    raise Unsure(error.said) from error
                failed += 1
                self._wait(_wait_after(error, failed), error)

    def _wait(self, seconds: float, error: Temporary) -> None:
        # Up to a tenth more, so that those who were stopped together do not come back together.
        seconds += random.uniform(0, seconds / 10)  # noqa: S311
        log.info("crm_waits", extra={"seconds": round(seconds, 1), "why": str(error)})
        self.waits += 1
        self.waited += seconds
        self.sleep(seconds)


def _wait_after(error: Temporary, failed: int) -> float:
    """Seconds until it is worth asking again. Raises CrmError where it is not."""
    if failed == TRIES:
        raise CrmError(
            Sentence(
                N_(
                    "The CRM failed %(times)s times: %(said)s What came before is kept; the next "
                    "run goes on from there."
                ),
                {"times": TRIES, "said": error.said},
            )
        ) from error
    wait = FIRST_WAIT * 2 ** (failed - 1) if error.wait is None else error.wait
    if wait > LONGEST_WAIT:
        raise CrmError(
            Sentence(
                N_(
                    "The CRM asks to wait for %(minutes)s minutes. What came before is kept; the"
                    " next run goes on from there."
                ),
                {"minutes": round(wait / 60)},
            )
        ) from error
    return wait


def retry_after(header: str | None, at: datetime) -> float | None:
    """Seconds that `Retry-After` asks for, in either of its forms (RFC 9110, 10.2.3)."""
    if not header:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - at).total_seconds())
    except (TypeError, ValueError):
        return None
