"""A document's text cut into runs, so that a page can show source, cue and content without touching a character."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from whipcount.model import Document, Spans, Statement


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text with the same marks from end to end.

    text      the characters;  marks  of "source", "cue", "content", "furniture", "chosen"
    anchors   ids of the statements whose words begin here
    """

    text: str
    marks: tuple[str, ...]
    anchors: tuple[str, ...]


def runs(document: Document, statements: Iterable[Statement], chosen: str | None = None) -> list[Run]:
    """The whole text in order; joined, the runs are `document.text` again.

    `chosen` is the id of a statement whose words are marked so as well.
    """
    text, layers = document.text, [("body", document.body)]
    starts: dict[int, list[str]] = {}
    for said in statements:
        layers += [("source", said.source), ("cue", said.cue), ("content", said.content)]
        if said.id == chosen:
            layers.append(("chosen", (*said.source, *said.cue, *said.content)))
        words = said.content or said.source or ((0, 0),)
        starts.setdefault(min(words)[0], []).append(said.id)
    cuts = {0, len(text), *starts}
    changes: dict[int, list[tuple[str, int]]] = {}
    for mark, spans in layers:
        for start, end in _inside(spans, len(text)):
            cuts.update((start, end))
            changes.setdefault(start, []).append((mark, 1))
            changes.setdefault(end, []).append((mark, -1))
    depth: dict[str, int] = {}
    found = []
    places = sorted(cut for cut in cuts if cut <= len(text))
    for start, end in zip(places, [*places[1:], len(text)], strict=True):
        for mark, step in changes.get(start, ()):
            depth[mark] = depth.get(mark, 0) + step
        marks = [mark for mark in ("source", "cue", "content", "chosen") if depth.get(mark)]
        if not depth.get("body"):
            marks.append("furniture")
        if end > start or start in starts:
            found.append(Run(text[start:end], tuple(marks), tuple(starts.get(start, ()))))
    return found


def _inside(spans: Spans, length: int) -> Spans:
    """The spans as far as they lie in the text; a damaged record must not damage the page."""
    return tuple((start, min(end, length)) for start, end in spans if 0 <= start < min(end, length))
