"""Who is asking, what they may do, and whether a change was really asked for by one of our own pages."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from whipcount.model import Coder
from whipcount.record.accounts import Role

FIELD = "token"
"""Field of every form that changes something; scripts send it as the header `x-token` instead."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a page: the name under which they code, their role here, and the token of their forms.

    alone      whether nobody had to sign in: one user on their own machine
    temporary  whether they must choose a password of their own first
    """

    name: str
    role: Role
    token: str
    alone: bool = False
    temporary: bool = False

    def may(self, role: str) -> bool:
        """Whether they may do what `role` (its name in small letters) may."""
        return self.role >= Role[role.upper()]


class Alone:
    """ASGI middleware for one user on their own machine: every request comes from that user, who may do everything."""

    def __init__(self, app: ASGIApp, name: str) -> None:
        self.app = app
        self.visitor = Visitor(name, Role.ADMIN, secrets.token_urlsafe(24), alone=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say who it is and pass on."""
        if scope["type"] == "http":
            scope.setdefault("state", {})["visitor"] = self.visitor
        await self.app(scope, receive, send)


def visitor_of(request: Request) -> Visitor | None:
    """Who sent this request; None for somebody who has not signed in."""
    found = getattr(request.state, "visitor", None)
    return found if isinstance(found, Visitor) else None


def coder_of(request: Request) -> Coder:
    """Who sent this request, as the record names those who work in it."""
    visitor = visitor_of(request)
    return Coder(visitor.name if visitor else "", "", False)


def needs(role: Role) -> Any:
    """A dependency for a route: only members with this role may use it."""

    def checked(request: Request) -> Visitor:
        visitor = visitor_of(request)
        if visitor is None or visitor.role < role:
            raise HTTPException(403, f"This needs the role of {role.name.lower()} in this project; ask its admin.")
        return visitor

    return Depends(checked)


async def authentic(request: Request) -> None:
    """Refuse a change that a foreign page may have sent; a dependency of every route of the application.

    A request that may change something must come from our own origin, as far as the browser says, and carry the token
    that only our own pages know (OWASP, Cross-Site Request Forgery Prevention Cheat Sheet).
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    visitor, headers = visitor_of(request), request.headers
    origin = headers.get("origin")
    foreign = (origin is not None and urlsplit(origin).netloc != headers.get("host")) or headers.get(
        "sec-fetch-site", "same-origin"
    ) not in ("same-origin", "none")
    if visitor is None:
        # nobody's authority can be misused yet; that the form is ours the browser must say
        known = origin is not None or "sec-fetch-site" in headers
    else:
        given = headers.get("x-token") or (await request.form()).get(FIELD)
        known = hmac.compare_digest(str(given or "").encode(), visitor.token.encode())
    if foreign or not known:
        raise HTTPException(403, "This did not come from a page of this server, or the page is too old; reload it.")
