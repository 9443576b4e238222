"""Files by name for one confined child: it is given a single one, so they travel in a plain zip."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def bundled(files: Mapping[str, Path]) -> Iterator[Path]:
    """A zip of these files under these names, stored as they are; gone after the block."""
    with tempfile.TemporaryDirectory(prefix="collateral-reading-") as folder:
        path = Path(folder, "bundle.zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as bundle:
            for name, file in files.items():
                bundle.write(file, name)
        path.chmod(0o644)
        yield path
