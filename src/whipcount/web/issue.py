"""The issue and its cast: the codebook and the project's own actors, shown and edited with the checks of the files."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from whipcount.coding.codebook import parse, written
from whipcount.errors import InputError
from whipcount.model import Codebook
from whipcount.record import Record
from whipcount.record.accounts import Role
from whipcount.record.values import plain
from whipcount.web import cast
from whipcount.web.addresses import link
from whipcount.web.pages import View, page, rendered
from whipcount.web.visitors import coder_of, needs

EMPTY = """name: my-debate
title: What the debate is about
options:
  - id: first-option
    label: One proposition that actors take sides on
    definition: What counts as being for it, and what does not
conditions:
  - id: first-condition
    label: a state of the world that a position may depend on
"""
"""What a new codebook begins with."""


def routes(kept: Record) -> APIRouter:
    """The pages of codebook and actors."""
    router = APIRouter()

    @router.get("/codebook")
    @router.get("/codebook.json")
    def codebook(request: Request) -> Response:
        return page(request, "codebook.html", codebook_view(kept))

    @router.get("/codebook.yaml")
    def codebook_file() -> Response:
        held = kept.codebook()
        headers = {"content-disposition": 'attachment; filename="codebook.yaml"'}
        return PlainTextResponse(written(held) if held else EMPTY, headers=headers, media_type="application/yaml")

    @router.post("/codebook", dependencies=[needs(Role.ADMIN)])
    def change_codebook(request: Request, text: Annotated[str, Form()] = "") -> Response:
        try:
            kept.add_codebook(parse(_lines(text), "codebook"))
        except InputError as error:
            view = codebook_view(kept)
            return rendered(request, "codebook.html", {**view.shown, "text": text, "words": str(error)}, 422)
        return RedirectResponse(link("/codebook"), 303)

    @router.get("/actors")
    @router.get("/actors.json")
    def actors(request: Request) -> Response:
        return page(request, "actors.html", actors_view(kept))

    @router.post("/actors", dependencies=[needs(Role.ADMIN)])
    def change_actors(
        request: Request,
        actors: Annotated[str, Form()] = "",
        people: Annotated[str, Form()] = "",
    ) -> Response:
        texts = dict(zip(cast.FILES, (_lines(actors), _lines(people)), strict=True))
        try:
            cast.check(texts)
        except InputError as error:
            view = actors_view(kept)
            return rendered(request, "actors.html", {**view.shown, "own": texts, "words": str(error)}, 422)
        kept.define_all([(cast.KIND, name, text or None) for name, text in texts.items()], coder_of(request))
        return RedirectResponse(link("/actors"), 303)

    return router



def _lines(text: str) -> str:
    """A form's text with plain line ends, as a file has them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def codebook_view(kept: Record) -> View:
    """The codebook, with how often each option and condition was said."""
    book: Codebook | None = kept.codebook()
    entries = kept.entries()
    said = Counter(entry.statement.option for entry in entries)
    named = Counter(condition for entry in entries for condition in entry.statement.conditions)
    shown = {
        "book": book,
        "said": said,
        "named": named,
        "text": written(book) if book else EMPTY,
        "words": None,
        "strange": sorted({o for o in said if o and (not book or o not in {x.id for x in book.options})}),
    }
    return View(shown, plain(book) if book else {})


def actors_view(kept: Record) -> View:
    """The actors that statements speak for, with the ids by which they are known, and the project's own files."""
    known = cast.actors_of(kept)
    spoken: Counter[str] = Counter()
    ids: dict[str, str | None] = {}
    for entry in kept.entries():
        name = entry.statement.speaks_for
        if name:
            spoken[name] += 1
            ids[name] = entry.statement.actor_id or ids.get(name)
    rows: list[dict[str, Any]] = []
    for name, number in sorted(spoken.items(), key=lambda item: (-item[1], item[0])):
        actor = known.find(name)
        rows.append({
            "name": name, "id": ids[name], "statements": number, "kind": str(actor.kind) if actor else None,
            "members": len(actor.members) if actor else 0,
        })  # fmt: skip
    shown = {"rows": rows, "own": cast.own_files(kept), "files": cast.FILES, "words": None, "known": len(known.every())}
    return View(shown, {"actors": rows, "own": cast.own_files(kept)})
