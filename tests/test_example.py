"""The bundled example is sound: whoever tries whipcount for the first time reads these texts."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import whipcount
from whipcount.cli.main import run
from whipcount.documents import document_from_text
from whipcount.model import DateBasis
from whipcount.record.milestones import from_csv

EXAMPLE = Path(whipcount.__file__).parent / "knowledge" / "example"
DISPATCHES = sorted(EXAMPLE.glob("*.txt"))


def test_there_are_dispatches() -> None:
    assert len(DISPATCHES) >= 12


@pytest.mark.parametrize("path", DISPATCHES, ids=lambda path: path.stem)
def test_a_dispatch_tells_its_title_and_date_and_is_short(path: Path) -> None:
    document = document_from_text(path.read_text(encoding="utf-8"))
    assert document.title == document.text.split("\n", 1)[0]
    assert document.date_basis is DateBasis.STATED
    assert "2024-12-01" <= (document.date or "") <= "2025-04-30"
    assert document.language == "en"
    assert 120 <= len(document.text.split()) <= 250
    assert "| Example " in document.text.split("\n")[1], "an invented outlet must be recognisable as ours"


def test_the_codebook_holds_together() -> None:
    book = yaml.safe_load((EXAMPLE / "codebook.yaml").read_text(encoding="utf-8"))
    options = {option["id"] for option in book["options"]}
    assert len(options) == len(book["options"])
    assert {"nato", "unsc", "coalition-of-the-willing"} <= {option.get("institution") for option in book["options"]}
    for option in book["options"]:
        assert option["label"] and option["definition"] and option["paraphrases"] and option["decision_body"]
    for condition in book["conditions"]:
        assert condition["brought_about_by"] in options | {"fact", "event"}


def test_the_example_shows_who_waits_for_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record, book = str(tmp_path / "example.whip"), str(EXAMPLE / "codebook.yaml")
    assert run(["read", str(EXAMPLE / "11-macron-sovereign.txt"), "--record", record, "--codebook", book]) == 0
    assert run(["verdict", "--record", record, "--at", "2025-03-20"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Italy waits for “The force has a mandate of the UN Security Council”, which hangs on UN Security Council" in shown


def test_no_sentence_was_taken_from_the_reference_articles(shared: Path) -> None:
    folder = shared / "data" / "security-guarantees"
    taken = " ".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("articles/*.txt")))
    codebook = yaml.safe_load((folder / "codebook.yaml").read_text(encoding="utf-8"))
    taken += " ".join(phrase for option in codebook["options"] for phrase in option["paraphrases"])
    known = " ".join(taken.lower().split())
    for path in [*DISPATCHES, EXAMPLE / "codebook.yaml"]:
        words = path.read_text(encoding="utf-8").lower().split()
        for start in range(len(words) - 9):
            assert " ".join(words[start : start + 10]) not in known, (
                f"{path.name}: {' '.join(words[start : start + 10])}"
            )


def test_the_milestones_of_the_demo_lie_in_the_time_of_its_dispatches() -> None:
    found = from_csv(EXAMPLE / "milestones.csv")
    assert found and all("2024-12-01" <= one.date <= "2025-04-30" and one.source for one in found)
