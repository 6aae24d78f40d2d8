"""Statement -> coded Statements for a codebook never seen before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whipcount.coding.encoder import DIMENSIONS, Encoder, Vectors
from whipcount.coding.options import VIEWS
from whipcount.coding.wording import Names, Passage, names_of
from whipcount.model import Codebook, Document


def look(document: Document, passages: Sequence[Passage], codebook: Codebook, encoder: Encoder) -> Vectors:
    """(n, VIEWS, 384): each passage's content, sentence, two sentences before, the title, and the mean of the text."""
    title = Names(document.text).mask(document.title or "", names_of(codebook))
    texts: dict[str, int] = {}
    for passage in passages:
        for text in (passage.content, passage.sentence, *passage.before, title):
            if text.strip():
                texts.setdefault(text, len(texts))
    vectors = encoder.encode(list(texts))
    result = np.zeros((len(passages), VIEWS, DIMENSIONS), dtype=np.float32)
    for row, passage in enumerate(passages):
        before = passage.before[::-1]
        for view, text in enumerate((passage.content, passage.sentence, *before, *[""] * (2 - len(before)), title)):
            if text in texts:
                result[row, view] = vectors[texts[text]]
    if len(passages):
        mean = result[:, 1].mean(axis=0)
        result[:, 5] = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return result
