"""Draw the maps that ship: the world and Europe as outlines of states, from the public-domain data of Natural Earth.

    npm install --prefix build/npm world-atlas@2.0.2
    python tools/map.py build/npm/node_modules/world-atlas/countries-50m.json

world-atlas (ISC licence) holds Natural Earth's `admin_0_countries` at 1:50 million as TopoJSON.  Written is
`src/whipcount/knowledge/map.json`.  The world is in the Equal Earth projection (Savric, Patterson and Jenny 2018), Europe
in the Lambert azimuthal equal-area one around 52 N 10 E (EPSG:3035), so that no state looks larger than it is.
Areas whose sovereignty is disputed before the United Nations are drawn apart and belong to no state.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from whipcount.institutions.catalogue import state_code, state_name

Point = tuple[float, float]
Ring = list[Point]

OUT = Path(__file__).parents[1] / "src/whipcount/knowledge/map.json"

ABBREVIATED = {
    "Antigua and Barb.": "Antigua and Barbuda",
    "Bosnia and Herz.": "Bosnia and Herzegovina",
    "Central African Rep.": "Central African Republic",
    "Congo": "Republic of the Congo",
    "Dem. Rep. Congo": "Democratic Republic of the Congo",
    "Dominican Rep.": "Dominican Republic",
    "Eq. Guinea": "Equatorial Guinea",
    "Marshall Is.": "Marshall Islands",
    "S. Sudan": "South Sudan",
    "Solomon Is.": "Solomon Islands",
    "St. Kitts and Nevis": "Saint Kitts and Nevis",
    "St. Vin. and Gren.": "Saint Vincent and the Grenadines",
    "São Tomé and Principe": "Sao Tome and Principe",
}
"""Names as Natural Earth shortens them."""

PARTS = {
    "Greenland": "Denmark",
    "Faeroe Is.": "Denmark",
    "Åland": "Finland",
    "Puerto Rico": "United States",
    "New Caledonia": "France",
    "Hong Kong": "China",
    "Macao": "China",
    "Isle of Man": "United Kingdom",
}
"""Territories that are large enough to be seen, and the state that represents them abroad."""

DISPUTED = {"W. Sahara", "Somaliland", "N. Cyprus", "Siachen Glacier", "Falkland Is."}
"""Areas that Natural Earth keeps apart and that no state is coloured with (UN General Assembly and Security Council)."""

CRIMEA = (32.4, 44.3, 36.7, 46.3)
"""Natural Earth draws who controls an area; General Assembly resolution 68/262 does not recognise the change here."""


def equal_earth(lon: float, lat: float) -> Point:
    """Kilometres in the Equal Earth projection."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    t = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    slope = 3 * (9 * a4 * t**8 + 7 * a3 * t**6 + 3 * a2 * t**2 + a1)
    x = 2 * math.sqrt(3) * math.radians(lon) * math.cos(t) / slope
    return 6371 * x, -6371 * t * (a4 * t**8 + a3 * t**6 + a2 * t**2 + a1)


def lambert(lon: float, lat: float) -> Point:
    """Kilometres from 52 N 10 E in the Lambert azimuthal equal-area projection of the sphere."""
    p, p0, d = math.radians(lat), math.radians(52), math.radians(lon - 10)
    cosine = math.sin(p0) * math.sin(p) + math.cos(p0) * math.cos(p) * math.cos(d)
    if cosine < -0.2:  # the far side of the earth, far outside the frame
        return 1e6, 1e6
    k = 6371 * math.sqrt(2 / (1 + cosine))
    return k * math.cos(p) * math.sin(d), -k * (math.cos(p0) * math.sin(p) - math.sin(p0) * math.cos(p) * math.cos(d))


FRAMES: dict[str, tuple[Callable[[float, float], Point], tuple[float, float, float, float], int]] = {
    "europe": (lambert, (-2650, -2500, 2850, 2150), 1000),
    "world": (equal_earth, (-17300, -8300, 17300, 6500), 1200),
}
"""Map -> projection, frame in kilometres (left, top, right, bottom), and width in pixels."""


def rings_of(topology: dict) -> dict[str, list[Ring]]:
    """Name of a shape -> its outer and inner rings in degrees."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[Ring] = []
    for arc in topology["arcs"]:
        x = y = 0
        points: Ring = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
        arcs.append(points)

    def ring(numbers: Iterable[int]) -> Ring:
        points: Ring = []
        for number in numbers:
            part = arcs[number] if number >= 0 else arcs[~number][::-1]
            points += part[1 if points else 0 :]
        return points

    found: dict[str, list[Ring]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for polygon in polygons:
            found.setdefault(shape["properties"]["name"], []).extend(ring(numbers) for numbers in polygon)
    return found


def whole(ring: Ring) -> list[Ring]:
    """A ring in degrees as those parts of it that lie between 180 W and 180 E, cut where it crosses."""
    turned, round_the_earth = [ring[0]], 0
    for (before, _), (lon, lat) in zip(ring, ring[1:], strict=False):
        round_the_earth += (lon - before < -180) - (lon - before > 180)
        turned.append((lon + 360 * round_the_earth, lat))
    parts = [clipped([(lon + turn, lat) for lon, lat in turned], (-180, -90, 180, 90)) for turn in (-360, 0, 360)]
    return [part for part in parts if len(part) > 2]


def clipped(ring: Ring, frame: tuple[float, float, float, float]) -> Ring:
    """The part of a ring inside a rectangle (Sutherland and Hodgman 1974)."""
    for axis, side, limit in ((0, 1, frame[0]), (0, -1, frame[2]), (1, 1, frame[1]), (1, -1, frame[3])):
        kept: Ring = []
        for here, there in zip(ring, ring[1:] + ring[:1], strict=True):
            inside, next_inside = ((point[axis] - limit) * side >= 0 for point in (here, there))
            if inside:
                kept.append(here)
            if inside != next_inside:
                part = (limit - here[axis]) / (there[axis] - here[axis])
                kept.append((here[0] + part * (there[0] - here[0]), here[1] + part * (there[1] - here[1])))
        ring = kept
        if not ring:
            break
    return ring


def thinned(ring: Ring, tolerance: float) -> Ring:
    """A ring without the points that nobody would miss (Douglas and Peucker 1973)."""
    keep, spans = {0, len(ring) - 1}, [(0, len(ring) - 1)]
    while spans:
        first, last = spans.pop()
        (x1, y1), (x2, y2) = ring[first], ring[last]
        length = math.hypot(x2 - x1, y2 - y1)
        worst, at = 0.0, first
        for i in range(first + 1, last):
            x, y = ring[i]
            away = (
                abs((y2 - y1) * x - (x2 - x1) * y + x2 * y1 - y2 * x1) / length
                if length
                else math.hypot(x - x1, y - y1)
            )
            if away > worst:
                worst, at = away, i
        if worst > tolerance:
            keep.add(at)
            spans += [(first, at), (at, last)]
    return [ring[i] for i in sorted(keep)]


def area(ring: Ring) -> float:
    """Signed area of a ring."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def middle(ring: Ring) -> Point:
    """Centroid of a ring."""
    total = area(ring) or 1e-9
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    x = sum((x1 + x2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (6 * total)
    y = sum((y1 + y2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (6 * total)
    return x, y


def path(rings: list[Ring]) -> str:
    """SVG path data in tenths of pixels, relative."""
    parts = []
    for ring in rings:
        points = [(round(x * 10), round(y * 10)) for x, y in ring]
        text, before = f"M{points[0][0]} {points[0][1]}l", points[0]
        steps = []
        for point in points[1:-1]:
            if point != before:
                steps.append(f"{point[0] - before[0]} {point[1] - before[1]}")
                before = point
        parts.append(text + " ".join(steps) + "z")
    return "".join(parts)


def drawn(shapes: dict[str, list[Ring]], name: str) -> dict:
    """One map: width and height in pixels; states and disputed areas, each with outline and middle."""
    project, frame, width = FRAMES[name]
    scale = width / (frame[2] - frame[0])
    states = []
    for code, rings in sorted(shapes.items()):
        found = []
        for ring in (part for each in rings for part in whole(each)):
            flat = clipped([project(*point) for point in ring], frame)
            if len(flat) < 3:
                continue
            pixels = [((x - frame[0]) * scale, (y - frame[1]) * scale) for x, y in flat]
            found.append((abs(area(pixels)), pixels))
        found.sort(key=lambda item: -item[0])
        if not found or (name == "europe" and found[0][0] < 0.2):
            continue
        kept = [thinned([*ring, ring[0]], 0.35) for size, ring in found if size >= 1.5 or size == found[0][0]]
        x, y = middle(found[0][1])
        states.append({"state": code, "size": round(found[0][0]), "at": [round(x), round(y)],
                       "path": path([ring for ring in kept if len(ring) > 3])})  # fmt: skip
    return {"width": width, "height": round((frame[3] - frame[1]) * scale), "shapes": states}


def main(source: Path) -> None:
    """Write the maps."""
    shapes: dict[str, list[Ring]] = {}
    for name, rings in rings_of(json.loads(source.read_text("utf-8"))).items():
        state = state_name(PARTS.get(name) or ABBREVIATED.get(name) or name)
        code = state_code(state)
        if name == "Antarctica":
            continue
        for ring in rings:
            x, y = middle(ring)
            crimea = CRIMEA[0] < x < CRIMEA[2] and CRIMEA[1] < y < CRIMEA[3] and code == "RUS"
            known = code != state and not crimea and name not in DISPUTED
            shapes.setdefault(code if known else "disputed" if crimea or name in DISPUTED else "other", []).append(ring)
    maps = {name: drawn(shapes, name) for name in FRAMES}
    OUT.write_text(json.dumps(maps, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
