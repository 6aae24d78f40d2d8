"""A statement beside an option: is it about it, and which side does it take?  By a cross-encoder (`training/pair.py`)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from whipcount.coding.encoder import tokenizer
from whipcount.coding.weighed import SIDES
from whipcount.coding.wording import Names, texts_of
from whipcount.errors import ModelError
from whipcount.model import Codebook, Option

Floats = NDArray[np.float32]

CLS, SEP, OPEN, CLOSE = 101, 102, 1031, 1033
PASSAGE, WORDING = 96, 40
"""Most word pieces of a passage and of an option's wording; what is farther from the statement is cut."""

BATCH = 16
SHORTLIST, LEAST = 4, 0.1
"""Most options that a passage is read beside, and how likely by its words one has to be."""

MARKS = re.compile("[⟨⟩]")


def wording_of(option: Option) -> str:
    """An option as the model reads it: its label and what it is defined to be."""
    label, sense = option.label.strip(), option.definition.strip()
    return f"{label}: {sense}" if sense and sense != label else label


def bare_wordings(codebook: Codebook) -> list[str]:
    """`wording_of` each option, names masked."""
    names = Names("\n".join(texts_of(codebook)))
    return [names.mask(wording_of(option)) for option in codebook.options]


def encode_pair(pieces: Tokenizer, passage: str, option: str) -> tuple[list[int], list[int], list[int]]:
    """Word pieces, mask and kinds of a passage, whose own words stand in ⟨marks⟩, beside an option's wording.

    The marks become brackets.  The mask is 2 on the statement's own words and 1 elsewhere; kinds are 0 for the passage
    and 1 for the option.
    """
    parts, own = [], False
    for part in re.split("([⟨⟩])", passage):
        if MARKS.fullmatch(part):
            own = part == "⟨"
            parts.append((OPEN if own else CLOSE, 1))
            continue
        parts += [(piece, 2 if own else 1) for piece in pieces.encode(part, add_special_tokens=False).ids]
    parts = _shortened(parts)
    wording = pieces.encode(option, add_special_tokens=False).ids[:WORDING]
    ids = [CLS, *(piece for piece, _ in parts), SEP, *wording, SEP]
    mask = [1, *(mark for _, mark in parts), 1, *[1] * len(wording), 1]
    return ids, mask, [0] * (len(parts) + 2) + [1] * (len(wording) + 1)


def _shortened(parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """At most PASSAGE pieces: those around the statement's own words."""
    if len(parts) <= PASSAGE:
        return parts
    own = [place for place, (_, mark) in enumerate(parts) if mark == 2] or [len(parts) - 1]
    last = min(len(parts), max(own[-1] + 1 + 12, PASSAGE))
    first = max(0, min(own[0], last - PASSAGE))
    return parts[first : first + PASSAGE]


class PairModel:
    """The cross-encoder, int8 in onnxruntime, and the numbers that make probabilities of its scores.

    ModelError if a file is missing or damaged.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self._path = folder / "pair.onnx"
        self._threads = threads
        try:
            held = json.loads((folder / "pair.json").read_text(encoding="utf-8"))
            self._likeness, self._about, self._bias = (float(held[name]) for name in ("likeness", "about", "bias"))
            self._temperature, self.consistency = float(held["temperature"]), float(held["consistency"])
            self.first, self.further = (float(value) for value in held["thresholds"])
            self.digest = str(held["sha256"])
        except (OSError, ValueError, KeyError, TypeError):
            raise ModelError("pair.json of the coder is missing or damaged: install whipcount again") from None

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return tokenizer()

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        if not self._path.is_file() or hashlib.sha256(self._path.read_bytes()).hexdigest() != self.digest:
            raise ModelError(f"{self._path.name} of the coder is missing or damaged: install whipcount again")
        return onnxruntime.InferenceSession(str(self._path), options, providers=["CPUExecutionProvider"])

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """(n, 6) for passages beside wordings: log odds that the one is about the other, then scores of `SIDES`."""
        coded = [encode_pair(self._tokenizer, passage, option) for passage, option in pairs]
        order = sorted(range(len(coded)), key=lambda place: len(coded[place][0]))
        result = np.zeros((len(coded), 1 + len(SIDES)), dtype=np.float32)
        for first in range(0, len(order), BATCH):
            rows = order[first : first + BATCH]
            width = max(len(coded[row][0]) for row in rows)
            feeds = np.zeros((3, len(rows), width), dtype=np.int64)
            for place, row in enumerate(rows):
                for which, part in enumerate(coded[row]):
                    feeds[which, place, : len(part)] = part
            named = {"ids": feeds[0], "mask": feeds[1], "kinds": feeds[2]}
            result[rows] = self._session.run(["scores"], named)[0]
        return result

    def about(self, passages: Sequence[str], wordings: Sequence[str], likely: Floats) -> Floats:
        """(n, options) probability that each passage is about each option.

        `likely` (n, options) is how likely each option is by the likeness of its words; only the likeliest are read
        beside the passage, the others are taken to be no better than that likeness says, and never chosen.  Likeness and
        reading are weighed as pair.json says.
        """
        about = np.minimum(likely, self.first / 2)
        places = [
            (row, int(index))
            for row in range(len(passages))
            if passages[row]
            for index in np.argsort(-likely[row], kind="stable")[:SHORTLIST]
            if likely[row, index] >= LEAST
        ]
        if places:
            rows, columns = np.array(places).T
            read = self.scores([(passages[row], wordings[index]) for row, index in places])[:, 0]
            prior = np.clip(likely[rows, columns], 1e-4, 1 - 1e-4)
            odds = self._likeness * np.log(prior / (1 - prior)) + self._about * read + self._bias
            about[rows, columns] = 1 / (1 + np.exp(-odds))
        return about

    def sides(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """(n, 5) probability of each of `SIDES` for passages beside wordings, all names masked in both."""
        raised = self.scores(pairs)[:, 1:] / self._temperature
        shares = np.exp(raised - raised.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float32)

    def choose(self, row: Floats) -> list[int]:
        """The options taken, likeliest first: none below the first threshold, further ones above the second."""
        order = [int(index) for index in np.argsort(-row, kind="stable")]
        return [i for place, i in enumerate(order) if row[i] > (self.further if place else self.first)]
