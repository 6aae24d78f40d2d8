"""Charts as files: SVG that any program draws, and PNG made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal

from markupsafe import Markup, escape

from whipcount.errors import UsageError
from whipcount.web.pages import STATIC

FORMATS = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}

WIDTH = 1600
"""Pixels of a PNG."""


@cache
def _sheet() -> str:
    """The rules of charts with the light colours put in: programs other than browsers know no variables."""
    pages = (STATIC / "whipcount.css").read_text("utf-8")
    root = pages[pages.index(":root {") : pages.index("}", pages.index(":root {"))]
    named = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", root)) | {
        "--sans": "Noto Sans, Liberation Sans, Arial, sans-serif"
    }
    rules = re.sub(r"/\*.*?\*/", "", (STATIC / "charts.css").read_text("utf-8"), flags=re.S)
    return re.sub(r"var\((--[\w-]+)\)", lambda match: named[match[1]], rules)


def standalone(chart: Markup, title: str) -> str:
    """The chart as an SVG file: with its title, colours and a white ground, without links into a record."""
    match = re.match(r'<svg class="([\w-]+)" viewBox="([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+)"[^>]*>', chart)
    if match is None:
        raise ValueError("a chart begins with its class and viewBox")
    x, y, width, height = map(float, match.groups()[1:])
    body = re.sub(r"</?a\b[^>]*>", "", chart[match.end() :])
    head = 34 * width / 1000
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{match[1]}" width="{width:g}" height="{height + head:g}" '
        f'viewBox="{x:g} {y - head:g} {width:g} {height + head:g}"><title>{escape(title)}</title><style>{_sheet()}</style>'
        f'<rect x="{x:g}" y="{y - head:g}" width="{width:g}" height="{height + head:g}" fill="#fff"/>'
        f'<text x="{x + 8 * width / 1000:g}" y="{y - 0.3 * head:g}" style="font-size:{15 * width / 1000:g}px;font-weight:600">'
        f"{escape(title)}</text>{body}"
    )


def png(svg: str) -> bytes:
    """An SVG file as a picture `WIDTH` pixels wide."""
    return typeset('#set page(width: 800pt, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.chart), width: 800pt)',
                   {"chart": svg}, "png", ppi=72 * WIDTH / 800)  # fmt: skip


def typeset(source: str, given: Mapping[str, str], format: Literal["png", "pdf"], ppi: float = 144) -> bytes:
    """What the typesetter Typst makes of `source`; texts from a record come only in `given`, as data.

    UsageError if it cannot.
    """
    import typst

    try:
        made = typst.compile(source.encode(), format=format, sys_inputs=dict(given), ppi=ppi)
    except (RuntimeError, typst.TypstError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UsageError(f"the {format.upper()} could not be made ({reason}); take HTML or SVG instead") from error
    return made[0] if isinstance(made, list) else made or b""
