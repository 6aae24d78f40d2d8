"""The pages that show what the record holds and change nothing in it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from whipcount.record import Record
from whipcount.web import verdicts as court
from whipcount.web import views
from whipcount.web.pages import page


def routes(kept: Record) -> APIRouter:
    """Board, statements, timeline and verdicts of a record, each with its twin as JSON."""
    router = APIRouter()

    @router.get("/")
    @router.get("/board.json")
    def board(request: Request, at: str | None = None) -> Response:
        return page(request, "board.html", views.board_view(kept, at))

    @router.get("/statements")
    @router.get("/statements.json")
    def statements(request: Request) -> Response:
        return page(request, "statements.html", views.statements_view(kept, request.query_params))

    @router.get("/timeline")
    @router.get("/timeline.json")
    def timeline(request: Request, option: str | None = None, at: str | None = None) -> Response:
        return page(request, "timeline.html", views.timeline_view(kept, option, at))

    @router.get("/verdicts")
    @router.get("/verdicts.json")
    def verdicts(request: Request, at: str | None = None) -> Response:
        asked = request.query_params
        if asked.get("institution") and asked.get("option"):
            found = court.verdict_view(kept, asked["institution"], asked["option"], at, asked.getlist("assume"))
            return page(request, "verdict.html", found)
        return page(request, "verdicts.html", court.verdicts_view(kept, at))

    @router.get("/verdicts/{institution}/{option:path}")
    def verdict(request: Request, institution: str, option: str, at: str | None = None) -> Response:
        assumed = request.query_params.getlist("assume")
        name = option.removesuffix(".json")
        return page(request, "verdict.html", court.verdict_view(kept, institution, name, at, assumed))

    return router
