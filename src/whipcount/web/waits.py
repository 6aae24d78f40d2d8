"""The map of conditions: which options wait for which, on whose account, and where they wait for each other."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import networkx as nx
from markupsafe import Markup, escape

from whipcount.institutions.graph import Web
from whipcount.web.addresses import link
from whipcount.web.charts import GLYPHS, linked
from whipcount.web.words import gettext, told

WIDE, HIGH, ACROSS, DOWN = 290, 76, 170, 44
"""Pixels: a box, and the room between boxes."""

Edge = tuple[str, str, str, tuple[str, ...]]
"""(option that waits, what for: option or condition, the condition, members)"""


def edges(found: Web) -> list[Edge]:
    """Everything that waits: for another option, or for a fact that is not settled."""
    brought = {(wait.option, wait.condition): wait.on for wait in found.waits}
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for option, verdicts in found.verdicts.items():
        for seat in (seat for each in verdicts for seat in each.casts):
            for condition in seat.waits_for:
                on = brought.get((option, condition), condition)
                grouped.setdefault((option, on, condition), []).append(seat.seat)
    return [(option, on, c, tuple(dict.fromkeys(names))) for (option, on, c), names in grouped.items()]


def chart(found: Web, signs: Mapping[str, str], words: Mapping[str, str], title: str, at: str | None) -> Markup | None:
    """The map, in layers: what waits stands left of what it waits for; circles are drawn heavily.  None: nothing waits.

    `signs` and `words` are an outcome's sign and word.
    """
    ties = edges(found)
    if not ties:
        return None
    graph = nx.DiGraph([(option, on) for option, on, _, _ in ties])
    knotted = {frozenset((w.option, w.on)) for knot in found.knots for w in knot.waits}
    spots = _spots(graph)
    width = max(x for x, _ in spots.values()) + WIDE + 20
    height = max(y for _, y in spots.values()) + HIGH + 40
    parts = [f'<svg class="waits" viewBox="0 0 {width} {height}" role="group" aria-label="{escape(title)}">']
    parts.append('<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
                 'orient="auto-start-reverse"><path class="tip" d="M0 0L10 5L0 10z"/></marker></defs>')  # fmt: skip
    for option, on, condition, members in ties:
        heavy = frozenset((option, on)) in knotted
        said = told(
            "{actors} on “{option}”: only if {condition}",
            actors=", ".join(members), option=_label(found, option), condition=_label(found, condition),
        )  # fmt: skip
        path, (x, y) = _curve(spots[option], spots[on])
        text = members[0] if len(members) == 1 else told("{names} and {number} more", names=members[0], number=len(members) - 1)
        body = f'<g class="wait{" knot" if heavy else ""}">'
        body += f'<path d="{path}" marker-end="url(#tip)"/>'
        body += f'<text x="{x:.0f}" y="{y:.0f}">{escape(textwrap.shorten(text, 24, placeholder="…"))}</text></g>'
        parts.append(linked(body, link("/statements", option=option, actor=list(members), at=at), said))
    for name, (x, y) in spots.items():
        outcome = str(found.outcomes[name]) if name in found.outcomes else None
        parts.append(_box(found, name, x, y, signs.get(outcome or ""), words.get(outcome or "", ""), at))
    return Markup("".join(parts) + "</svg>")  # noqa: S704  every text in it is escaped


def _label(found: Web, name: str) -> str:
    return found.labels.get(name) or name


def _box(found: Web, name: str, x: float, y: float, sign: str | None, word: str, at: str | None) -> str:
    lines = textwrap.wrap(_label(found, name), 31, max_lines=2, placeholder="…") or [name]
    kind = "option" if sign else "fact"
    body = f'<g class="box {kind}"><rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="{4 if sign else 26}"/>'
    for place, line in enumerate(lines):
        indent = 38 if sign else 20
        body += f'<text x="{x + indent}" y="{y + 24 + 17 * place}">{escape(line)}</text>'
    note = gettext(word) if sign else gettext("a fact not settled on record")
    body += (
        f'<text class="tick" x="{x + (38 if sign else 20)}" y="{y + 26 + 17 * len(lines)}">{escape(note or "")}</text>'
    )
    if sign:
        body += f'<g class="glyph {sign}" transform="translate({x + 12} {y + 11})">{GLYPHS[sign]}</g>'
    verdicts = found.verdicts.get(name)
    href = link(f"/verdicts/{verdicts[0].institution.id}/{name}", at=at) if verdicts else None
    return linked(body + "</g>", href, f"{_label(found, name)}: {note}")


def _spots(graph: nx.DiGraph[str]) -> dict[str, tuple[float, float]]:
    """Upper left corners: columns by the longest way that leads to a box, what waits in a circle in one column."""
    whole = nx.condensation(graph)
    depth: dict[int, int] = {}
    for part in nx.topological_sort(whole):
        depth[part] = max((depth[before] + 1 for before in whole.predecessors(part)), default=0)
    columns: dict[int, list[str]] = {}
    for part in sorted(depth, key=lambda part: sorted(whole.nodes[part]["members"])):
        columns.setdefault(depth[part], []).extend(sorted(whole.nodes[part]["members"]))
    tallest = max(len(column) for column in columns.values())
    spots = {}
    for number, column in columns.items():
        shift = (tallest - len(column)) * (HIGH + DOWN) / 2
        for place, name in enumerate(column):
            spots[name] = (10.0 + number * (WIDE + ACROSS), 16 + shift + place * (HIGH + DOWN))
    return spots


def _curve(first: tuple[float, float], second: tuple[float, float]) -> tuple[str, tuple[float, float]]:
    """The line between two boxes, and where its words stand."""
    (x1, y1), (x2, y2) = first, second
    if first == second:
        x, y = x1 + WIDE, y1 + HIGH / 2
        return f"M{x} {y - 14}C{x + 60} {y - 30} {x + 60} {y + 30} {x + 2} {y + 14}", (x + 24, y + 38)
    if x1 == x2:
        down = y2 > y1
        x = x1 + (WIDE * 0.35 if down else WIDE * 0.65)
        a, b = (y1 + HIGH, y2 - 2) if down else (y1, y2 + HIGH + 2)
        return f"M{x} {a}C{x} {a} {x} {b} {x} {b}", (x + 6, (a + b) / 2 + 4)
    (left, up), (right, low) = (x1 + WIDE, y1 + HIGH / 2), (x2 - 2, y2 + HIGH / 2)
    middle = (left + right) / 2
    return f"M{left} {up}C{middle} {up} {middle} {low} {right} {low}", (middle - 60, (up + low) / 2 + (4 if up != low else -8))


def unsettled(ties: Sequence[Edge]) -> list[str]:
    """The conditions that something waits for, each once."""
    return list(dict.fromkeys(condition for _, _, condition, _ in ties))
