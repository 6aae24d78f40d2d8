"""Several processes read what one reads, in the same order, and whoever is killed costs nothing."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import polars
import pytest

from whipcount.documents import document_from_text
from whipcount.errors import InputError, UsageError
from whipcount.language.whoswho import WhosWho
from whipcount.model import Attribution, Codebook, Coder, Document, Failure, QuoteType, SpeakerKind, Statement, Voice
from whipcount.reading import Pipeline, Reading
from whipcount.scale.parquet import Tables
from whipcount.scale.workers import read_all

CODER = Coder("fake", "1")


class Fragile(Pipeline):
    """Everything is said by Ash.  A text that names a file ends the process if that file is not there, and makes it."""

    def read(self, document: Document, codebook: Codebook | None = None, known: WhosWho | None = None) -> Reading:
        word, _, rest = document.text.partition(" ")
        if word == "KILL" and (rest == "always" or not Path(rest).exists()):
            Path(rest).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if word == "BROKEN":
            raise ValueError("a fault of the reader")
        span = ((0, len(document.text)),)
        said = Statement("s1", span, (), "Ash", SpeakerKind.STATE, Voice.FIRST_HAND, attribution="a1", chain=("Wire",))
        return Reading(document, (Attribution("a1", (), (), span, QuoteType.DIRECT),), (said,))


def fragile(actors: tuple[Path, ...]) -> Pipeline:
    return Fragile(actors)


def test_killed_processes_and_poisonous_documents_cost_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    texts = [f"text {number}" for number in range(9)]
    texts[2:4] = [f"KILL {tmp_path / 'once'}", "BROKEN text"]
    texts[6] = "KILL always"
    items: list[Document | Failure] = [document_from_text(text, id=text) for text in texts]
    items.insert(1, Failure("missing.txt", "no such file"))
    results = list(read_all(items, "2", None, make=fragile))
    kinds = [type(result) for result in results]
    names = [result.document.text if isinstance(result, Reading) else str(result) for result in results]
    assert kinds == [Reading, Failure, Reading, Reading, Failure, Reading, Reading, Failure, Reading, Reading], names
    assert [name for name, kind in zip(names, kinds, strict=True) if kind is Reading] == [
        *texts[:3], *texts[4:6], *texts[7:],
    ]  # fmt: skip
    assert "missing.txt" in names[1] and "a fault of the reader" in names[4] and "ended every process" in names[7]


@pytest.mark.parametrize("workers", ["0", "many", "-1", "tcp://127.0.0.1:9"])
def test_workers_that_make_no_sense_are_refused(workers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whipcount.scale.workers.PATIENCE", 1)
    with pytest.raises(UsageError):
        list(read_all([], workers, None))


def _read(tables: Tables, numbers: range) -> None:
    for number in numbers:
        tables.add(Fragile().read(document_from_text(f"text {number}", id=f"n{number}", outlet="Post")))


def test_tables_go_on_where_a_run_was_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whipcount.scale.parquet.PART", 2)
    _read(Tables(tmp_path, CODER, None), range(5))  # the fifth is lost: nobody wrote it
    again = Tables(tmp_path, CODER, None)
    digest = [document_from_text(f"text {number}").sha256 for number in range(6)]
    assert [again.has(each) for each in digest] == [True] * 4 + [False] * 2
    assert not Tables(tmp_path, Coder("fake", "2"), None).has(digest[0]), "another reader reads again"
    _read(again, range(4, 6))
    _read(again, range(5, 6))  # the same text under way twice
    again.write()
    documents, statements = (
        polars.read_parquet(tmp_path / table / "*.parquet") for table in ("documents", "statements")
    )
    assert documents["id"].to_list() == statements["document"].to_list() == [f"n{number}" for number in range(6)]
    row = statements.row(0, named=True)
    assert (row["words"], row["content"], row["chain"], row["option"]) == ("text 0", [[0, 6]], ["Wire"], None)
    assert documents.row(0, named=True)["chain"] == [{"name": "Post", "relation": "published"}]


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "part-000001.parquet").write_text("no parquet")
    with pytest.raises(InputError):
        Tables(tmp_path, CODER, None)
