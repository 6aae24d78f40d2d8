"""`extract` keeps its contract; `read` survives bad input and being killed, and adds nothing twice."""

from __future__ import annotations

import gzip
import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars
import pytest

from whipcount.record import Record
from whipcount.record.exchange import lines

DOCUMENT = {
    *("id", "title", "date", "date_basis", "author", "outlet", "chain", "language", "text", "body"),
    *("attributions", "statements"),
}
ATTRIBUTION = {"id", "source", "cue", "content", "quote_type"}
STATEMENT = {
    *(
        "id",
        "attribution",
        "content",
        "source",
        "speaker",
        "speaker_id",
        "speaker_kind",
        "speaks_for",
        "voice",
        "chain",
    ),
    *("option", "stance", "lean", "conditions", "date", "confidence"),
}


def test_extract_writes_one_line_a_document_and_touches_no_database(
    fake: None, articles: str, codebook: str, whipcount_: Any, tmp_path: Path
) -> None:
    before = sorted(tmp_path.iterdir())
    status, out, err = whipcount_("extract", "--codebook", codebook, articles)
    rows = [json.loads(line) for line in out.splitlines()]
    assert (status, err, [row["id"] for row in rows]) == (0, "", ["one", "two"])
    assert sorted(tmp_path.iterdir()) == before
    for row in rows:
        assert set(row) >= DOCUMENT
        assert all(set(attribution) >= ATTRIBUTION for attribution in row["attributions"])
        assert all(set(statement) >= STATEMENT for statement in row["statements"])
        assert {statement["attribution"] for statement in row["statements"]} <= {a["id"] for a in row["attributions"]}
    first = rows[0]["statements"][0]
    (start, end), text = first["content"][0], rows[0]["text"]
    assert (text[start:end], first["speaks_for"], first["stance"]) == ("yes to the ferry", "Ash", "support")


def test_extract_without_a_codebook_codes_no_option(fake: None, articles: str, whipcount_: Any) -> None:
    _, out, _ = whipcount_("extract", articles)
    statements = [s for line in out.splitlines() for s in json.loads(line)["statements"]]
    assert statements and all(s["option"] is None and s["stance"] is None and not s["conditions"] for s in statements)


def test_extract_names_what_failed_and_goes_on(fake: None, tmp_path: Path, articles: str, whipcount_: Any) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text("Somebody: BROKEN")
    status, out, err = whipcount_("extract", tmp_path / "missing.txt", bad, articles)
    assert status == 1 and len(out.splitlines()) == 2
    assert [str(name) in line for name, line in zip(("missing.txt", "bad.txt"), err.splitlines(), strict=True)] == [
        True
    ] * 2


def test_extract_reads_standard_input(
    fake: None, articles: str, whipcount_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = whipcount_("extract", articles)[1]
    lines = Path(articles).read_bytes()
    for given in (lines, gzip.compress(lines)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        assert whipcount_("extract", "-") == (0, named, "")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Ash: yes to the ferry")))
    (said,) = json.loads(whipcount_("extract", "-")[1])["statements"]
    assert said["speaker"] == "Ash"


def test_extract_writes_tables_and_goes_on_with_them(
    fake: None, articles: str, codebook: str, whipcount_: Any, tmp_path: Path
) -> None:
    out = tmp_path / "tables"
    for news in ("2 read, 0 there already", "0 read, 2 there already"):
        status, printed, err = whipcount_("extract", "--codebook", codebook, "--out", out, articles)
        assert (status, printed) == (0, "") and news in err
    statements = polars.read_parquet(out / "statements" / "*.parquet")
    assert statements.select("document", "speaks_for", "stance", "words").row(0) == (
        "one", "Ash", "support", "yes to the ferry",
    )  # fmt: skip
    assert "1 without a date" in whipcount_("extract", "--out", out, _undated(tmp_path))[2]


def _undated(folder: Path) -> Path:
    (folder / "undated.txt").write_text("Ash: yes")
    return folder / "undated.txt"


def test_reading_again_adds_nothing(debate: str, articles: str, codebook: str, whipcount_: Any) -> None:
    with Record.open(debate) as record:
        before = list(lines(record))
    status, _, err = whipcount_("read", articles, "--record", debate, "--codebook", codebook)
    assert status == 0 and "0 read, 2 there already, 0 failed" in err
    assert "2 there already" in whipcount_("read", articles, "--record", debate)[2], "the record's codebook is used"
    with Record.open(debate) as record:
        assert list(lines(record)) == before and len(before) == 2


def test_read_names_failures_and_keeps_the_rest(fake: None, tmp_path: Path, whipcount_: Any) -> None:
    for name, text in (("a.txt", "Ash: yes"), ("b.txt", "Elm: BROKEN"), ("c.txt", ""), ("d.txt", "Oak: no")):
        (tmp_path / name).write_text(text)
    status, _, err = whipcount_("read", tmp_path, "--record", tmp_path / "r.whip")
    assert status == 1 and "2 read, 0 there already, 2 failed" in err
    assert sum(name in line for line in err.splitlines() for name in ("b.txt", "c.txt")) == 2
    assert "Traceback" not in err


SLOW = """
import sys, time
sys.path.insert(0, {folder!r})
import conftest, whipcount.reading
from whipcount.cli.main import run
class Slow(conftest.FakePipeline):
    def read(self, document, codebook=None, known=None):
        time.sleep(0.05)
        return super().read(document, codebook, known)
whipcount.reading.Pipeline = Slow
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(("blow", "status"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_a_stopped_run_goes_on_and_ends_as_if_never_stopped(
    fake: None, tmp_path: Path, codebook: str, whipcount_: Any, blow: signal.Signals, status: int
) -> None:
    many = tmp_path / "many.jsonl"
    many.write_text("".join(f'{{"id": "n{i}", "text": "Ash: yes {i}\\nElm: no {i}"}}\n' for i in range(40)))
    stopped, whole = tmp_path / "stopped.whip", tmp_path / "whole.whip"
    command = [sys.executable, "-c", SLOW.format(folder=str(Path(__file__).parent)), "read", str(many)]
    with subprocess.Popen(
        [*command, "--record", str(stopped), "--codebook", codebook], stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and _size(stopped) < 5:
            time.sleep(0.02)
        process.send_signal(blow)
        _, err = process.communicate()
    assert process.returncode == status and "Traceback" not in err
    if blow == signal.SIGINT:
        assert "the same command goes on from here" in err
    assert 5 <= _size(stopped) < 40
    for record in (stopped, whole):
        assert whipcount_("read", many, "--record", record, "--codebook", codebook)[0] == 0
    with Record.open(stopped) as one, Record.open(whole) as other:
        assert list(lines(one)) == list(lines(other)) and one.check() == []
        assert one.entries() == other.entries() and len(one.documents()) == 40


def _size(path: Path) -> int:
    try:
        with Record.open(path) as record:
            return len(record.documents())
    except Exception:
        return 0
