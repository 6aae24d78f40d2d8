from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from whipcount.errors import ModelError
from whipcount.language.reader import MODEL, Reader
from whipcount.model import Attribution, QuoteType


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load()


def found(text: str, reader: Reader, word: str) -> tuple[str, Attribution]:
    """The source and the attribution whose content has `word`."""
    for attribution in reader.read_text(text):
        if any(word in text[s:e] for s, e in attribution.content):
            return " ".join(text[s:e] for s, e in attribution.source), attribution
    raise AssertionError(f"no content with {word!r} in {reader.read_text(text)}")


@pytest.mark.parametrize(
    ("text", "word", "source", "kind"),
    [
        (
            "“We will not send troops to the border,” Prime Minister Lena Moravec said on Monday.",
            "troops",
            "Moravec",
            "direct",
        ),
        (
            '"We will not send troops to the border," Prime Minister Lena Moravec said on Monday.',
            "troops",
            "Moravec",
            "direct",
        ),
        (
            "«We will not send troops to the border», Prime Minister Lena Moravec said on Monday.",
            "troops",
            "Moravec",
            "direct",
        ),
        ("— We do not intend to send troops to the border, the minister argues.", "troops", "minister", "direct"),
        ("Lena Moravec said that her country would never accept the plan.", "never", "Moravec", "indirect"),
        ("According to the foreign ministry, the talks will resume in March.", "resume", "ministry", "indirect"),
        ("Moravec said the plan was “dead on arrival” unless the council approves it.", "dead", "Moravec", "mixed"),
    ],
)
def test_the_forms_of_reported_speech(text: str, word: str, source: str, kind: str, reader: Reader) -> None:
    who, attribution = found(text, reader, word)
    assert source in who
    assert attribution.quote_type == QuoteType(kind)


def test_spans_are_whole_words_without_blanks(reader: Reader) -> None:
    text = (
        "The minister said on Tuesday  that the pipeline would stay closed .\n\n“It is over,” she added. “We move on.”"
    )
    for a in reader.read_text(text):
        for start, end in (*a.source, *a.cue, *a.content):
            assert text[start:end] and text[start:end].strip() == text[start:end]
            assert start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
            assert end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum())


def test_an_unclosed_quotation_mark_does_not_lose_the_document(reader: Reader) -> None:
    text = (
        "“The offer stands, the president said.\n\n“We will sign tomorrow,” Prime Minister Joan Alder told reporters."
    )
    assert "Alder" in found(text, reader, "tomorrow")[0]


def test_a_long_document_is_read_to_its_end(reader: Reader) -> None:
    filler = "The road runs along the river for many miles. " * 400
    text = f"{filler}\n\n“We will sign tomorrow,” Prime Minister Joan Alder told reporters."
    assert "Alder" in found(text, reader, "tomorrow")[0]


def test_a_damaged_or_missing_model_is_said_in_one_line(tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(MODEL, copy)
    (copy / "linker.json").write_text(json.dumps({}))
    with pytest.raises(ModelError, match=r"linker.json: damaged model file"):
        Reader.load(copy).read_text("He said no.")
    (copy / "reader.onnx").unlink()
    with pytest.raises(ModelError, match=r"reader.onnx: model file is missing"):
        Reader.load(copy).read_text("He said no.")


@pytest.mark.parametrize("dateline", ["KYIV — ", "BRUSSELS, March 2 (AP) — ", "PORT AMEL (FNS) - ", "The vote\n\nKYIV — "])
def test_a_dateline_is_nobody_who_speaks(dateline: str, reader: Reader) -> None:
    text = f"{dateline}Tenants handed in 200,000 signatures on Monday. “Give the flats back,” said Ali Demir.\n\nThey left."
    read = reader.read_text(text)
    assert [text[slice(*a.source[0])] for a in read] == ["Ali Demir"]
    assert all(start >= len(dateline) for a in read for start, _ in a.content)
