"""Make a migration from the models: `migration.py "what it does"`.

The difference is taken against a fresh SQLite database at the newest revision, so
that nobody's own library is touched.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from flask_migrate import migrate, upgrade

from collateral import create_app
from collateral.config import ROOT, Settings


def main(message: str) -> None:
    versions = ROOT / "migrations" / "versions"
    number = f"{len(list(versions.glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as home:
        app = create_app(Settings.from_environ({"COLLATERAL_HOME": home}))
        with app.app_context():
            if number != "0001":
                upgrade()
            migrate(message=message, rev_id=number)
    for path in versions.glob(f"{number}_*.py"):
        print(Path(path).relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1])
