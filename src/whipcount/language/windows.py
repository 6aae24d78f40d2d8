"""Cut a text into overlapping windows of word pieces for the tagger.

A window holds whole lines as far as they fit, one separator piece between lines, and some pieces of the text before
it as context.  Each piece belongs to exactly one window's *own* part, so that stitching windows needs no vote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from whipcount.model import Span

CLS, SEP, LINE = 101, 102, 1
"""Piece ids of the uncased WordPiece vocabulary: start, end, and `[unused0]`, which marks a line break."""

SIZE = 256
CONTEXT = 56
SENTENCE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\b(?:Mr|Ms|Dr|St|Lt))(?<!\b(?:Mrs|Sen|Gov|Rep|Gen|Col))[.!?…][\"”»’')\]]*\s+"
)
"""Where a window may be cut within a line: not after an initial or an abbreviated title, which a name follows."""


@dataclass(frozen=True, slots=True)
class Window:
    """Word pieces of one stretch of a document.

    ids      (T,) piece ids
    offsets  (T, 2) code point offsets of each piece in the document; -1 for pieces without text
    lines    (T,) number of the line that each piece is on
    own      index of the first piece that this window answers for; those before it are context
    """

    ids: NDArray[np.int64]
    offsets: NDArray[np.int64]
    lines: NDArray[np.int64]
    own: int


@dataclass(frozen=True, slots=True)
class _Piece:
    id: int
    start: int
    end: int
    line: int
    breaks: bool
    """Whether a window may begin here: the start of a line, or of a sentence in a long line."""


def _pieces(text: str, tokenizer: Tokenizer, body: Sequence[Span]) -> list[_Piece]:
    pieces: list[_Piece] = []
    spans: list[Span] = []
    for start, end in body:
        for match in re.finditer(r"[^\n\r\u2028\u2029\x0b\x0c]+", text[start:end]):
            if match.group().strip():
                spans.append((start + match.start(), start + match.end()))
    encodings = tokenizer.encode_batch([text[s:e] for s, e in spans], add_special_tokens=False)
    for number, ((start, end), encoding) in enumerate(zip(spans, encodings, strict=True)):
        starts = {start} | {start + m.end() for m in SENTENCE_END.finditer(text[start:end])}
        for piece, (s, e) in zip(encoding.ids, encoding.offsets, strict=True):
            pieces.append(_Piece(piece, start + s, start + e, number, start + s in starts or s == 0))
    return pieces


def windows(text: str, tokenizer: Tokenizer, body: Sequence[Span] | None = None, size: int = SIZE) -> list[Window]:
    """Windows of at most `size` pieces over the `body` spans of `text` (all of it when None).

    Windows begin at a line or sentence where one is near; a sentence longer than a window is cut anywhere.
    """
    pieces = _pieces(text, tokenizer, body if body is not None else [(0, len(text))])
    context = min(CONTEXT, size // 4)  # even with a line break after each piece, half the window is left for new ones
    result: list[Window] = []
    position = 0
    while position < len(pieces):
        begin = max(0, position - context)
        while begin < position and not pieces[begin].breaks:
            begin += 1
        ids, offsets, lines = [CLS], [(-1, -1)], [pieces[begin].line]
        own = 1
        index = begin
        last_break = position
        while index < len(pieces) and len(ids) < size - 2:
            piece = pieces[index]
            if index > begin and piece.line != pieces[index - 1].line:
                ids.append(LINE)
                offsets.append((-1, -1))
                lines.append(piece.line)
            if index == position:
                own = len(ids)
            if piece.breaks:
                last_break = index
            ids.append(piece.id)
            offsets.append((piece.start, piece.end))
            lines.append(piece.line)
            index += 1
        if index < len(pieces) and not pieces[index].breaks and last_break > position:
            keep = next(i for i, (s, _) in enumerate(offsets) if s == pieces[last_break].start)
            ids, offsets, lines, index = ids[:keep], offsets[:keep], lines[:keep], last_break
        ids.append(SEP)
        offsets.append((-1, -1))
        lines.append(lines[-1])
        result.append(Window(np.array(ids), np.array(offsets), np.array(lines), own))
        position = index
    return result
