"""What the pair model is given to read, and what happens when it is not there."""

import json
from pathlib import Path

import pytest

from whipcount.coding.encoder import tokenizer
from whipcount.coding.pair import PASSAGE, PairModel, encode_pair
from whipcount.errors import ModelError


def own_words(passage: str) -> str:
    pieces = tokenizer()
    ids, mask, _ = encode_pair(pieces, passage, "Build a bridge")
    return str(pieces.decode([piece for piece, mark in zip(ids, mask, strict=True) if mark == 2]))


def test_the_words_said_are_marked_and_the_option_stands_apart() -> None:
    pieces = tokenizer()
    ids, mask, kinds = encode_pair(pieces, "someone said ⟨we will⟩, and ⟨soon⟩.", "Build a bridge")
    assert own_words("someone said ⟨we will⟩, and ⟨soon⟩.") == "we will soon"
    assert pieces.decode([i for i, kind in zip(ids, kinds, strict=True) if kind]) == "build a bridge"
    assert len(ids) == len(mask) == len(kinds)


@pytest.mark.parametrize("around", ["far away, ", "and so it went on. "])
def test_however_long_the_passage_the_words_said_are_read(around: str) -> None:
    long = around * 80
    assert own_words(f"{long}⟨we will not build it⟩{long}") == "we will not build it"
    ids, _, kinds = encode_pair(tokenizer(), f"{long}⟨we will⟩{long}", "Build a bridge")
    assert kinds.count(0) <= PASSAGE + 2
    assert len(ids) < 512


def test_marks_in_the_text_itself_mark_nothing() -> None:
    from whipcount.coding.wording import marked_passages
    from whipcount.model import Document, SpeakerKind, Statement, Voice

    text = "The ⟨mayor⟩ said that trees ⟨must stay."
    content = ((text.index("trees"), len(text) - 1),)
    statement = Statement("s1", content, (), "mayor", SpeakerKind.PERSON, Voice.FIRST_HAND)
    document = Document("d", text, ((0, len(text)),), "0")
    (passage,) = marked_passages(document, [statement])
    assert passage.count("⟨") == passage.count("⟩") == 1
    assert "must stay" in passage[passage.index("⟨") :]


def test_a_missing_or_damaged_model_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"pair\.json of the coder is missing or damaged"):
        PairModel(tmp_path)
    numbers = {
        "likeness": 1,
        "about": 1,
        "bias": 0,
        "temperature": 1,
        "consistency": 0,
        "thresholds": [0.5, 0.5],
        "sha256": "0",
    }
    (tmp_path / "pair.json").write_text(json.dumps(numbers))
    (tmp_path / "pair.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"pair\.onnx of the coder is missing or damaged"):
        PairModel(tmp_path).scores([("⟨yes⟩", "Build a bridge")])
