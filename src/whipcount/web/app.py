"""The web application: a board of positions, the words behind every figure, and what institutions make of them.

Every page is rendered here and works without JavaScript.  Its address shows the same again, and the same address with
`.json` gives its content as data.  A group of pages is a module whose `routes(record)` gives them; each is named below.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from whipcount.errors import InputError, UsageError, WhipcountError
from whipcount.record import Record
from whipcount.record.accounts import Accounts
from whipcount.web import acts, exchange, issue, looking, milestones, people, reading, review
from whipcount.web.addresses import Rooted
from whipcount.web.boundary import HEADERS, Boundary
from whipcount.web.pages import STATIC, rendered
from whipcount.web.visitors import Alone, authentic
from whipcount.web.words import Spoken, told


def create_app(record: str | Path | Record, *, hosts: Iterable[str] = ()) -> FastAPI:
    """The application over a record (or the path of one; RecordError if it cannot be opened), for one user.

    Only the loopback names are answered; `hosts` are further names for whoever serves it elsewhere.
    """
    kept = record if isinstance(record, Record) else Record.open(record)
    app = project(kept)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Alone, name=login())
    app.add_middleware(Spoken)
    app.add_middleware(Boundary, hosts=tuple(hosts))
    return app


def project(kept: Record, *, name: str = "", accounts: Accounts | None = None) -> FastAPI:
    """The pages of one record, for visitors whom the middleware around them has let in.

    `name` and `accounts` are those of the project on a server with several; one user alone has neither.
    """
    app = bare()
    app.state.project = Project(name, accounts)
    for group in (looking, reading, review, acts, issue, milestones, exchange):
        app.include_router(group.routes(kept))
    app.include_router(people.routes(kept, name, accounts))
    app.add_middleware(Rooted)
    return app


@dataclass(frozen=True, slots=True)
class Project:
    """What the pages of a record know of where they stand: the project's name and accounts, if there are any."""

    name: str
    accounts: Accounts | None


def bare() -> FastAPI:
    """An application without pages: errors are one line, and changes come from our own pages only."""
    app = FastAPI(title="whipcount", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(authentic)])
    app.state.project = None
    app.add_exception_handler(WhipcountError, _refused)
    app.add_exception_handler(HTTPException, _not_found)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_exception_handler(Exception, _failed)
    return app


def login() -> str:
    """The name by which the user of this machine is logged in."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"


def trouble(request: Request, words: str, status: int) -> Response:
    """One line that says what is wrong, as a page or as JSON."""
    line = " ".join(words.split())
    if request.url.path.endswith(".json") or "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"error": line}, status)
    return rendered(request, "trouble.html", {"words": line, "status": status}, status)


async def _refused(request: Request, error: Exception) -> Response:
    asked = request.method in ("GET", "HEAD")
    return trouble(
        request, str(error), 500 if not isinstance(error, (UsageError, InputError)) else 404 if asked else 422
    )


async def _misread(request: Request, error: Exception) -> Response:
    return trouble(request, told("{path}: something in this address or form is not what it should be.", path=request.url.path), 422)


async def _not_found(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    words = (
        told("{path}: there is no such page; start at the board.", path=request.url.path)
        if error.status_code == 404
        else error.detail
    )
    return trouble(request, words, error.status_code)


async def _failed(request: Request, error: Exception) -> Response:
    # Answered outside the boundary, so its headers are set here.
    answer = trouble(request, f"This page failed ({type(error).__name__}); the record is unharmed.", 500)
    answer.headers.update(HEADERS)
    return answer
