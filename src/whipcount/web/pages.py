"""How a page is made: its content as a View, its template, its twin as data, and the words that all templates use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from whipcount.web import words
from whipcount.web.addresses import inside, link
from whipcount.web.charts import glyph
from whipcount.web.visitors import visitor_of
from whipcount.web.words import N_

HERE = Path(__file__).parent
STATIC = HERE / "static"
HTMX = STATIC / "vendor" / "htmx.min.js"

NAVIGATION = {
    N_("Look"): {
        "/": N_("Board"),
        "/statements": N_("Statements"),
        "/verdicts": N_("Counts"),
        "/timeline": N_("Timeline"),
        "/coalitions": N_("Coalitions"),
        "/sources": N_("Sources"),
        "/documents": N_("Documents"),
        "/ask": N_("Ask"),
        "/report": N_("Report"),
    },
    N_("Work"): {
        "/review": N_("Review"),
        "/codebook": N_("Codebook"),
        "/actors": N_("Actors"),
        "/coders": N_("Coders"),
        "/exchange": N_("Import, export"),
    },
}
"""Group of pages -> path -> name, as the top of every page lists them."""


@dataclass(frozen=True, slots=True)
class View:
    """A page's content: `shown` for its template, `data` for JSON; `given` is the data, or works them out when asked."""

    shown: dict[str, Any]
    given: Any

    @property
    def data(self) -> Any:
        """The content as plain data."""
        return self.given() if callable(self.given) else self.given


def page(request: Request, template: str, view: View, status: int = 200) -> Response:
    """The page, or its data where the address asked for ends in `.json`."""
    if request.url.path.endswith(".json"):
        return JSONResponse(view.data, status)
    return rendered(request, template, {**view.shown, "twin": twin(request)}, status)


def rendered(request: Request, template: str, shown: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """The page that `template` makes of `shown`."""
    common = {
        "path": inside(request.url.path),
        "visitor": visitor_of(request),
        "project": request.app.state.project,
    }
    return HTMLResponse(templates().get_template(template).render({**common, **shown}), status)


def twin(request: Request) -> str:
    """The address of this page's content as JSON."""
    path = request.scope["raw_path"].decode("ascii", "replace").split("?")[0]
    if inside(path) == "/":
        path = link("/board")
    query = request.url.query
    return f"{path}.json" + (f"?{query}" if query else "")


@cache
def templates() -> Environment:
    """The templates, with everything escaped that is not Markup, and no silent gaps."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    found.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    found.globals.update(glyph=glyph, stances=words.STANCES, htmx=HTMX.exists, link=link, navigation=NAVIGATION)
    found.globals.update(spoken=words.spoken, scripted=words.scripted)
    found.filters["stance"] = words.stance
    found.filters["said"] = words.gettext
    found.filters["statements"] = words.counted
    return found
