"""A stand-in for the models, so that tests of the command line are about the command line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import whipcount.reading
from whipcount.cli.main import run
from whipcount.language.whoswho import WhosWho
from whipcount.model import (
    Attribution,
    Codebook,
    Coder,
    Document,
    QuoteType,
    SpeakerKind,
    Stance,
    Statement,
    Voice,
)

CODEBOOK = """\
name: ferry
title: The ferry
options:
- {id: build, label: The port builds the ferry, definition: The port orders a ferry., paraphrases: [a ferry at last]}
- {id: sell, label: The port sells the quay, definition: The quay is sold., paraphrases: [sell it]}
"""


class FakePipeline(whipcount.reading.Pipeline):
    """Every line "NAME: words" is a statement of NAME; "yes" supports, anything else opposes the first option."""

    def coder(self, codebook: Codebook | None) -> Coder:
        return Coder("fake", "1")

    def read(
        self, document: Document, codebook: Codebook | None = None, known: WhosWho | None = None
    ) -> whipcount.reading.Reading:
        if "BROKEN" in document.text:
            raise ValueError("a fault\nof the reader")
        attributions, statements, at = [], [], 0
        for number, line in enumerate(document.text.splitlines(keepends=True), 1):
            name, colon, words = line.partition(": ")
            if colon:
                source, content = ((at, at + len(name)),), ((at + len(name) + 2, at + len(line.rstrip("\n"))),)
                attributions.append(Attribution(f"a{number}", source, (), content, QuoteType.DIRECT))
                statements.append(
                    Statement(
                        f"s{number}",
                        content,
                        source,
                        name,
                        SpeakerKind.STATE,
                        Voice.FIRST_HAND,
                        attribution=f"a{number}",
                        speaks_for=name,
                        option=codebook.options[0].id if codebook else None,
                        stance=(Stance.SUPPORT if "yes" in words else Stance.OPPOSE) if codebook else None,
                        date=document.date,
                        confidence=0.5,
                    )
                )
            at += len(line)
        return whipcount.reading.Reading(document, tuple(attributions), tuple(statements))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line reads with the stand-in."""
    monkeypatch.setattr(whipcount.reading, "Pipeline", FakePipeline)


ARTICLES = """\
{"id": "one", "date": "2031-01-05", "outlet": "=Post", "text": "Ash: yes to the ferry\\nQuill: no, never"}
{"id": "two", "date": "2031-02-01", "outlet": "Wire", "text": "Ash: no, not after all\\n[red]Elm: yes"}
"""


@pytest.fixture
def codebook(tmp_path: Path) -> str:
    """A file with a small codebook."""
    path = tmp_path / "ferry.yaml"
    path.write_text(CODEBOOK)
    return str(path)


@pytest.fixture
def articles(tmp_path: Path) -> str:
    """A .jsonl of two short documents."""
    path = tmp_path / "articles.jsonl"
    path.write_text(ARTICLES)
    return str(path)


Said = tuple[int, str, str]
Whipcount = Callable[..., Said]


@pytest.fixture
def whipcount_(capfd: pytest.CaptureFixture[str]) -> Whipcount:
    """Run a command; its exit status, standard output and standard error."""

    def command(*arguments: object) -> Said:
        capfd.readouterr()
        status = run([str(argument) for argument in arguments])
        return (status, *capfd.readouterr())

    return command


@pytest.fixture(scope="session")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record into which the articles were read, made once."""
    folder = tmp_path_factory.mktemp("once")
    (folder / "ferry.yaml").write_text(CODEBOOK)
    (folder / "articles.jsonl").write_text(ARTICLES)
    record = folder / "ferry.whip"
    arguments = ["read", str(folder / "articles.jsonl"), "--record", str(record)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whipcount.reading, "Pipeline", FakePipeline)
        assert run([*arguments, "--codebook", str(folder / "ferry.yaml")]) == 0
    return record


@pytest.fixture
def debate(fake: None, tmp_path: Path, read_once: Path) -> str:
    """A copy of the record into which the articles were read."""
    return str(shutil.copy(read_once, tmp_path / "ferry.whip"))
