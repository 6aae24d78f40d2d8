"""From the tagger's scores to attributions: best tag sequence, spans, and which source and cue each content goes with.

Used alike by training (to measure what ships) and at run time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whipcount.language.windows import Window

Floats = NDArray[np.float32]

ROLES = ("source", "cue", "content")
TAGS = ("O", *(f"{mark}-{role}" for role in ROLES for mark in "BI"))
"""O, then B- and I- of source, cue and content: tag 1 + 2r begins role r, tag 2 + 2r continues it."""

LINKED = ("source", "cue")
WIDTH = 96
"""Length of the query and key vectors of the linker."""

NEARLY = 2.0
"""What is added to the scores of source tags to see the spans that were nearly tagged: a content without a source may
have one of them.  Chosen on PolNeAR dev, as is `SOURCELESS`."""

SOURCELESS = 1.0
"""What is taken from the score of "no source": reporting seldom leaves it out, and the linker learnt on spans of people,
which are never missing."""

DISTANCES = np.array([-128, -64, -32, -16, -8, -4, -2, -1, 0, 1, 2, 4, 8, 16, 32, 64, 128])
LINE_STEPS = (-2, 2)


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of one window of T pieces.

    tags     (T, 7) emission scores
    queries  (T, 2, 2, WIDTH): for source and cue, the part that a content's first and last piece give to its query
    keys     (T, 2, 2, WIDTH): the part that a candidate's first and last piece give to its key
    """

    tags: Floats
    queries: Floats
    keys: Floats


@dataclass(frozen=True, slots=True)
class Linker:
    """Parameters of the pointer that stay outside the network.

    transitions  (7, 7) score of tag j after tag i; start (7,)
    null         (2, WIDTH) key of "no source" and "no cue"
    distance     (2, len(DISTANCES) + 1) bias by distance in pieces; line (2, 5) by distance in lines, -2 to 2
    """

    transitions: Floats
    start: Floats
    null: Floats
    distance: Floats
    line: Floats


def best_tags(emissions: Floats, linker: Linker) -> NDArray[np.int64]:
    """Viterbi: the best tag sequences of (N, T, 7) emission scores, (N, T)."""
    batch, length, count = emissions.shape
    back = np.zeros((batch, length, count), dtype=np.int8)
    score = emissions[:, 0] + linker.start
    for step in range(1, length):
        options = score[:, :, None] + linker.transitions
        back[:, step] = options.argmax(1)
        score = options.max(1) + emissions[:, step]
    tags = np.zeros((batch, length), dtype=np.int64)
    tags[:, -1] = score.argmax(1)
    rows = np.arange(batch)
    for step in range(length - 1, 0, -1):
        tags[:, step - 1] = back[rows, step, tags[:, step]]
    return tags


def runs(tags: NDArray[np.int64], role: int) -> list[tuple[int, int]]:
    """Piece ranges (first, last inclusive) tagged as one role; a continuation without a beginning begins one."""
    begin, inside = 1 + 2 * role, 2 + 2 * role
    found: list[tuple[int, int]] = []
    open_at = -1
    for index, tag in enumerate(tags.tolist()):
        if open_at >= 0 and tag != inside:
            found.append((open_at, index - 1))
            open_at = -1
        if tag == begin or (tag == inside and open_at < 0):
            open_at = index
    if open_at >= 0:
        found.append((open_at, len(tags) - 1))
    return found


def gaps(
    content: tuple[int, int], candidates: list[tuple[int, int]], lines: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Buckets of distance in pieces and in lines from a content to each candidate."""
    pieces, steps = [], []
    for first, last in candidates:
        if last < content[0]:
            gap = last - content[0]
        elif first > content[1]:
            gap = first - content[1]
        else:
            gap = 0
        pieces.append(int(np.searchsorted(DISTANCES, gap, side="right")))
        step = int(lines[first] - lines[content[0]])
        steps.append(min(max(step, LINE_STEPS[0]), LINE_STEPS[1]) - LINE_STEPS[0])
    return np.array(pieces, dtype=np.int64), np.array(steps, dtype=np.int64)


def link(
    scores: Scores,
    linker: Linker,
    content: tuple[int, int],
    candidates: list[tuple[int, int]],
    lines: NDArray[np.int64],
    which: int,
) -> NDArray[np.float64]:
    """Probabilities that each candidate, and last that none, is the content's source (which 0) or cue (which 1)."""
    first, last = content
    query = np.tanh(scores.queries[first, which, 0] + scores.queries[last, which, 1])
    logits = np.empty(len(candidates) + 1, dtype=np.float64)
    if candidates:
        starts = [c[0] for c in candidates]
        ends = [c[1] for c in candidates]
        keys = np.tanh(scores.keys[starts, which, 0] + scores.keys[ends, which, 1])
        pieces, steps = gaps(content, candidates, lines)
        logits[:-1] = keys @ query + linker.distance[which, pieces] + linker.line[which, steps]
    logits[-1] = float(np.tanh(linker.null[which]) @ query) - (SOURCELESS if which == 0 else 0)
    logits -= logits.max()
    weights = np.exp(logits)
    return np.asarray(weights / weights.sum())


SIGNS = (
    "content",
    "weakest",
    "begins",
    "ends",
    *(f"{role} {sign}" for role in LINKED for sign in ("is", "tags", "link")),
    "length",
)
"""By what the confidence in a found content is judged, logarithms of the tagger's and the linker's probabilities all but
two: its tags, the weakest of them, its first, the one after its end; of source and cue whether there is one (0 or 1), its tags
(0 where there is none) and the link to it; and the logarithm of the content's length in pieces."""


@dataclass(frozen=True, slots=True)
class Found:
    """One contiguous content as spans of the document, its source and cue (None for "none"), and its `SIGNS`."""

    content: tuple[int, int]
    source: tuple[int, int] | None
    cue: tuple[int, int] | None
    signs: Floats


def find(window: Window, scores: Scores, tags: NDArray[np.int64], linker: Linker) -> list[Found]:
    """Contents that begin in the window's own part, each with its most probable source and cue.

    A source that goes with a content broken off at the window's edge is found in the context pieces.
    """
    spans = [runs(tags, role) for role in range(len(ROLES))]
    odds = scores.tags - scores.tags.max(1, keepdims=True)
    chance = np.exp(odds) / np.exp(odds).sum(1, keepdims=True)
    nearly: list[tuple[int, int]] | None = None
    result = []
    for content in spans[2]:
        text_pieces = [i for i in range(content[0], content[1] + 1) if window.offsets[i, 0] >= 0]
        whole = _span(window, content)
        if whole is None or text_pieces[0] < window.own:
            continue
        inside = _log(chance[content[0] : content[1] + 1, 5:7].sum(1))
        after = _log(chance[content[1] + 1, :6].max()) if content[1] + 1 < len(chance) else 0.0
        signs = [inside.mean(), inside.min(), _log(chance[content[0], 5]), after]
        chosen: list[tuple[int, int] | None] = []
        for which in range(len(LINKED)):
            candidates = spans[which]
            probabilities = link(scores, linker, content, candidates, window.lines, which)
            best = int(probabilities.argmax())
            if which == 0 and best == len(candidates):
                if nearly is None:
                    nearly = _nearly(scores, linker, spans)
                if nearly:
                    candidates = candidates + nearly
                    probabilities = link(scores, linker, content, candidates, window.lines, which)
                    best = int(probabilities.argmax())
            run = candidates[best] if best < len(candidates) else None
            chosen.append(_span(window, run) if run else None)
            tagged = _log(chance[run[0] : run[1] + 1, 1 + 2 * which : 3 + 2 * which].sum(1)).mean() if run else 0.0
            signs += [run is not None, tagged, _log(probabilities[best])]
        signs.append(np.log(len(text_pieces)))
        result.append(Found(whole, chosen[0], chosen[1], np.array(signs, dtype=np.float32)))
    return result


def _nearly(scores: Scores, linker: Linker, spans: list[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Piece ranges that would be sources if sources scored `NEARLY` more, where nothing else was tagged."""
    emissions = scores.tags.copy()
    emissions[:, 1:3] += NEARLY
    taken = [run for role in spans for run in role]
    found = runs(best_tags(emissions[None], linker)[0], 0)
    return [run for run in found if not any(run[0] <= last and first <= run[1] for first, last in taken)]


def _log(chance: Floats) -> Floats:
    return np.asarray(np.log(np.clip(chance, 1e-6, None)), dtype=np.float32)


def _span(window: Window, run: tuple[int, int]) -> tuple[int, int] | None:
    offsets = [o for o in window.offsets[run[0] : run[1] + 1].tolist() if o[0] >= 0]
    return (offsets[0][0], offsets[-1][1]) if offsets else None
