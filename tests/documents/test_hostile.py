"""Three hundred inputs that no newsroom would send: none may crash the reading, lose a neighbour or flood the screen."""

from __future__ import annotations

import gzip
import io
import json
import random
import time
import zipfile
from pathlib import Path

import pytest

from whipcount.documents import read
from whipcount.model import Document, Failure

GOOD = "Minister Anna Lind said on Monday that the bridge would open in May. Nobody objected."


def hostile(number: int) -> tuple[str, bytes]:
    """Name and bytes of the input with a number; the same number always gives the same input."""
    rng = random.Random(number)
    noise = rng.randbytes(rng.randrange(1, 3000))
    kinds = {
        "empty.txt": b"",
        "blank.txt": b" \n\t \r\n" * rng.randrange(1, 50),
        "binary.txt": noise,
        "broken-utf8.txt": GOOD.encode() + b"\xc3\x28\xff\xfe\x80" + noise[:40],
        "nulls.txt": b"\x00" * rng.randrange(1, 2000) + GOOD.encode(),
        "right-to-left.txt": ("\u202e" + GOOD + "\u202c שלום مرحبا " * rng.randrange(1, 50)).encode(),
        "combining.txt": ("e" + "\u0301" * rng.randrange(1, 5000) + " said no").encode(),
        "marks.txt": ("“" * rng.randrange(1, 3000) + GOOD).encode(),
        "surrogate.jsonl": b'{"id": "x", "text": "\\ud800 said he"}\n' + json.dumps({"id": "y", "text": GOOD}).encode(),
        "lines.jsonl": b"[1]\n{bad\nnull\n" + json.dumps({"id": noise[:9].hex(), "text": GOOD}).encode() + b"\n{}",
        "numbers.jsonl": b'{"id": 5, "text": 7}\n{"id": {"a": 1}, "text": "He said no."}',
        "deep.jsonl": b"[" * 50_000,
        "ragged.csv": b'text,title\n"open\n=1+1,2,3,4\n,,\n' + noise[:50],
        "headless.csv": b"a;b;c\n1;2;3\n",
        "formula.csv": b'text,title\n"=HYPERLINK(""http://x"")",@SUM(1)\n',
        "bomb.html": b"<div>" * rng.randrange(1000, 60_000) + b"He said no.",
        "attribute.html": b'<p title="' + b"a" * 300_000 + b'">He said no.</p>',
        "unclosed.html": b"<html><script>" + noise + b"<p>He said no",
        "broken.pdf": b"%PDF-1.7\n" + noise,
        "truncated.pdf": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\ntrailer << /Root 1 0 R",
        "loop.pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[2 0 R]/Count 9>>endobj trailer<</Root 1 0 R>>",
        "broken.docx": noise,
        "bomb.docx": _bomb(),
        "bomb.jsonl.gz": gzip.compress(b"x" * 1_000_000),
        "torn.txt.gz": gzip.compress(GOOD.encode())[:-9],
        "odd\u202ename\n.txt": GOOD.encode(),
        "script<b>.md": b"# <script>alert(1)</script>\n" + GOOD.encode(),
        "strange.xyz": noise,
        "utf16.txt": ("\ufeff" + GOOD).encode("utf-16-le"),
        "menus.txt": b"On\nOff\n" * rng.randrange(1, 300),
    }
    names = sorted(kinds)
    name = names[number % len(names)]
    return f"{number:03}-{name}", kinds[name]


def _bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * 60_000_000)
    return data.getvalue()


BOMB = _bomb()


def test_three_hundred_hostile_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}._bomb", lambda: BOMB)
    paths = []
    for number in range(300):
        name, data = hostile(number)
        path = tmp_path / name
        path.write_bytes(data)
        neighbour = tmp_path / f"{number:03}-good.txt"
        neighbour.write_text(f"{GOOD} It is number {number}.", encoding="utf-8")
        paths += [str(path), str(neighbour)]
    results = list(read(paths))
    documents = [r for r in results if isinstance(r, Document)]
    failures = [r for r in results if isinstance(r, Failure)]
    good = {d.text for d in documents if d.origin.endswith("-good.txt")}
    assert len(good) == 300
    assert failures
    for failure in failures:
        line = str(failure)
        assert line.isprintable() and "Traceback" not in line and len(line) < 700, line
        assert failure.reason and failure.origin
    for document in documents:
        assert all(0 <= s < e <= len(document.text) for s, e in document.body)
        document.text.encode("utf-8")
    heard = {r.origin.split(",")[0] for r in results}
    assert len(heard) == 600, "every input gives a document or a line of its own"


@pytest.mark.parametrize(
    "text",
    ["He said no. " * 420_000, "a" * 5_000_000, "«" * 1_000_000, "a\n" * 400_000, "1 " * 2_000_000],
    ids=["sentences", "word", "marks", "lines", "numbers"],
)
def test_five_megabytes_of_anything_take_seconds(text: str, tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_text(text, encoding="utf-8")
    begun = time.monotonic()
    [result] = list(read([str(path)]))
    assert isinstance(result, Document | Failure)
    assert time.monotonic() - begun < 60


def test_a_large_collection_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(300):
            file.write(json.dumps({"id": f"d{number}", "text": f"{GOOD} {number} " + "x" * 200_000}) + "\n")
    assert path.stat().st_size > 60_000_000
    assert next(iter(read([str(path)]))).id == "d0"  # type: ignore[union-attr]
