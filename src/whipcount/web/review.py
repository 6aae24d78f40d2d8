"""Working on statements: judging, correcting, splitting, merging, adding, notes, undo, and what to look at next."""

from __future__ import annotations

import dataclasses
import re
import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from whipcount.errors import UsageError
from whipcount.model import Attribution, Coder, Entry, QuoteType, Span, Spans, SpeakerKind, Statement, Voice
from whipcount.record import Record
from whipcount.record.accounts import Role
from whipcount.record.acts import Act
from whipcount.record.store import CORRECTABLE
from whipcount.web.addresses import back_to, link
from whipcount.web.cast import actors_of
from whipcount.web.pages import View, page
from whipcount.web.reader import statement_address
from whipcount.web.views import evidence
from whipcount.web.visitors import coder_of, needs

SHOWN = 50
"""Statements of the queue on its page."""

FRESH = 60.0
"""Seconds for which the order of a queue is kept; what was judged meanwhile is passed over."""

ONCE = re.compile(r"[0-9A-Za-z-]{8,64}\Z")

PLACES = ("content", "source", "cue")
"""Fields that are places in the text, chosen by selecting words."""

NOTE = "note"
"""Under which a record holds remarks on statements, by their keys."""


def routes(kept: Record) -> APIRouter:
    """The queue, and the address to which every act on a statement is sent."""
    router = APIRouter()
    queue = Queue(kept)

    @router.get("/review")
    @router.get("/review.json")
    def overview(request: Request) -> Response:
        return page(request, "queue.html", queue_view(kept, queue, coder_of(request).name))

    @router.get("/review/next")
    @router.get("/review/next.json")
    def least_certain(request: Request, after: str | None = None) -> Response:
        entry = queue.next(coder_of(request).name, after)
        href = statement_address(entry, queue=1) if entry else None
        if request.url.path.endswith(".json"):
            return JSONResponse({"key": entry.key if entry else None, "href": href})
        return RedirectResponse(href or link("/review"), 303)

    @router.post("/acts", dependencies=[needs(Role.CODER)])
    async def act(request: Request) -> Response:
        form = await request.form()
        return await _in_thread(lambda: _act(kept, queue, request, form))

    return router


async def _in_thread(work: Any) -> Response:
    from starlette.concurrency import run_in_threadpool

    return cast(Response, await run_in_threadpool(work))


def _act(kept: Record, queue: Queue, request: Request, form: FormData) -> Response:
    coder = coder_of(request)
    entry = perform(kept, form, coder)
    queue.seen(coder.name, str(form.get("key") or ""), str(form.get("act")))
    href = statement_address(entry) if entry else None
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"done": True, "key": entry.key if entry else None, "href": href})
    return RedirectResponse(href or back_to(str(form.get("back") or ""), "/review"), 303)


def perform(kept: Record, form: FormData, coder: Coder) -> Entry | None:
    """Do what a form asks for, once however often it is sent; the statement to look at then, if there is one.

    UsageError, in one line, for what makes no sense; then nothing has been done.
    """
    act, key = str(form.get("act") or ""), str(form.get("key") or "")
    given = str(form.get("once") or "")
    once = f"{coder.name}:{given}" if ONCE.match(given) else None
    if once and (done := kept.done_once(once)):
        return _statement_of(kept, done[-1] if act in ("add", "split") else done[0], coder)
    match act:
        case "accept" | "reject":
            kept.review(key, act, {}, coder, once=once)
        case "correct":
            entry = kept.entry(key, coder.name)
            kept.review(key, "correct", corrections(kept, form, entry), coder, once=once)
        case "note":
            kept.entry(key, coder.name)
            words = " ".join(str(form.get("note") or "").split())[:2000]
            kept.define(NOTE, key, words or None, coder, once=once)
        case "split":
            key = split(kept, kept.entry(key, coder.name), _number(form.get("at")), coder, once)
        case "merge":
            merge(kept, kept.entry(key, coder.name), kept.entry(str(form.get("with") or ""), coder.name), coder, once)
        case "add":
            key = add(kept, str(form.get("document") or ""), spans(form.get("content")), coder, once)
        case "finish":
            kept.finish(str(form.get("document") or ""), coder, once=once)
            return None
        case "undo" | "redo":
            return take_back(kept, coder, once, again=act == "redo")
        case _:
            raise UsageError(f"{act[:40]!r}: there is no such act")
    return kept.entry(key, coder.name)


def corrections(kept: Record, form: FormData, entry: Entry) -> dict[str, Any]:
    """The fields of a form that differ from what stands; UsageError if none does."""
    said, fields = entry.statement, cast(dict[str, Any], {})
    for name in CORRECTABLE:
        if name not in form:
            continue
        if name in PLACES:
            more = getattr(said, name) if form.get("more") else ()
            fields[name] = [list(span) for span in joined((*more, *spans(form.get(name))))]
        elif name in ("conditions", "chain"):
            fields[name] = [str(value) for value in form.getlist(name) if value]
        elif name != "variables":
            fields[name] = str(form[name]).strip()[:300] or None
    if "speaker" in fields and not fields["speaker"]:
        raise UsageError("a statement has a speaker; write who it is, or a description")
    if "speaks_for" in fields and "actor_id" not in fields:
        actor = actors_of(kept).find(fields["speaks_for"] or "")
        fields["actor_id"] = actor.id if actor else None
        fields["speaks_for"] = actor.name if actor else fields["speaks_for"]
    if fields.get("stance", "undecided") not in ("undecided", "conditional") and "lean" not in fields:
        fields["lean"] = None  # only a stance that is open leans
    held = {name: [list(s) for s in getattr(said, name)] for name in PLACES}
    held |= {name: list(getattr(said, name)) for name in ("conditions", "chain")}
    changed = {n: value for n, value in fields.items() if value != held.get(n, _word(getattr(said, n)))}
    if not changed:
        raise UsageError("nothing in it differs from what stands there already")
    return changed


def split(kept: Record, entry: Entry, at: int, coder: Coder, once: str | None) -> str:
    """Cut a statement's words in two at a place of the text; the key of the new statement, which has the latter part."""
    before = [(start, min(end, at)) for start, end in entry.statement.content if start < at]
    after = [(max(start, at), end) for start, end in entry.statement.content if end > at]
    text = kept.document(entry.document).text
    first, second = trimmed(text, before), trimmed(text, after)
    if not first or not second:
        raise UsageError(f"{entry.key}: cannot be split there; choose a word inside its content, not the first")
    added = dataclasses.replace(entry.statement, content=second, rationale=())
    fields = {"content": [list(span) for span in first]}
    made = kept.review_all([(entry.key, "correct", fields)], coder, once=once, adding=[(entry.document, added)])
    return next(act.statement for act in kept.history(coder=coder.name) if act.uid == made[-1]) or entry.key


def merge(kept: Record, entry: Entry, other: Entry, coder: Coder, once: str | None) -> None:
    """Make one statement of two of a document: the first has the words of both, the second is rejected."""
    if other.document != entry.document or other.key == entry.key:
        raise UsageError(f"{other.key}: cannot be merged with {entry.key}; choose two statements of one document")
    fields: dict[str, Any] = {}
    for name in PLACES:
        both = joined((*getattr(entry.statement, name), *getattr(other.statement, name)))
        if both != getattr(entry.statement, name):
            fields[name] = [list(span) for span in both]
    judged = [(entry.key, "correct", fields)] if fields else [(entry.key, "accept", fields)]
    kept.review_all([*judged, (other.key, "reject", {})], coder, once=once, note=f"merged into {entry.key}")  # type: ignore[list-item]


def add(kept: Record, document: str, content: Spans, coder: Coder, once: str | None) -> str:
    """Code words as a statement; speaker and source come from what was read or coded there. Its key."""
    if not content:
        raise UsageError("select the words of the statement first")
    text = kept.document(document).text
    content = trimmed(text, content)
    like = _nearest(content, [entry.statement for entry in kept.entries(document=document, seen_by=coder.name)])
    said = _nearest(content, kept.attributions(document))
    if like is not None:
        made = dataclasses.replace(like, content=content, option=None, stance=None, lean=None, conditions=(),
                                   condition_text=(), rationale=(), confidence=1.0)  # fmt: skip
    else:
        words = " ".join(text[start:end] for start, end in said.source) if said else ""
        made = Statement(
            id="new", content=content, source=said.source if said else (), cue=said.cue if said else (),
            quote_type=said.quote_type if said else QuoteType.INDIRECT, speaker=words or "not named",
            speaker_kind=SpeakerKind.PERSON if words else SpeakerKind.NARRATOR,
            voice=Voice.FIRST_HAND if words else Voice.NARRATED,
        )  # fmt: skip
    return kept.add_statement(document, made, coder, kept.codebook(), once=once)


def take_back(kept: Record, coder: Coder, once: str | None, again: bool = False) -> Entry | None:
    """Undo what the coder did last to a statement, or do again what was undone last; the statement, if there is one."""
    found = last_undone(kept, coder) if again else last_done(kept, coder)
    if found is None:
        raise UsageError(f"{coder.name}: there is nothing to {'redo' if again else 'undo'}")
    kept.undo(found.uid, coder, once=once)
    return _statement_of(kept, found, coder)


def _statement_of(kept: Record, act: Act, coder: Coder) -> Entry | None:
    """The statement that an act was about; None if it was about none, or about one that is no more."""
    key = act.statement or (act.name if act.kind == NOTE else None)
    try:
        return kept.entry(key, coder.name) if key else None
    except UsageError:
        return None


def last_done(kept: Record, coder: Coder) -> Act | None:
    """The coder's newest act on a statement that stands."""
    acts = kept.history(coder=coder.name, limit=500)
    return next((act for act in acts if _on_statement(act) and act.act != "undo" and not act.undone), None)


def last_undone(kept: Record, coder: Coder) -> Act | None:
    """The coder's newest undoing that stands, unless something else was done since."""
    for act in kept.history(coder=coder.name, limit=500):
        if not _on_statement(act) or (act.act != "undo" and act.undone):
            continue
        if act.act != "undo":
            return None
        if not act.undone and not _undoes_undo(kept, act, coder):
            return act
    return None


def _undoes_undo(kept: Record, act: Act, coder: Coder) -> bool:
    return any(other.uid == act.undoes and other.act == "undo" for other in kept.history(coder=coder.name, limit=500))


def _on_statement(act: Act) -> bool:
    return act.statement is not None or act.kind == NOTE


def spans(written: object) -> Spans:
    """Spans from "12-40,50-60"; UsageError if it is something else."""
    found = []
    for part in filter(None, str(written or "").split(",")):
        match = re.fullmatch(r"(\d{1,9})-(\d{1,9})", part.strip(), re.ASCII)
        if not match or int(match[1]) >= int(match[2]):
            raise UsageError(f"{part[:40]!r} is no stretch of text; write it as 12-40")
        found.append((int(match[1]), int(match[2])))
    return joined(found)


def joined(parts: Any) -> Spans:
    """Spans in order; those that touch or overlap become one."""
    found: list[Span] = []
    for start, end in sorted(parts):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)


def trimmed(text: str, parts: Any) -> Spans:
    """Spans without blanks at their ends, those that hold nothing else left out."""
    found = []
    for start, end in parts:
        words = text[start:end]
        left, right = len(words) - len(words.lstrip()), len(words.rstrip())
        if right > left:
            found.append((start + left, start + right))
    return tuple(found)


def _nearest(content: Spans, others: Any) -> Any:
    """The one of `others` whose content shares most characters with `content`; None if none shares any."""

    def shared(other: Statement | Attribution) -> int:
        return sum(max(0, min(b, d) - max(a, c)) for a, b in content for c, d in other.content)

    best = max(others, key=shared, default=None)
    return best if best is not None and shared(best) else None


def _word(value: object) -> str | None:
    return None if value is None else str(value)


def _number(value: object) -> int:
    if not re.fullmatch(r"\d{1,9}", str(value or ""), re.ASCII):
        raise UsageError(f"{str(value)[:40]!r} is no place in a text")
    return int(str(value))


@dataclasses.dataclass(slots=True)
class Order:
    """What waits for a coder, the least certain first, as it was at a time; what was judged since; and how many of
    which status there were."""

    made: float
    waiting: list[Entry]
    counts: Counter[str]
    done: set[str] = dataclasses.field(default_factory=set)


class Queue:
    """What each coder may look at next, the least certain first.  Its order is kept for a while; it is quick to ask."""

    def __init__(self, kept: Record) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._orders: dict[str, Order] = {}

    def order(self, coder: str, anew: bool = False) -> Order:
        """What waits for a coder, made anew if it is old or should be."""
        with self._lock:
            order = self._orders.get(coder)
            if order is None or anew or time.monotonic() - order.made > FRESH:
                every = self._kept.entries(seen_by=coder, rejected=True)
                counts = Counter(str(entry.status) for entry in every)
                order = self._orders[coder] = Order(time.monotonic(), self._kept.queue(coder), counts)
            return order

    def waiting(self, coder: str, anew: bool = False) -> list[Entry]:
        """The statements that wait for a coder."""
        order = self.order(coder, anew)
        return [entry for entry in order.waiting if entry.key not in order.done]

    def next(self, coder: str, after: str | None) -> Entry | None:
        """The least certain statement that waits, but for the one called `after`; None if none is left."""
        for anew in (False, True):
            for entry in self.waiting(coder, anew):
                if entry.key != after and self._waits(coder, entry):
                    return entry
        return None

    def _waits(self, coder: str, entry: Entry) -> bool:
        try:
            now = self._kept.entry(entry.key, coder)
        except UsageError:
            return False
        return now.status == entry.status and coder not in now.judges

    def seen(self, coder: str, key: str, act: str) -> None:
        """Note that a coder has acted on a statement."""
        with self._lock:
            if act in ("undo", "redo", "add", "split", "finish"):
                self._orders.pop(coder, None)
            elif act != "note" and coder in self._orders:
                self._orders[coder].done.add(key)


def queue_view(kept: Record, queue: Queue, coder: str) -> View:
    """What waits for a coder, what has been judged, and who has which documents."""
    order, waiting = queue.order(coder), queue.waiting(coder)
    counts = order.counts
    judged = counts.total() - counts["suggested"] - counts["coded"] + len(order.waiting) - len(waiting)
    rows = evidence(kept, waiting[:SHOWN])
    mine = kept.assignments(coder=coder)
    shown: Mapping[str, Any] = {
        "rows": [(row, statement_address(row.entry, queue=1)) for row in rows],
        "waiting": len(waiting),
        "judged": judged,
        "total": counts.total(),
        "assignments": mine,
        "coder": coder,
    }
    data = {
        "coder": coder,
        "waiting": len(waiting),
        "judged": judged,
        "total": counts.total(),
        "statements": [{**row.plain(), "href": statement_address(row.entry, queue=1)} for row in rows],
        "documents": [{"document": each.document, "done": each.done} for each in mine],
    }
    return View(dict(shown), data)
