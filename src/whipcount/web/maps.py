"""Members of an institution on a map of Europe or the world.

The outlines are those of Natural Earth (public domain), made by `tools/map.py`; who controls an area is drawn, not who
ought to, and areas disputed before the United Nations belong to no state.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from markupsafe import Markup, escape

from whipcount.institutions.catalogue import state_code, state_name
from whipcount.web.charts import GLYPHS, Place, linked
from whipcount.web.words import gettext

MAPS = {"europe": "Europe", "world": "World"}

LARGE = {"europe": 150, "world": 60}
"""Square pixels from which on a state has room for a sign inside it; smaller ones get a smaller sign."""


@cache
def _maps() -> Any:
    return json.loads((resources.files("whipcount.knowledge") / "map.json").read_text("utf-8"))


def mapped(places: Sequence[Place], which: str, title: str) -> Markup:
    """The map with every member's area in the colour of its sign, and the sign itself on it."""
    drawn, by_code = _maps()[which], {state_code(place.name): place for place in places}
    width, height = drawn["width"], drawn["height"]
    parts = [f'<svg class="map" viewBox="0 0 {width} {height}" role="group" aria-label="{escape(title)}">']
    parts.append('<g transform="scale(.1)">')
    signs = []
    for shape in drawn["shapes"]:
        place = by_code.get(shape["state"])
        if place is None:
            name = gettext("disputed area") if shape["state"] == "disputed" else state_name(shape["state"])
            words = f"{name}: no member" if shape["state"] not in ("other", "disputed") else name
            kind = "disputed" if shape["state"] == "disputed" else "land"
            parts.append(f'<path class="{kind}" d="{shape["path"]}"><title>{escape(words)}</title></path>')
            continue
        words = f"{place.name}: {place.words}"
        body = f'<path class="area {place.sign}" d="{shape["path"]}"/>'
        parts.append(linked(body, place.href, words))
        if place.sign != "unknown":
            size = 1.0 if shape["size"] >= LARGE[which] * 6 else 0.75 if shape["size"] >= LARGE[which] else 0.5
            x, y = (
                min(max(value, 12), edge - 12) - 8 * size
                for value, edge in zip(shape["at"], (width, height), strict=True)
            )
            signs.append(f'<g class="glyph {place.sign}" transform="translate({x:.1f} {y:.1f}) scale({size})">')
            signs.append(f"<title>{escape(words)}</title>{GLYPHS[place.sign]}</g>")
    return Markup("".join(parts) + '</g><g class="signs">' + "".join(signs) + "</g></svg>")  # noqa: S704  escaped


def missing(places: Sequence[Place], which: str) -> list[str]:
    """Members that have no area on the map, such as parties and organisations."""
    known = {shape["state"] for shape in _maps()[which]["shapes"]}
    return [place.name for place in places if state_code(place.name) not in known]
