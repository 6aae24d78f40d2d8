"""The pages that show what the record holds and change nothing in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup
from starlette.datastructures import QueryParams

from whipcount.errors import UsageError
from whipcount.record import Record
from whipcount.web import ask as asking
from whipcount.web import coalitions as camps
from whipcount.web import export, timelines, views
from whipcount.web import report as reports
from whipcount.web import sources as origins
from whipcount.web import verdicts as court
from whipcount.web.pages import page
from whipcount.web.tables import csv_text


def routes(kept: Record) -> APIRouter:
    """Board, statements, timeline and verdicts of a record, each with its twin as JSON."""
    router = APIRouter()

    @router.get("/")
    @router.get("/board.json")
    def board(
        request: Request, at: str | None = None, by: str = "", sort: str = "", every: str | None = None
    ) -> Response:
        return page(request, "board.html", views.board_view(kept, at, by, sort, bool(every)))

    @router.get("/statements")
    @router.get("/statements.json")
    def statements(request: Request) -> Response:
        return page(request, "statements.html", views.statements_view(kept, request.query_params))

    @router.get("/timeline")
    @router.get("/timeline.json")
    def timeline(
        request: Request, option: str | None = None, actor: str | None = None, at: str | None = None
    ) -> Response:
        return page(request, "timeline.html", timelines.timeline_view(kept, option, actor, at))

    @router.get("/verdicts")
    @router.get("/verdicts.json")
    def verdicts(request: Request, at: str | None = None) -> Response:
        asked = request.query_params
        if asked.get("institution") and asked.get("option"):
            found = court.verdict_view(kept, asked["institution"], asked["option"], at, asked.getlist("assume"))
            return page(request, "verdict.html", found)
        return page(request, "verdicts.html", court.verdicts_view(kept, at, asked.getlist("assume")))

    @router.get("/verdicts/{institution}/{option:path}")
    def verdict(
        request: Request, institution: str, option: str, at: str | None = None, view: str = "seats"
    ) -> Response:
        assumed = request.query_params.getlist("assume")
        name = option.removesuffix(".json")
        return page(request, "verdict.html", court.verdict_view(kept, institution, name, at, assumed, view))

    @router.get("/coalitions")
    @router.get("/coalitions.json")
    def coalitions(request: Request, at: str | None = None, least: str | None = None, bloc: str = "") -> Response:
        return page(request, "coalitions.html", camps.coalitions_view(kept, at, least, bloc))

    @router.get("/sources")
    @router.get("/sources.json")
    def sources(request: Request) -> Response:
        return page(request, "sources.html", origins.sources_view(kept))

    @router.get("/ask")
    @router.get("/ask.json")
    def ask(request: Request, q: str = "") -> Response:
        return page(request, "ask.html", asking.ask_view(kept, q))

    @router.get("/report")
    @router.get("/report.json")
    def chosen(request: Request, at: str | None = None) -> Response:
        asked = request.query_params
        return page(
            request, "choose.html", reports.report_view(kept, at, asked.getlist("option"), asked.getlist("part"))
        )

    @router.get("/report.{format}")
    def report(request: Request, format: str, at: str | None = None) -> Response:
        asked = request.query_params
        chosen = {"at": at, "options": asked.getlist("option"), "parts": asked.getlist("part") or tuple(reports.PARTS)}
        headers = {"content-disposition": f'attachment; filename="report.{format}"'}
        if format == "html":
            return Response(reports.report_html(kept, **chosen), media_type="text/html; charset=utf-8", headers=headers)
        if format == "pdf":
            return Response(reports.report_pdf(kept, **chosen), media_type="application/pdf", headers=headers)
        raise UsageError(f"report.{format[:8]}: a report is HTML or PDF")

    @router.get("/charts/{name}.{format}")
    def chart(request: Request, name: str, format: str) -> Response:
        if name not in CHARTS or format not in export.FORMATS:
            raise UsageError(
                f"{name[:40]}.{format[:8]}: no such chart; {', '.join(CHARTS)} are there as svg, png and csv"
            )
        drawn, title, rows = CHARTS[name](kept, request.query_params)
        given: str | bytes
        if format == "csv":
            given = csv_text(list(dict.fromkeys(name for row in rows for name in row)), rows)
        else:
            if drawn is None:
                raise UsageError(f"{name}: there is nothing to draw")
            given = svg = export.standalone(drawn, title)
            if format == "png":
                given = export.png(svg)
        headers = {"content-disposition": f'attachment; filename="{name}.{format}"'}
        return Response(given, media_type=export.FORMATS[format], headers=headers)

    return router


Chart = tuple[Markup | None, str, list[dict[str, Any]]]
"""A chart (None: nothing to draw), its title, and its figures as rows."""

CHARTS: dict[str, Callable[[Record, QueryParams], Chart]] = {
    "board": lambda kept, asked: views.board_chart(kept, asked.get("at"), asked.get("by", ""), asked.get("sort", "")),
    "timeline": lambda kept, asked: timelines.chart_for(kept, asked.get("option"), asked.get("actor"), asked.get("at")),
    "verdict": lambda kept, asked: court.chart_of(
        kept, asked.get("institution", ""), asked.get("option", ""), asked.get("at"), asked.getlist("assume"),
        asked.get("view", "seats"),
    ),
    "waits": lambda kept, asked: court.waits_of(kept, asked.get("at"), asked.getlist("assume")),
    "network": lambda kept, asked: camps.network_of(kept, asked.get("at"), asked.get("least")),
    "sources": lambda kept, asked: origins.chart_for(kept),
    "cohesion": lambda kept, asked: camps.cohesion_of(kept, asked.get("at"), asked.get("bloc", "")),
}  # fmt: skip
"""The charts that can be downloaded, by the name in their address; the query is that of their page."""
