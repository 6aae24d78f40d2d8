"""What is kept of a record in memory is what the record holds, after whatever was done to it."""

from __future__ import annotations

from pathlib import Path

from bridge import BOOK, CODER, filled

from whipcount.analysis.positions import positions
from whipcount.documents import document_from_text
from whipcount.model import Coder
from whipcount.web.present import present

ANNA = Coder("Anna", is_model=False)


def test_what_is_kept_follows_what_is_done(tmp_path: Path) -> None:
    with filled(tmp_path / "bridge.whip") as record:

        def same() -> bool:
            held = present(record)
            kept = {entry.key: entry for entry in held.entries}
            return kept == {e.key: e for e in record.entries()} and held.positions(None) == positions(record.entries())

        assert same() and present(record) is present(record)
        key = record.entries()[0].key
        record.review(key, "correct", {"stance": "support"}, ANNA)
        assert same() and present(record).by_key[key].statement.stance == "support"
        record.review(key, "reject", {}, ANNA)
        assert same() and key not in present(record).by_key
        record.add(document_from_text("Another paper.", id="later"), [], [], CODER, BOOK)
        assert same()
        record.withdraw(["second"], ANNA)
        assert same() and "second" not in {entry.document for entry in present(record).entries}
