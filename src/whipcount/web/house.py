"""One server for several people and projects: signing in, sessions, and who may enter which project."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import FastAPI, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from whipcount.errors import UsageError
from whipcount.record import Record
from whipcount.record.accounts import Accounts, Role
from whipcount.web.app import bare, project, trouble
from whipcount.web.boundary import Boundary
from whipcount.web.limits import Limit
from whipcount.web.pages import STATIC, rendered
from whipcount.web.visitors import Visitor, visitor_of
from whipcount.web.words import Spoken, gettext, told

PROJECT = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")

COOKIE = "whipcount"


def create_house(projects: Mapping[str, Record], accounts: Accounts, *, hosts: Iterable[str] = ()) -> FastAPI:
    """The application for several people: each project (name -> record) stands under `/p/NAME`, for its members only.

    `hosts` are the names by which browsers may call the server, beside the loopback names.  UsageError if a name is
    not one that can stand in an address.
    """
    for name in projects:
        if not PROJECT.match(name):
            raise UsageError(f"{name[:60]!r}: not a name for a project; use small letters, digits and hyphens")
    app = bare()
    tries, tries_on_name = Limit(20, 300), Limit(6, 300)

    @app.get("/sign-in")
    def door(request: Request, next: str = "/") -> Response:
        if visitor_of(request):
            return RedirectResponse(_own(next), 303)
        return rendered(request, "sign-in.html", {"next": _own(next), "words": None})

    @app.post("/sign-in")
    def enter(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "/",
    ) -> Response:
        where = request.client.host if request.client else ""
        wait = max(tries.take(where), tries_on_name.take(f"{where} {name[:60]}"))
        shown = {"next": _own(next)}
        if wait:
            shown["words"] = told("Too many tries; wait {number} seconds.", number=math.ceil(wait))
            answer: Response = rendered(request, "sign-in.html", shown, 429)
            answer.headers["retry-after"] = str(math.ceil(wait))
            return answer
        if not accounts.right(name, password):
            shown["words"] = gettext("Name or password is wrong.")
            return rendered(request, "sign-in.html", shown, 401)
        tries_on_name.forget(f"{where} {name[:60]}")
        answer = RedirectResponse(_own(next), 303)
        _remember(request, answer, accounts.begin(name))
        return answer

    @app.post("/sign-out")
    def leave(request: Request) -> Response:
        accounts.end(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(COOKIE)
        return answer

    @app.get("/")
    def choice(request: Request) -> Response:
        visitor = visitor_of(request)
        mine = {p: role for p, role in accounts.projects(visitor.name).items() if p in projects} if visitor else {}
        if len(mine) == 1:
            return RedirectResponse(f"/p/{next(iter(mine))}/", 303)
        rows = [(name, _title(projects[name]), role.name.lower()) for name, role in mine.items()]
        return rendered(request, "projects.html", {"rows": rows})

    @app.get("/account")
    def account(request: Request) -> Response:
        return rendered(request, "account.html", {"words": None})

    @app.post("/account")
    def change(
        request: Request, before: Annotated[str, Form()] = "", password: Annotated[str, Form()] = ""
    ) -> Response:
        visitor = visitor_of(request)
        name = visitor.name if visitor else ""
        if tries_on_name.take(f"account {name}"):
            return rendered(request, "account.html", {"words": gettext("Too many tries; wait a minute.")}, 429)
        if not accounts.right(name, before):
            words = gettext("The present password is wrong.")
            return rendered(request, "account.html", {"words": words}, 403)
        try:
            accounts.set_password(name, password)
        except UsageError as error:
            return rendered(request, "account.html", {"words": str(error)}, 422)
        answer = RedirectResponse("/", 303)
        _remember(request, answer, accounts.begin(name))
        return answer

    for name, record in projects.items():
        inner = project(record, name=name, accounts=accounts)
        app.mount(f"/p/{name}", Members(inner, accounts, name))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Entrance, accounts=accounts)
    app.add_middleware(Spoken)
    app.add_middleware(Boundary, hosts=tuple(hosts))
    return app


class Entrance:
    """ASGI middleware: finds the session of a request, and leads everybody without one to the door."""

    OPEN = ("/sign-in", "/static/")

    def __init__(self, app: ASGIApp, accounts: Accounts) -> None:
        self.app = app
        self.accounts = accounts
        self.asked, self.changed = Limit(1200, 60), Limit(300, 60)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its visitor, if it has one or needs none."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        path = scope["path"]
        token = HTTPConnection(scope).cookies.get(COOKIE)
        session = self.accounts.session(token) if token else None
        wait = self._wait(scope, session.name if session else None)
        if wait:
            headers = {"retry-after": str(math.ceil(wait))}
            busy = PlainTextResponse(f"Too many requests; wait {math.ceil(wait)} seconds.\n", 429, headers)
            await busy(scope, receive, send)
            return
        if session:
            form = hashlib.sha256(f"forms of {token}".encode()).hexdigest()
            visitor = Visitor(session.name, Role.READER, form, temporary=session.temporary)
            scope.setdefault("state", {})["visitor"] = visitor
            if session.temporary and not path.startswith((*self.OPEN, "/account", "/sign-out")):
                await RedirectResponse("/account", 303)(scope, receive, send)
                return
        elif not path.startswith(self.OPEN):
            await _to_the_door(scope)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _wait(self, scope: Scope, name: str | None) -> float:
        if scope["path"].startswith("/static/"):
            return 0.0
        client = scope.get("client")
        key = f"account {name}" if name else f"address {client[0] if client else ''}"
        changes = scope["method"] not in ("GET", "HEAD")
        return max(self.asked.take(key), self.changed.take(key) if changes else 0.0)


class Members:
    """ASGI middleware around a project: members enter with their role; to all others there is no such project."""

    def __init__(self, app: ASGIApp, accounts: Accounts, name: str) -> None:
        self.app = app
        self.accounts = accounts
        self.name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the visitor their role in this project and pass on, or answer as for a page that does not exist."""
        if scope["type"] != "http":
            return
        visitor: Visitor = scope["state"]["visitor"]
        role = self.accounts.projects(visitor.name).get(self.name)
        if role is None:
            request = Request({**scope, "root_path": ""})
            await trouble(request, f"{request.url.path}: there is no such page.", 404)(scope, receive, send)
            return
        scope["state"]["visitor"] = Visitor(visitor.name, role, visitor.token)
        await self.app(scope, receive, send)


def _to_the_door(scope: Scope) -> Response:
    if scope["path"].endswith(".json") or "application/json" in Headers(scope=scope).get("accept", ""):
        return JSONResponse({"error": "Sign in first; the session is over or there was none."}, 401)
    query = scope["query_string"].decode("latin-1")
    wanted = scope["path"] + (f"?{query}" if query else "")
    back = "" if wanted == "/" or scope["method"] != "GET" else f"?next={quote(wanted)}"
    return RedirectResponse(f"/sign-in{back}", 303)


def _own(address: str) -> str:
    """`address` if it is a path on this server, else the start."""
    return address if re.match(r"/(?![/\\])[^\\\x00-\x20]*\Z", address) else "/"


def _remember(request: Request, answer: Response, token: str) -> None:
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=secure, path="/")


def _title(record: Record) -> str:
    codebook = record.codebook()
    return codebook.title if codebook else ""
