"""Templates: where they are, and the few words and functions that all of them use."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from whipcount.web.charts import glyph

HERE = Path(__file__).parent
STATIC = HERE / "static"
HTMX = STATIC / "vendor" / "htmx.min.js"

STANCES = {
    "support": "for",
    "oppose": "against",
    "conditional": "yes, if",
    "undecided": "undecided",
    "divided": "divided",
    "neutral": "no stance",
    "unknown": "unknown",
}
"""Stance -> the word printed beside its sign."""


@cache
def templates() -> Environment:
    """The templates, with everything escaped that is not Markup, and no silent gaps."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals.update(glyph=glyph, stances=STANCES, htmx=HTMX.exists)
    found.filters["stance"] = lambda name: STANCES.get(name, name)
    return found
