"""Addresses of pages, inside the project that is being served."""

from __future__ import annotations

from contextvars import ContextVar
from urllib.parse import urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

_root: ContextVar[str] = ContextVar("root", default="")


def link(path: str, **asked: object) -> str:
    """The address of the page at `path` (which begins with a slash) in this project, with a query.

    Every address that a page of a project shows is made here: several projects on one server stand under `/p/NAME`.
    What is None or empty in the query is left out.
    """
    given = {name: value for name, value in asked.items() if value not in (None, "")}
    return _root.get() + path + (f"?{urlencode(given, doseq=True)}" if given else "")


def back_to(asked: str, otherwise: str) -> str:
    """The address that a form asks to go back to, if it is one of this project's; else the page at `otherwise`."""
    own = asked.startswith(link("/")) and not asked.startswith("//") and "\\" not in asked
    return asked if own else link(otherwise)


def inside(path: str) -> str:
    """`path` of a request as `link` takes it: without the root of its project."""
    return path.removeprefix(_root.get()) or "/"


class Rooted:
    """ASGI middleware: `link` gives addresses below the path at which the application inside is mounted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, with the root set."""
        before = _root.set(scope.get("root_path", ""))
        try:
            await self.app(scope, receive, send)
        finally:
            _root.reset(before)
