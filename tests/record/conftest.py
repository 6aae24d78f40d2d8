"""A record to test with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ferry import ATTRIBUTION, CODEBOOK, CODER, document, statement

from whipcount.record import Record


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    """A record with one document, read by a model with a codebook."""
    with Record.open(tmp_path / "ferry.whip", create=True) as made:
        made.add(document("d1"), [ATTRIBUTION], [statement()], CODER, CODEBOOK)
        yield made
