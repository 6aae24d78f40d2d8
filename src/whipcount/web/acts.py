"""What one person did to a record, newest first, each act with the statement or document that it was done to."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from whipcount.errors import UsageError
from whipcount.record import Record
from whipcount.record.acts import Act
from whipcount.web.addresses import link
from whipcount.web.pages import View, page
from whipcount.web.reader import statement_address
from whipcount.web.words import N_, counted, gettext, ngettext, told

WORDS = {"accept": N_("accepted"), "correct": N_("corrected"), "reject": N_("rejected"), "add": N_("added")}
"""Acts on statements and documents that are counted, and what is printed for them."""

SHOWN = 500
"""Acts, the newest, on one page."""


def routes(kept: Record) -> APIRouter:
    """The list of what a coder did."""
    router = APIRouter()

    @router.get("/acts")
    @router.get("/acts.json")
    def acts(request: Request, coder: str = "", act: str = "") -> Response:
        return page(request, "acts.html", acts_view(kept, coder, act))

    return router


def standing(kept: Record, coder: str | None = None) -> list[Act]:
    """The acts that are counted and were not taken back, newest first."""
    return [act for act in kept.history(coder=coder, limit=None) if act.act in WORDS and not act.undone]


def acts_view(kept: Record, coder: str, act: str = "") -> View:
    """The acts of a coder, of one kind or of all kinds the latest on each statement.

    UsageError if there is no such coder or kind.
    """
    if act and act not in WORDS:
        raise UsageError(f"act={act[:40]!r}: say one of {', '.join(WORDS)}")
    if coder not in {known.name for known in kept.coders() if not known.is_model}:
        raise UsageError(f"coder={coder[:60]!r}: nobody of that name has done anything here")
    found = [done for done in standing(kept, coder) if done.act == act or (not act and done.statement)]
    if not act:
        found = list({done.statement: done for done in reversed(found)}.values())[::-1]
    rows = _rows(kept, found[:SHOWN])
    shown = {"coder": coder, "act": act, "word": gettext(WORDS[act]) if act in WORDS else gettext("judged"), "rows": rows, "number": len(found),
             "of": _of(found)}  # fmt: skip
    data = [
        {"act": d.act, "made": d.made, "statement": d.statement, "document": d.document, "fields": d.fields}
        for d in found
    ]
    return View(shown, {"coder": coder, "act": act or None, "acts": data})


def _of(found: Sequence[Act]) -> str:
    """What the acts were done to, in words."""
    statements = sum(bool(act.statement) for act in found)
    documents = len(found) - statements
    on = ngettext("{number} document", "{number} documents", documents).format(number=documents)
    if statements and documents:
        return told("{some} and {others}", some=counted(statements), others=on)
    return counted(statements) if statements else on if documents else gettext("nothing")


def _rows(kept: Record, found: Sequence[Act]) -> list[tuple[Act, str, str, str]]:
    """Each act with what is printed for it, the words or the document it was done to, and where those are."""
    entries = kept.named({done.statement for done in found if done.statement})
    documents = {id: kept.document(id) for id in {entry.document for entry in entries.values()}}
    rows = []
    for done in found:
        if done.statement:
            entry = entries[done.statement]
            words = documents[entry.document].words(entry.statement.content) or done.statement
            rows.append((done, gettext(WORDS[done.act]), words, statement_address(entry)))
        else:
            id = done.document or ""
            rows.append((done, gettext(WORDS[done.act]), id, link("/documents/" + quote(id, safe=""))))
    return rows
