"""A document's text cut into runs, so that a page can show source, cue and content without touching a character."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from whipcount.model import Document, Span, Spans, Statement

LANES = 4
"""Lines under the text that are told apart; statements that overlap with more than so many share the last."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text with the same marks from end to end.

    text      the characters;  marks  of "source", "cue", "content", "furniture", "chosen"
    of        ids of the statements whose source, cue or content it is part of
    lanes     the lines under it, from 0: one for each statement whose content it is part of
    anchors   ids of the statements whose words begin here
    """

    text: str
    marks: tuple[str, ...]
    of: tuple[str, ...]
    lanes: tuple[int, ...]
    anchors: tuple[str, ...]

    @property
    def exact(self) -> Markup:
        """The text for a page, so that what the browser holds has the same characters: it drops or changes some."""
        return Markup(str(escape(self.text)).replace("\r", "&#13;").replace("\0", "\ufffd"))  # noqa: S704


def runs(document: Document, statements: Iterable[Statement], chosen: str | None = None) -> list[Run]:
    """The whole text in order; joined, the runs are `document.text` again.

    `chosen` is the id of a statement whose words are marked so as well.
    """
    text, statements = document.text, list(statements)
    layers: list[tuple[str, str, Spans]] = [("body", "", document.body)]
    starts: dict[int, list[str]] = {}
    for said in statements:
        layers += [("source", said.id, said.source), ("cue", said.id, said.cue), ("content", said.id, said.content)]
        if said.id == chosen:
            layers.append(("chosen", "", (*said.source, *said.cue, *said.content)))
        words = said.content or said.source or ((0, 0),)
        starts.setdefault(min(words)[0], []).append(said.id)
    lane_of = lanes({said.id: said.content for said in statements})
    cuts = {0, len(text), *starts}
    changes: dict[int, list[tuple[str, str, int]]] = {}
    for mark, id, spans in layers:
        for start, end in _inside(spans, len(text)):
            cuts.update((start, end))
            changes.setdefault(start, []).append((mark, id, 1))
            changes.setdefault(end, []).append((mark, id, -1))
    depth: dict[tuple[str, str], int] = {}
    found = []
    places = sorted(cut for cut in cuts if cut <= len(text))
    for start, end in zip(places, [*places[1:], len(text)], strict=True):
        for mark, id, step in changes.get(start, ()):
            left = depth.pop((mark, id), 0) + step
            if left:
                depth[mark, id] = left
        present = {mark for mark, _ in depth}
        marks: list[str] = [mark for mark in ("source", "cue", "content", "chosen") if mark in present]
        if "body" not in present:
            marks.append("furniture")
        of = {id: None for _, id in sorted(depth) if id}
        under = sorted({lane_of[id] for mark, id in depth if mark == "content"})
        if end > start or start in starts:
            found.append(Run(text[start:end], tuple(marks), tuple(of), tuple(under), tuple(starts.get(start, ()))))
    return found


def lanes(contents: Mapping[str, Spans]) -> dict[str, int]:
    """The line under the text for each statement: statements whose contents overlap have different ones."""
    free: list[int] = []
    found: dict[str, int] = {}
    for id, spans in sorted(contents.items(), key=lambda item: (_extent(item[1]), item[0])):
        start, end = _extent(spans)
        lane = next((number for number, until in enumerate(free) if until <= start), len(free))
        free[lane : lane + 1] = [end]
        found[id] = min(lane, LANES - 1)
    return found


def _extent(spans: Sequence[Span]) -> Span:
    return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else (0, 0)


def _inside(spans: Spans, length: int) -> Spans:
    """The spans as far as they lie in the text; a damaged record must not damage the page."""
    return tuple((start, min(end, length)) for start, end in spans if 0 <= start < min(end, length))
