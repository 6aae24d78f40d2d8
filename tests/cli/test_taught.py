"""Teaching, asking a language model, and saying why, as a user meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from whipcount.coding.codebook import load
from whipcount.coding.endpoint import Endpoint
from whipcount.model import Coder
from whipcount.record import Record

Whipcount = Callable[..., tuple[int, str, str]]

URL = ("--url", "http://127.0.0.1:9/v1", "--model", "small")


def test_options_are_suggested_for_articles_without_a_codebook(whipcount_: Whipcount, tmp_path: Path) -> None:
    said = [
        "a bridge must be built over the river",
        "the river needs a bridge for cars",
        "no bridge will be built here",
    ]
    for number, words in enumerate(said):
        text = f"The council met on Monday.\n\nMayor Ida Holm said that {words}. The meeting went on until late."
        (tmp_path / f"{number}.txt").write_text(text)
    out = tmp_path / "river.yaml"
    status, _, err = whipcount_("codebook", "suggest", tmp_path, "--out", out)
    assert status == 0, err
    book = load(out)
    assert "bridge" in book.options[0].id and len(book.options[0].paraphrases) == 3
    assert whipcount_("codebook", "check", out)[0] == 0
    assert whipcount_("codebook", "suggest", tmp_path, "--out", out)[0] == 2
    status, _, err = whipcount_("codebook", "suggest", tmp_path, "--out", tmp_path / "b.yaml", "--claims", "9")
    assert (status, err.count("\n")) == (2, 1) and "--claims" in err


def test_why_shows_words_and_runner_up(whipcount_: Whipcount, debate: str) -> None:
    _, out, _ = whipcount_("statements", debate, "--why", "--json")
    first = json.loads(out)[0]
    assert (first["option"], first["stance"], first["decided_by"]) == ("build", "support", "yes to the ferry")
    assert first["next_option"] is None
    whipcount_("review", debate, first["key"], "--accept", "--coder", "Mara")
    _, out, _ = whipcount_("statements", debate, "--why", "--json", "--limit", "1")
    assert json.loads(out)[0]["judges"] == ["Mara"]


@pytest.fixture
def judged(debate: str) -> str:
    """A record with more documents, twelve of whose statements were corrected."""
    with Record.open(debate) as record:
        issue = record.codebook()
        (coder, reading), *_ = record.readings(issue, lambda coder: coder.is_model)  # type: ignore[arg-type]
        from dataclasses import replace
        from hashlib import sha256

        weighed = {"option:build": 0.8, "option:sell": 0.15, "option:": 0.2, "stance:support": 0.6, "stance:oppose": 0.4}
        for number in range(13):
            text = reading.document.text + " " * (number + 1)
            new = replace(reading.document, id=f"n{number}", text=text, sha256=sha256(text.encode()).hexdigest())
            said = [replace(statement, weighed=weighed) for statement in reading.statements]
            record.add(new, reading.attributions, said, coder, issue)
            if number < 12:
                record.review(f"n{number}:s1", "correct", {"option": "sell", "stance": "oppose"}, Coder("M", "", False))
    return debate


def test_a_debate_is_taught_by_its_judgements(whipcount_: Whipcount, judged: str) -> None:
    status, out, err = whipcount_("learn", judged, "--coder", "M", "--json")
    report = json.loads(out)
    assert (status, report["judged"], report["right_before"], report["right_after"]) == (0, 12, 0, 1), err
    _, out, _ = whipcount_("statements", judged, "--document", "n12", "--json")
    assert (json.loads(out)[0]["option"], json.loads(out)[0]["stance"]) == ("sell", "oppose")
    _, out, _ = whipcount_("statements", judged, "--document", "n3", "--json")
    assert json.loads(out)[0]["key"] == "n3:s1"  # as it was judged, no newer reading's
    with Record.open(judged) as record:
        assert any(report["version"] in coder.version for coder in record.coders())
    assert whipcount_("learn", judged, "--coder", "M")[0] == 0


def test_too_few_judgements_teach_nothing(whipcount_: Whipcount, debate: str) -> None:
    status, _, err = whipcount_("learn", debate)
    assert (status, err.count("\n")) == (2, 1) and "review" in err


def test_a_language_model_is_one_more_coder(
    whipcount_: Whipcount, debate: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def answer(self: Endpoint, body: str) -> bytes:
        self.spending.requests += 1
        words = json.loads(json.loads(body)["messages"][1]["content"].splitlines()[1])
        codes = [
            {"number": u["number"], "option": "sell", "stance": "oppose", "lean": None, "conditions": [],
             "evidence": u["words"]} for u in words
        ]  # fmt: skip
        content = json.dumps({"codes": codes})
        return json.dumps({"choices": [{"message": {"content": content}}], "usage": {"prompt_tokens": 9}}).encode()

    monkeypatch.setattr(Endpoint, "_send", answer)
    _, before, _ = whipcount_("positions", debate, "--json")
    status, out, err = whipcount_("consult", debate, *URL, "--cache", tmp_path / "answers", "--json")
    report: dict[str, Any] = json.loads(out)
    assert (status, report["documents"], report["kept"], report["refused"]) == (0, 2, 4, 0)
    assert "127.0.0.1" in err
    assert whipcount_("positions", debate, "--json")[1] == before
    _, out, _ = whipcount_("statements", debate, "--coder", "llm small", "--json")
    assert {row["option"] for row in json.loads(out)} == {"sell"}
    _, out, _ = whipcount_("consult", debate, *URL, "--json")
    assert json.loads(out)["known"] == 2
    status, out, _ = whipcount_(
        "agreement", debate, "--coder", "fake", "--coder", "llm small", "--json", "--rounds", "0"
    )
    assert status == 0 and any(row["field"] == "option" for row in json.loads(out))


def test_nothing_is_asked_of_an_address_that_is_none(whipcount_: Whipcount, debate: str) -> None:
    status, _, err = whipcount_("consult", debate, "--url", "localhost:1", "--model", "m")
    assert (status, err.count("\n")) == (2, 1)
    status, _, err = whipcount_("consult", debate, *URL, "--cost", "1")
    assert status == 2 and "--price" in err
