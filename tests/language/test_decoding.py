"""What the decoder makes of scores of our own making."""

from __future__ import annotations

import numpy as np

from whipcount.language.decoding import DISTANCES, NEARLY, SIGNS, SOURCELESS, TAGS, WIDTH, Linker, Scores, find
from whipcount.language.windows import Window

LENGTH = 12
WINDOW = Window(
    ids=np.arange(LENGTH),
    offsets=np.array([[i * 3, i * 3 + 2] for i in range(LENGTH)]),
    lines=np.zeros(LENGTH, dtype=np.int64),
    own=0,
)
TAGGED = np.array([0, 0, 0, 0, 0, 5, 6, 6, 6, 0, 0, 0])
"""A content from piece 5 to 8, and nothing else."""


def scores(source: float) -> Scores:
    """The tagger is sure of the content; pieces 1 and 2 score `source` as a source, where "O" scores 0."""
    tags = np.full((LENGTH, len(TAGS)), -20.0, dtype=np.float32)
    tags[np.arange(LENGTH), TAGGED] = 0.0
    tags[1, 1] = tags[2, 2] = source
    nothing = np.zeros((LENGTH, 2, 2, WIDTH), dtype=np.float32)
    return Scores(tags, nothing, nothing)


def linker(distant: float) -> Linker:
    """Every candidate scores `distant`, "none" 0."""
    count = len(TAGS)
    return Linker(
        np.zeros((count, count), np.float32), np.zeros(count, np.float32), np.zeros((2, WIDTH), np.float32),
        np.full((2, len(DISTANCES) + 1), distant, np.float32), np.zeros((2, 5), np.float32),
    )  # fmt: skip


def test_a_content_without_source_gets_one_that_was_nearly_tagged() -> None:
    (found,) = find(WINDOW, scores(-NEARLY / 2), TAGGED, linker(0.0))
    assert (found.content, found.source, found.cue) == ((15, 26), (3, 8), None)
    (found,) = find(WINDOW, scores(-NEARLY - 1), TAGGED, linker(0.0))
    assert found.source is None


def test_a_source_is_left_out_only_where_that_is_clearly_likelier() -> None:
    (found,) = find(WINDOW, scores(-NEARLY / 2), TAGGED, linker(-SOURCELESS - 0.1))
    assert found.source is None
    (found,) = find(WINDOW, scores(-NEARLY / 2), TAGGED, linker(-SOURCELESS + 0.1))
    assert found.source == (3, 8)


def test_the_signs_tell_what_was_found() -> None:
    (found,) = find(WINDOW, scores(-NEARLY / 2), TAGGED, linker(0.0))
    signs = dict(zip(SIGNS, found.signs.tolist(), strict=True))
    assert signs["source is"] == 1 and signs["cue is"] == 0
    assert signs["content"] == signs["weakest"] == 0 and np.isclose(signs["length"], np.log(4))
    assert signs["source tags"] < 0
