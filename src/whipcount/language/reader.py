"""The attribution reader: Document -> Attributions, by a small transformer that tags and links (`training/`)."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from whipcount.documents.dates import DATELINE
from whipcount.errors import ModelError
from whipcount.language.decoding import LINKED, SIGNS, WIDTH, Found, Linker, Scores, best_tags, find
from whipcount.language.quotes import quote_type, whole_words
from whipcount.language.windows import Window, windows
from whipcount.model import Attribution, Document, QuoteType, Span, Spans

MODEL = Path(__file__).parent.parent / "knowledge" / "models" / "attribution"
BRACKETS = "[("
"""Opening brackets that a source or cue never ends with."""

LEAST = 0.35
"""Attributions that are less likely right than this are not reported; chosen on PolNeAR dev, where strict F1 is highest."""

JUDGED = (*SIGNS, "parts", "direct", "mixed", "always")
"""What the confidence in an attribution is judged by: the signs of its contents (their mean), whether it has several, whether
it is quoted, and a constant; the manifest's calibration gives each its weight (a logistic regression)."""

LEAD = 3
"""First lines of a text in which a dateline may stand."""

BATCH = 8
"""Windows run together; larger batches gain nothing on two cores."""


class Reader:
    """Finds who is reported to have said or thought what.

    The model is loaded at the first reading.  ModelError if a file is missing or is not the one that was shipped.
    """

    def __init__(self, folder: Path, threads: int = 0, least: float = LEAST) -> None:
        self.folder = folder
        self.least = least
        self.threads = threads

    @classmethod
    def load(cls, folder: Path = MODEL, threads: int = 0, least: float = LEAST) -> Reader:
        """The reader whose model is in `folder`; `threads` 0 lets the runtime take all cores.

        Attributions with a confidence under `least` are left out.
        """
        return cls(folder, threads, least)

    @cached_property
    def manifest(self) -> dict[str, object]:
        """What the model's card says in data: version, digests, calibration."""
        return dict(json.loads(self._file("manifest.json").read_text(encoding="utf-8")))

    @property
    def version(self) -> str:
        """Version of the model that reads."""
        return str(self.manifest["version"])

    def verify(self) -> None:
        """Compare the model's files with the digests they were shipped with; ModelError names the damaged one."""
        digests = self.manifest["sha256"]
        assert isinstance(digests, dict)
        for name, digest in digests.items():
            if hashlib.sha256(self._file(name).read_bytes()).hexdigest() != digest:
                raise ModelError(f"{self.folder / name}: damaged model file; install whipcount again")

    def _file(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise ModelError(f"{path}: model file is missing; install whipcount again")
        return path

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer.from_file(str(self._file("tokenizer.json")))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        self.verify()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads or len(os.sched_getaffinity(0))
        return onnxruntime.InferenceSession(str(self._file("reader.onnx")), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _linker(self) -> Linker:
        values = json.loads(self._file("linker.json").read_text(encoding="utf-8"))
        return Linker(**{name: np.array(value, dtype=np.float32) for name, value in values.items()})

    def read(self, document: Document) -> list[Attribution]:
        """Attributions of the document's body, in text order, ids a1, a2, ...; spans are trimmed of blanks."""
        return self.read_text(document.text, document.body)

    def read_text(self, text: str, body: Sequence[Span] | None = None) -> list[Attribution]:
        """As `read`, for a bare text of any length; `body` None reads all of it."""
        result: list[Attribution] = []
        for attribution, signs in self.signs(text, body):
            confidence = float(1 / (1 + np.exp(-(self._calibration @ signs))))
            if confidence >= self.least:
                result.append(replace(attribution, id=f"a{len(result) + 1}", confidence=round(confidence, 3)))
        return result

    def signs(self, text: str, body: Sequence[Span] | None = None) -> list[tuple[Attribution, np.ndarray]]:
        """Every attribution that the model draws from a text, however doubtful, and by what it is judged (`JUDGED`)."""
        found: list[Found] = []
        spans = _after_dateline(text, ((0, len(text)),) if body is None else body)
        for window, scores, tags in self._scores(windows(text, self._tokenizer, spans)):
            found += find(window, scores, tags, self._linker)
        drawn = (_attribution(text, group) for group in _grouped(found))
        return [pair for pair in drawn if pair is not None]

    @cached_property
    def _calibration(self) -> np.ndarray:
        fitted = self.manifest["calibration"]
        assert isinstance(fitted, dict)
        return np.array([float(fitted[name]) for name in JUDGED])

    def _scores(self, cut: list[Window]) -> Iterator[tuple[Window, Scores, np.ndarray]]:
        """Each window with its scores and best tags, in the given order; batches hold windows of like length."""
        order = sorted(range(len(cut)), key=lambda i: len(cut[i].ids))
        results: dict[int, tuple[Scores, np.ndarray]] = {}
        for at in range(0, len(order), BATCH):
            rows = order[at : at + BATCH]
            length = max(len(cut[i].ids) for i in rows)
            ids = np.zeros((len(rows), length), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, i in enumerate(rows):
                ids[row, : len(cut[i].ids)] = cut[i].ids
                mask[row, : len(cut[i].ids)] = 1
            emissions, queries, keys = self._session.run(["tags", "queries", "keys"], {"ids": ids, "mask": mask})
            shape = (len(rows), length, len(LINKED), 2, WIDTH)
            queries, keys = queries.reshape(shape), keys.reshape(shape)
            # padding scores "O" so that it never changes the best tags of the window
            emissions[mask == 0] = np.eye(emissions.shape[2], dtype=np.float32)[0] * 100
            tags = best_tags(emissions, self._linker)
            for row, i in enumerate(rows):
                n = len(cut[i].ids)
                results[i] = (Scores(emissions[row, :n], queries[row, :n], keys[row, :n]), tags[row, :n])
        for i, window in enumerate(cut):
            yield window, *results[i]


def _after_dateline(text: str, body: Sequence[Span]) -> Spans:
    """The body without the dateline of its first lines: "KYIV, March 17 (Agency) -" is not somebody who says what follows."""
    spans: list[Span] = []
    for start, end in body:
        for line in list(re.finditer(r"[^\n]+", text[start:end]))[: LEAD if not spans else 0]:
            dateline = DATELINE.match(text, start + line.start(), start + line.end())
            if dateline and dateline["head"].partition(",")[0].isupper():
                spans += [(start, dateline.start())] if start < dateline.start() else []
                start = dateline.end()
                break
        spans.append((start, end))
    return tuple(spans)


def _grouped(found: list[Found]) -> list[list[Found]]:
    """Contents with the same source and the same cue are one attribution; a source alone does not join them."""
    groups: dict[object, list[Found]] = {}
    for number, item in enumerate(found):
        key: object = (item.source, item.cue) if item.cue else number
        groups.setdefault(key, []).append(item)
    return sorted(groups.values(), key=lambda group: group[0].content)


def _attribution(text: str, items: list[Found]) -> tuple[Attribution, np.ndarray] | None:
    """Contents of one source and cue as spans of whole words, and the signs by which to judge them; None for no words."""
    content: Spans = tuple(whole_words(text, item.content) for item in items)
    content = tuple(span for span in content if any(c.isalnum() for c in text[slice(*span)]))
    if not content:
        return None
    source = (whole_words(text, items[0].source, BRACKETS),) if items[0].source else ()
    cue = (whole_words(text, items[0].cue, BRACKETS),) if items[0].cue else ()
    quoted = quote_type(text, content)
    mean = np.mean([item.signs for item in items], axis=0)
    others = [len(items) > 1, quoted is QuoteType.DIRECT, quoted is QuoteType.MIXED, 1.0]
    return Attribution("", source, cue, content, quoted), np.array([*mean, *others])
