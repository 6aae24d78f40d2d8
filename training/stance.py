"""Fit the model of wording alone: which stance do these words take, whatever the option?

Logistic regression over hashed word sequences and counts of word lists, learnt from the invented debates and from the
utterances of `utterances/`.  `pair.py weigh` calls it, measures, and ships it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from corpora import document_of, statements_of
from whipcount.coding.codebook import load
from whipcount.coding.stance import BUCKETS, wording
from whipcount.coding.wording import Passage, passages

COUNT_SCALE = 0.3
CONTENT = re.compile("⟨([^⟨⟩]*)⟩")

Row = tuple[Passage, int, str]
"""A passage, its stance (index into the five), and the debate it is from."""


def of_debates(folder: Path, stances: list[str]) -> list[Row]:
    """The coded statements of the invented debates."""
    books = {path.stem: load(path) for path in sorted(folder.glob("*.yaml"))}
    gold = {d["id"]: d for d in map(json.loads, (folder / "gold.jsonl").open(encoding="utf-8"))}
    rows = []
    for row in map(json.loads, (folder / "documents.jsonl").open(encoding="utf-8")):
        if row["id"] in gold:
            name = row["meta"].get("debate") or row["meta"].get("codebook")
            statements, codes = statements_of(gold[row["id"]])
            for passage, records in zip(passages(document_of(row), statements, books[name]), codes, strict=True):
                rows += [(passage, stances.index(r["stance"]), name) for r in records if r["option"]]
    return rows


def of_utterances(marked: list[tuple[str, int, str]]) -> list[Row]:
    """Utterances with their words in ⟨marks⟩ and their stances."""
    rows = []
    for text, side, group in marked:
        content = " ".join(CONTENT.findall(text))
        frame = CONTENT.sub(" someone ", text)
        rows.append((Passage(content, text, (), frame, "", content, 0), side, group))
    return rows


def fit(rows: list[Row]) -> dict[str, Any]:
    """Weights of `whipcount.coding.stance.StanceModel`."""
    seen = wording([passage for passage, _, _ in rows])
    frequency = np.zeros(BUCKETS)
    for buckets, _, _ in seen:
        frequency[buckets] += 1
    rarity = np.where(frequency >= 2, np.log((1 + len(seen)) / (1 + frequency)) + 1, 0).astype(np.float32)
    weighed = [w * rarity[b] / max(float(np.linalg.norm(w * rarity[b])), 1e-9) for b, w, _ in seen]
    index = np.repeat(np.arange(len(seen)), [len(b) for b, _, _ in seen])
    columns = np.concatenate([b for b, _, _ in seen])
    grams = csr_matrix((np.concatenate(weighed), (index, columns)), (len(seen), BUCKETS))
    counts = np.array([c for *_, c in seen]) * COUNT_SCALE
    model = LogisticRegression(C=4, max_iter=150, class_weight="balanced")
    model.fit(hstack([grams, counts]).tocsr(), [side for _, side, _ in rows])
    return {
        "rarity": rarity,
        "grams": model.coef_[:, :BUCKETS].T.astype(np.float16),
        "counts": (model.coef_[:, BUCKETS:].T * COUNT_SCALE).astype(np.float32),
        "bias": model.intercept_.astype(np.float32),
    }
