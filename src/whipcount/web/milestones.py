"""Milestones put on the timeline and taken off it, by the forms below it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from whipcount.record import Record
from whipcount.record.accounts import Role
from whipcount.record.milestones import keep, milestone, remove
from whipcount.web.addresses import back_to
from whipcount.web.visitors import coder_of, needs


def routes(kept: Record) -> APIRouter:
    """What changes the milestones of a record."""
    router = APIRouter()

    @router.post("/milestones", dependencies=[needs(Role.CODER)])
    def add(
        request: Request,
        date: Annotated[str, Form()] = "",
        label: Annotated[str, Form()] = "",
        source: Annotated[str, Form()] = "",
        back: Annotated[str, Form()] = "",
    ) -> Response:
        keep(kept, [milestone(date, label, source)], coder_of(request))
        return RedirectResponse(back_to(back, "/timeline") + "#milestones", 303)

    @router.post("/milestones/remove", dependencies=[needs(Role.CODER)])
    def take_off(
        request: Request, name: Annotated[str, Form()] = "", back: Annotated[str, Form()] = ""
    ) -> Response:
        remove(kept, name, coder_of(request))
        return RedirectResponse(back_to(back, "/timeline") + "#milestones", 303)

    return router
