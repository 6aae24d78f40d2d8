"""Which option a statement is about, if any: how like its words are to those of each option, weighed by a model."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.coding.encoder import Encoder, Vectors
from whipcount.coding.wording import Passage, stems
from whipcount.errors import ModelError
from whipcount.model import Codebook, Option

Matrix = NDArray[np.float32]

WEIGHTS = ("mean", "scale", "hidden", "hidden_bias", "out", "out_bias")
VIEWS = 6
"""Ways to look at a statement: content, sentence, the sentence before, the one before that, title, whole text."""


class OptionSpace:
    """The options of a codebook as vectors and weighted stems; made once a codebook.

    `terse` (options,) says which have no paraphrase to be like.
    """

    def __init__(self, codebook: Codebook, encoder: Encoder) -> None:
        self.options = codebook.options
        texts: list[str] = []
        self._rows: list[dict[str, list[int]]] = []
        for option in self.options:
            rows: dict[str, list[int]] = {}
            for name, parts in _facets(option).items():
                rows[name] = list(range(len(texts), len(texts) + len(parts)))
                texts += parts
            self._rows.append(rows)
        self.terse = terse(codebook)
        self._vectors = encoder.encode(texts)
        bags = [Counter(s for name in ("name", "sense", "wording") for t in _facets(o)[name] for s in stems(t))
                for o in self.options]  # fmt: skip
        frequency = Counter(stem for bag in bags for stem in bag)
        self._weight = {stem: math.log((1 + len(bags)) / n) for stem, n in frequency.items()}
        self._bags = [set(bag) for bag in bags]
        self._total = [sum(self._weight[s] for s in bag) or 1.0 for bag in self._bags]

    def likeness(self, views: Vectors) -> Matrix:
        """(n, options, 7): cosines with label, definition, paraphrases (max, mean), include, exclude, all (mean)."""
        cosines = views @ self._vectors.T
        out = np.zeros((len(views), len(self.options), 7), dtype=np.float32)
        for index, rows in enumerate(self._rows):
            own = [*rows["name"], *rows["sense"], *rows["wording"]]
            facets = ("name", "sense", "wording", "wording", "in", "out")
            for place, name in enumerate(facets):
                part = cosines[:, rows[name]] if rows[name] else cosines[:, own] * (0.0 if name == "out" else 1.0)
                out[:, index, place] = part.max(axis=1) if place != 3 else part.mean(axis=1)
            out[:, index, 6] = cosines[:, own].mean(axis=1)
        return out

    def overlap(self, text: str) -> NDArray[np.float32]:
        """(options, 2): weight of the shared stems, absolute (log scale) and as a share of the text's weight."""
        words = set(stems(text))
        known = sum(self._weight.get(word, 0.0) for word in words) or 1.0
        shared = [sum(self._weight[w] for w in words & bag) for bag in self._bags]
        return np.array([[math.log1p(s), s / known] for s in shared], dtype=np.float32)


def terse(codebook: Codebook) -> NDArray[np.bool_]:
    """(options,): which options of the codebook have no paraphrases."""
    return np.array([not option.paraphrases for option in codebook.options], dtype=bool)


def _facets(option: Option) -> dict[str, list[str]]:
    return {
        "name": [option.label],
        "sense": [option.definition or option.label],
        "wording": list(option.paraphrases) or [option.label],
        "in": list(option.include),
        "out": list(option.exclude),
    }


def _relative(values: NDArray[Any]) -> list[NDArray[Any]]:
    """For (n, options) scores: the scores, their distance to the row's mean, their lead over the best other."""
    if values.shape[1] < 2:
        return [values, values * 0, values * 0]
    top = np.sort(values, axis=1)
    best, second = top[:, -1:], top[:, -2:-1]
    lead = values - np.where(values >= best, second, best)
    return [values, values - values.mean(axis=1, keepdims=True), lead]


def features(space: OptionSpace, passages: Sequence[Passage], views: Vectors) -> Matrix:
    """(n, options, F): what the model of options weighs; `views` (n, VIEWS, 384) as `VIEWS` lists them.

    Nothing in it depends on which or how many options there are, so that a model learnt on some debates serves all.
    """
    n, count = len(passages), len(space.options)
    columns: list[NDArray[Any]] = []
    strengths: list[NDArray[Any]] = []
    for view in range(VIEWS):
        likeness = space.likeness(views[:, view])
        overall = (likeness[:, :, 0] + likeness[:, :, 1] + likeness[:, :, 2] + likeness[:, :, 4]) / 4
        strengths.append(overall)
        if view < 2:
            for facet in range(7):
                columns += _relative(likeness[:, :, facet])
        else:
            columns += _relative(likeness[:, :, 2])
        columns += _relative(overall)
    for part in ("content", "sentence", "before"):
        texts = [" ".join(p.before) if part == "before" else getattr(p, part) for p in passages]
        shared = np.stack([space.overlap(text) for text in texts]) if n else np.zeros((0, count, 2), np.float32)
        columns += _relative(shared[:, :, 0]) + _relative(shared[:, :, 1])
    together = strengths[0] + 0.7 * strengths[1] + 0.4 * strengths[2] + 0.2 * strengths[3] + 0.2 * strengths[4]
    columns += _relative(together)
    around: NDArray[Any] = np.stack([_neighbours(together, place) for place in range(n)]) if n else together
    columns += _relative(around)
    length = np.array([math.log1p(len(p.content.split())) for p in passages], dtype=np.float32)
    columns.append(np.repeat(length[:, None], count, axis=1))
    return np.stack(columns, axis=2).astype(np.float32)


def _neighbours(strength: NDArray[Any], place: int) -> NDArray[np.float32]:
    """What the statements just before and after are about, as a mean of their strengths."""
    near = [i for i in (place - 2, place - 1, place + 1) if 0 <= i < len(strength)]
    return np.asarray(strength[near].mean(axis=0) if near else np.zeros(strength.shape[1]), dtype=np.float32)


class OptionModel:
    """Two networks with one hidden layer over `features`, learnt across debates: for options with paraphrases, and without.

    To be like the likest of five phrases and to be like the only one are not the same sign.  ModelError if the weights
    are missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "options.npz"
        try:
            with np.load(path, allow_pickle=False) as held:
                self._whole, self._terse = ([held[f"{which}_{name}"] for name in WEIGHTS] for which in ("whole", "terse"))
        except (OSError, ValueError, KeyError):
            raise ModelError(f"{path.name} of the coder is missing or damaged: install whipcount again") from None

    def probabilities(self, values: Matrix, terse: NDArray[np.bool_]) -> Matrix:
        """(n, options) probability that each option is what the statement is about; `terse` as `OptionSpace` has it."""
        odds = np.where(terse, _odds(values, self._terse), _odds(values, self._whole))
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))), dtype=np.float32)


def _odds(values: Matrix, weights: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """(n, options) log odds by a network."""
    mean, scale, hidden, hidden_bias, out, out_bias = weights
    return np.asarray((np.maximum((values - mean) / scale @ hidden + hidden_bias, 0) @ out + out_bias)[..., 0])
