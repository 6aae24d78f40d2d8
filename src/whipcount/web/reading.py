"""The documents of a record, and each with its statements beside it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from whipcount.errors import UsageError
from whipcount.record import Record
from whipcount.web import views
from whipcount.web.pages import page, rendered, twin
from whipcount.web.reader import reader_view
from whipcount.web.visitors import visitor_of


def routes(kept: Record) -> APIRouter:
    """The list of documents, and the Reader."""
    router = APIRouter()

    @router.get("/documents")
    @router.get("/documents.json")
    def documents(request: Request) -> Response:
        return page(request, "documents.html", views.documents_view(kept, request.query_params.get("page")))

    @router.get("/documents/{id:path}")
    def document(request: Request, id: str, statement: str | None = None, queue: bool = False) -> Response:
        visitor = visitor_of(request)
        coder = visitor.name if visitor else ""
        try:
            found = reader_view(kept, id, statement, coder, queue)
        except UsageError:
            if not id.endswith(".json"):
                raise
            return JSONResponse(reader_view(kept, id.removesuffix(".json"), statement, coder).data)
        # The document's own id may end in .json: then its page is at that address, and its data one .json further.
        return rendered(request, "reader.html", {**found.shown, "twin": twin(request)})

    return router
