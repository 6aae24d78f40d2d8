from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from whipcount.language.reader import MODEL
from whipcount.language.windows import SIZE, windows

TOKENIZER = Tokenizer.from_file(str(Path(MODEL) / "tokenizer.json"))
TOKENIZER.no_truncation()
TOKENIZER.no_padding()

TEXTS = st.text(alphabet=st.sampled_from(list('ab cé.\n"“”—!?ю中\u200f\u0301\x00')), max_size=1500)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(8, 64))
@example("ab " * 99, 24)
@example("a\n" * 99, 8)
def test_every_piece_belongs_to_exactly_one_window(text: str, size: int) -> None:
    owned = []
    for window in windows(text, TOKENIZER, size=size):
        assert len(window.ids) <= size
        owned += [tuple(o) for o in window.offsets[window.own :].tolist() if o[0] >= 0]
    whole = TOKENIZER.encode_batch([text[s : s + len(line)] for s, line in _lines(text)], add_special_tokens=False)
    expected = [(s + a, s + b) for (s, _), e in zip(_lines(text), whole, strict=True) for a, b in e.offsets]
    assert owned == expected


def _lines(text: str) -> list[tuple[int, str]]:
    result, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            result.append((at, line))
        at += len(line) + 1
    return result


@pytest.mark.parametrize("text", ["", "\n\n", " \t ", "\x00"])
def test_a_text_without_words_gives_no_trouble(text: str) -> None:
    assert all(len(w.ids) <= SIZE for w in windows(text, TOKENIZER))


def test_furniture_is_not_read() -> None:
    text = "Share this page\nHe said no.\nRelated news"
    pieces = [tuple(o) for w in windows(text, TOKENIZER, [(16, 27)]) for o in w.offsets.tolist() if o[0] >= 0]
    assert pieces and min(pieces)[0] >= 16 and max(pieces)[1] <= 27


@pytest.mark.parametrize("name", ["Mr. Rubio", "Sen. Poe", "Leonard E. Burman", "U.S. envoys"])
def test_no_window_begins_between_a_title_or_initial_and_the_name(name: str) -> None:
    for before in range(4, 12):
        text = f"{'The talks went on for days. ' * before}{name} left early because of it"
        begins = {text[w.offsets[w.own][0] :].split(maxsplit=1)[0] for w in windows(text, TOKENIZER, size=64)}
        assert name.rsplit(maxsplit=1)[-1] not in begins
