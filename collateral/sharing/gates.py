"""What a reader must show before a link opens: the passcode, and an address that is hers.

What she has shown is kept in a signed cookie of her browser, for this link alone. A new
address of the link, or another list, makes it worth nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import delete, func, select, update

from collateral.accounts import passwords
from collateral.db import db
from collateral.sharing import rules
from collateral.sharing.models import GateCode, Share

KEPT = timedelta(hours=12)
CODE_LIVES = timedelta(minutes=15)
TRIES = 5
CODES_AT_ONCE = 3


@dataclass(frozen=True)
class Pass:
    """What this browser has shown for this link."""

    passcode: bool = False
    email: str = ""


class Gates:
    """The gates of one link, with the installation's secret."""

    def __init__(self, share: Share, secret: str) -> None:
        self._share = share
        self._secret = secret
        self._signer = URLSafeTimedSerializer(secret, salt=f"share-pass-{share.id}")

    def read(self, cookie: str) -> Pass:
        """What the cookie proves now; nothing where it is forged, old, or of another address."""
        try:
            shown = self._signer.loads(cookie[:1000], max_age=int(KEPT.total_seconds()))
        except BadData:
            return Pass()
        if shown.get("g") != self._stamp():
            return Pass()
        email = str(shown.get("e", ""))
        return Pass(shown.get("p") is True, email if self.lets_in(email) else "")

    def write(self, shown: Pass) -> str:
        """The cookie that proves it."""
        return str(self._signer.dumps({"g": self._stamp(), "p": shown.passcode, "e": shown.email}))

    def wanted(self, shown: Pass) -> str:
        """What is still to be shown: "passcode", "email", or "" when the way is free."""
        if self._share.passcode_hash is not None and not shown.passcode:
            return "passcode"
        return "email" if self._share.email_gate and not shown.email else ""

    def lets_in(self, email: str) -> bool:
        """Whether an address may come in, once it is proved."""
        return rules.may_enter(email, self._share.allowed, self._share.recipient_email)

    def opens_with(self, passcode: str) -> bool:
        """Whether this is the passcode. Takes its time on purpose."""
        return passwords.verify(self._share.passcode_hash, passcode.strip())

    def _stamp(self) -> str:
        about = f"{self._share.gate}:{self._share.passcode_hash or ''}"
        return hmac.new(self._secret.encode(), about.encode(), hashlib.sha256).hexdigest()[:16]

    def _keyed(self, text: str) -> str:
        about = f"share-code:{self._share.id}:{text}"
        return hmac.new(self._secret.encode(), about.encode(), hashlib.sha256).hexdigest()

    def new_code(self, email: str, at: datetime) -> str | None:
        """A code of six digits for the address; None where it may not come in, or has enough.

        Only keyed hashes of both are kept.
        """
        if not self.lets_in(email):
            return None
        address = self._keyed(email)
        waiting = db.session.scalar(
            select(func.count()).where(
                GateCode.share_id == self._share.id,
                GateCode.address == address,
                GateCode.created_at > at - CODE_LIVES,
            )
        )
        if (waiting or 0) >= CODES_AT_ONCE:
            return None
        code = f"{secrets.randbelow(1_000_000):06d}"
        db.session.add(
            GateCode(
                share_id=self._share.id,
                address=address,
                code=self._keyed(f"{email}:{code}"),
                created_at=at,
            )
        )
        db.session.flush()
        return code

    def proves(self, email: str, code: str, at: datetime) -> bool:
        """Whether the code is one that went to this address and still holds; it works once.

        A wrong one counts against every code of the address, five tries in all.
        """
        address = self._keyed(email)
        mine = (
            GateCode.share_id == self._share.id,
            GateCode.address == address,
            GateCode.created_at > at - CODE_LIVES,
            GateCode.used_at.is_(None),
            GateCode.tries < TRIES,
        )
        # The try is written before it is judged, so that many at once count, too.
        tried = db.session.scalars(
            update(GateCode)
            .where(*mine)
            .values(tries=GateCode.tries + 1)
            .returning(GateCode.id)
            .execution_options(synchronize_session=False)
        ).all()
        given = self._keyed(f"{email}:{''.join(code.split())[:20]}")
        kept = db.session.execute(
            select(GateCode.id, GateCode.code).where(GateCode.id.in_(tried))
        ).all()
        right = [row.id for row in kept if hmac.compare_digest(row.code, given)]
        if not right or not self.lets_in(email):
            return False
        db.session.execute(
            update(GateCode)
            .where(GateCode.share_id == self._share.id, GateCode.address == address)
            .values(used_at=at)
            .execution_options(synchronize_session=False)
        )
        return True


def forget_old(at: datetime) -> None:
    """Remove codes that no longer open anything."""
    db.session.execute(
        delete(GateCode)
        .where(GateCode.created_at < at - timedelta(days=1))
        .execution_options(synchronize_session=False)
    )
