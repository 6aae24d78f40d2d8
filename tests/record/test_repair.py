"""Of a damaged file all that can be read is saved, and what was saved is said."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from ferry import ATTRIBUTION, CODEBOOK, CODER, document, statement

from whipcount.errors import RecordError
from whipcount.model import Coder
from whipcount.record import Record
from whipcount.record.repair import repair

NUMBER = 30


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A record of thirty documents of some length, closed."""
    path = tmp_path / "long.whip"
    with Record.open(path, create=True) as record:
        for number in range(NUMBER):
            text = f"Mara Quill said the ferry must be built. Document {number}. " + "More words. " * 300
            record.add(document(f"d{number}", text), [ATTRIBUTION], [statement()], CODER, CODEBOOK)
            record.review(f"d{number}:s1", "accept", {}, Coder("Ada", is_model=False))
    return path


def saved(path: Path, out: Path) -> dict[str, tuple[int, int]]:
    return {row.table: (row.saved, row.lost) for row in repair(path, out)}


def test_a_sound_file_is_saved_whole(path: Path, tmp_path: Path) -> None:
    found = saved(path, tmp_path / "out.whip")
    assert found["documents"] == found["statements"] == found["acts"] == (NUMBER, 0)
    with Record.open(path) as old, Record.open(tmp_path / "out.whip") as new:
        assert new.entries() == old.entries() and new.documents() == old.documents()
        assert new.history(limit=None) == old.history(limit=None) and new.check() == []
        assert len(new.search("ferry", limit=1000)) == NUMBER


@pytest.mark.parametrize("seed", [1, 2])
def test_of_a_file_with_pages_overwritten_the_rest_is_saved(seed: int, path: Path, tmp_path: Path) -> None:
    raw, chance = bytearray(path.read_bytes()), random.Random(seed)
    pages = len(raw) // 4096
    for page in chance.sample(range(pages // 2, pages), 6):
        raw[page * 4096 : (page + 1) * 4096] = chance.randbytes(4096)
    path.write_bytes(raw)
    found = saved(path, tmp_path / "out.whip")
    assert NUMBER // 3 <= found["documents"][0] < NUMBER
    with Record.open(tmp_path / "out.whip") as new:
        assert new.check() == [] and len(new.documents()) == found["documents"][0]
    assert path.read_bytes() == bytes(raw), "the damaged file stays as it is"


def test_of_a_file_cut_off_the_rest_is_saved(path: Path, tmp_path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) * 9 // 10])
    found = saved(path, tmp_path / "out.whip")
    assert found["documents"][0] >= NUMBER // 3
    with Record.open(tmp_path / "out.whip") as new:
        assert new.check() == []


def test_what_cannot_be_repaired_is_said_in_one_line(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\x07" * 9000)
    for given, out in ((path, tmp_path / "x"), (tmp_path / "missing", tmp_path / "y"), (path, path)):
        with pytest.raises(RecordError) as error:
            repair(given, out)
        assert "\n" not in str(error.value)
