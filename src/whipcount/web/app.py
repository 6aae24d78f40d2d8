"""The local web application: a board of positions, the words behind every figure, and what institutions make of them.

Every page is rendered here and works without JavaScript.  Its address shows the same again, and the same address with
`.json` gives its content as data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from whipcount.errors import UsageError, WhipcountError
from whipcount.record import Record
from whipcount.web import verdicts as court
from whipcount.web import views
from whipcount.web.boundary import HEADERS, Boundary
from whipcount.web.pages import STATIC, templates

Answer = Response


def create_app(record: str | Path | Record, *, hosts: Iterable[str] = ()) -> FastAPI:
    """The application over a record (or the path of one; RecordError if it cannot be opened).

    Only the loopback names are answered; `hosts` are further names for whoever serves it elsewhere.
    """
    kept = record if isinstance(record, Record) else Record.open(record)
    app = FastAPI(title="whipcount", docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(WhipcountError, _refused)
    app.add_exception_handler(HTTPException, _not_found)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(Boundary, hosts=tuple(hosts))

    def page(request: Request, template: str, view: views.View) -> Answer:
        if request.url.path.endswith(".json"):
            return JSONResponse(view.data)
        return _page(request, template, {**view.shown, "twin": _twin(request)})

    @app.get("/")
    @app.get("/board.json")
    def board(request: Request, at: str | None = None) -> Answer:
        return page(request, "board.html", views.board_view(kept, at))

    @app.get("/statements")
    @app.get("/statements.json")
    def statements(request: Request) -> Answer:
        return page(request, "statements.html", views.statements_view(kept, request.query_params))

    @app.get("/timeline")
    @app.get("/timeline.json")
    def timeline(request: Request, option: str | None = None, at: str | None = None) -> Answer:
        return page(request, "timeline.html", views.timeline_view(kept, option, at))

    @app.get("/verdicts")
    @app.get("/verdicts.json")
    def verdicts(request: Request, at: str | None = None) -> Answer:
        asked = request.query_params
        if asked.get("institution") and asked.get("option"):
            found = court.verdict_view(kept, asked["institution"], asked["option"], at, asked.getlist("assume"))
            return page(request, "verdict.html", found)
        return page(request, "verdicts.html", court.verdicts_view(kept, at))

    @app.get("/verdicts/{institution}/{option:path}")
    def verdict(request: Request, institution: str, option: str, at: str | None = None) -> Answer:
        assumed = request.query_params.getlist("assume")
        name = option.removesuffix(".json")
        return page(request, "verdict.html", court.verdict_view(kept, institution, name, at, assumed))

    @app.get("/documents")
    @app.get("/documents.json")
    def documents(request: Request) -> Answer:
        return page(request, "documents.html", views.documents_view(kept, request.query_params.get("page")))

    @app.get("/documents/{id:path}")
    def document(request: Request, id: str, statement: str | None = None) -> Answer:
        try:
            found = views.document_view(kept, id, statement)
        except UsageError:
            if not id.endswith(".json"):
                raise
            return JSONResponse(views.document_view(kept, id.removesuffix(".json"), statement).data)
        # The document's own id may end in .json: then its page is at that address, and its data one .json further.
        return _page(request, "document.html", {**found.shown, "twin": _twin(request)})

    return app


def _page(request: Request, template: str, shown: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    words = templates().get_template(template).render(path=request.url.path, **shown)
    return HTMLResponse(words, status)


def _twin(request: Request) -> str:
    """The address of this page's content as JSON."""
    path = "/board" if request.url.path == "/" else request.scope["raw_path"].decode("ascii", "replace").split("?")[0]
    query = request.url.query
    return f"{path}.json" + (f"?{query}" if query else "")


def _trouble(request: Request, words: str, status: int) -> Response:
    line = " ".join(words.split())
    if request.url.path.endswith(".json"):
        return JSONResponse({"error": line}, status)
    return _page(request, "trouble.html", {"words": line}, status)


async def _refused(request: Request, error: Exception) -> Response:
    return _trouble(request, str(error), 404 if isinstance(error, UsageError) else 500)


async def _not_found(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    words = (
        f"{request.url.path}: there is no such page; start at the board." if error.status_code == 404 else error.detail
    )
    return _trouble(request, words, error.status_code)


async def _failed(request: Request, error: Exception) -> Response:
    # Answered outside the boundary, so its headers are set here.
    answer = _trouble(request, f"This page failed ({type(error).__name__}); the record is unharmed.", 500)
    answer.headers.update(HEADERS)
    return answer
