"""Who works on a project: its members and their roles, who codes what, how far they agree, and settling where not."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from whipcount.analysis.agreement import FIELDS, Unit, agreement, disagreements, taking
from whipcount.errors import UsageError
from whipcount.model import Coder, Entry, Status
from whipcount.record import Record
from whipcount.record.accounts import Accounts, Role
from whipcount.record.values import plain
from whipcount.web.acts import standing
from whipcount.web.addresses import link
from whipcount.web.pages import View, page, rendered
from whipcount.web.present import columns_of, condition_labels
from whipcount.web.reader import STATUSES, statement_address
from whipcount.web.review import ONCE
from whipcount.web.visitors import coder_of, needs
from whipcount.web.words import N_, STANCES, gettext, stance

MEASURES = {"percent": N_("Equal"), "alpha": "Krippendorff's α", "kappa": "Cohen's κ"}
"""Measures of agreement on a field, in the order of their columns."""

WORDS = {"f1-exact": N_("the same words"), "f1-overlap": N_("overlapping words"), "f1-characters": N_("by characters")}
"""Measures of agreement on which words are a statement."""


def routes(kept: Record, name: str, accounts: Accounts | None) -> APIRouter:
    """Coders and members, agreement, and adjudication."""
    router = APIRouter()

    @router.get("/coders")
    @router.get("/coders.json")
    def coders(request: Request) -> Response:
        return page(request, "coders.html", coders_view(kept, name, accounts))

    @router.post("/coders/assign", dependencies=[needs(Role.ADJUDICATOR)])
    async def assign(request: Request) -> Response:
        form = await request.form()
        await run_in_threadpool(hand_out, kept, form, coder_of(request))
        return RedirectResponse(link("/coders"), 303)

    @router.post("/members", dependencies=[needs(Role.ADMIN)])
    def change_member(
        request: Request, member: Annotated[str, Form()] = "", role: Annotated[str, Form()] = ""
    ) -> Response:
        if accounts is None:
            raise UsageError("there are no accounts here: one user works alone on this machine")
        member = " ".join(member.split())
        rank = None if role == "none" else Role.named(role)
        made = accounts.add(member) if rank is not None and not accounts.exists(member) else None
        if rank is None and member not in accounts.members(name):
            raise UsageError(f"{member[:60]}: is no member of this project")
        accounts.set_role(member, name, rank)
        if made is None:
            return RedirectResponse(link("/coders"), 303)
        view = coders_view(kept, name, accounts)
        return rendered(request, "coders.html", {**view.shown, "made": (member, made)})

    @router.get("/agreement")
    @router.get("/agreement.json")
    def agree(request: Request) -> Response:
        return page(request, "agreement.html", agreement_view(kept, request.query_params.getlist("coder")))

    @router.get("/adjudicate")
    @router.get("/adjudicate.json")
    def adjudicate(request: Request, unit: int = 1) -> Response:
        return page(request, "adjudicate.html", adjudication_view(kept, request.query_params.getlist("coder"), unit))

    @router.post("/adjudicate", dependencies=[needs(Role.ADJUDICATOR)])
    async def settle(request: Request) -> Response:
        form = await request.form()
        await run_in_threadpool(settled, kept, form, coder_of(request))
        who = [str(coder) for coder in form.getlist("coder")]
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"done": True})
        return RedirectResponse(link("/adjudicate", coder=who), 303)

    return router


def people_of(kept: Record, name: str, accounts: Accounts | None) -> list[str]:
    """Everybody who codes here or may: people in the record, then members with the role."""
    found = {coder.name: None for coder in kept.coders() if not coder.is_model}
    for member, role in (accounts.members(name) if accounts else {}).items():
        if role >= Role.CODER:
            found[member] = None
    return list(found)


def coders_view(kept: Record, name: str, accounts: Accounts | None) -> View:
    """Members, what each coder has done, and which documents are handed to whom."""
    members = accounts.members(name) if accounts else {}
    assigned = kept.assignments()
    judged: dict[str, set[str]] = defaultdict(set)
    acts: dict[str, Counter[str]] = defaultdict(Counter)
    for act in standing(kept):
        acts[act.coder.name][act.act] += 1
        if act.statement:
            judged[act.coder.name].add(act.statement)
    rows = []
    for coder in people_of(kept, name, accounts):
        mine = [each for each in assigned if each.coder == coder]
        role = members.get(coder)
        rows.append({
            "name": coder, "role": role.name.lower() if role else None, "statements": len(judged[coder]),
            "acts": dict(acts[coder]),
            "documents": len(mine), "done": sum(each.done for each in mine),
        })  # fmt: skip
    others = [{"name": member, "role": role.name.lower()} for member, role in members.items() if role < Role.CODER]
    documents = kept.documents()
    taken = {each.document for each in assigned}
    shown = {
        "rows": rows,
        "others": others,
        "accounts": accounts is not None,
        "roles": [role.name.lower() for role in Role],
        "documents": len(documents),
        "free": sum(document.id not in taken for document in documents),
        "assigned": assigned,
        "made": None,
    }
    data = {
        "coders": rows,
        "readers": others,
        "assignments": [
            {"document": a.document, "coder": a.coder, "blind": a.blind, "suggestions": a.suggestions, "done": a.done}
            for a in assigned
        ],
    }
    return View(shown, data)


def hand_out(kept: Record, form: FormData, by: Coder) -> None:
    """Hand the next documents that nobody has to coders, the same ones to each; UsageError if that makes no sense."""
    to = [str(name) for name in form.getlist("coder") if name]
    number = str(form.get("number") or "")
    if not to:
        raise UsageError("choose who gets the documents")
    if not re.fullmatch(r"[1-9]\d{0,5}", number, re.ASCII):
        raise UsageError(f"{number[:20]!r}: say how many documents, from 1 on")
    taken = {each.document for each in kept.assignments()}
    ids = [document.id for document in kept.documents() if document.id not in taken][: int(number)]
    if not ids:
        raise UsageError("every document is handed out already")
    for name in to:
        kept.assign(ids, name, by, blind=bool(form.get("blind")), suggestions=bool(form.get("suggestions")))


def _codings(kept: Record, who: Sequence[str]) -> dict[str, list[Entry]]:
    known = {coder.name for coder in kept.coders() if not coder.is_model}
    for name in who:
        if name not in known:
            raise UsageError(f"{name[:60]}: has coded nothing here; the page of coders lists who has")
    return {name: kept.codings(name) for name in who}


def agreement_view(kept: Record, who: Sequence[str]) -> View:
    """How far coders agree on each field, and on how many statements they do not."""
    known = [coder.name for coder in kept.coders() if not coder.is_model]
    who = list(dict.fromkeys(who)) or known[:2]
    shown: dict[str, Any] = {"known": known, "who": who, "measures": MEASURES, "fields": [], "spans": [], "open": 0}
    if len(who) < 2:
        return View({**shown, "words": gettext("Agreement is between two coders or more; so far fewer have coded here.")}, {})
    codings = _codings(kept, who)
    try:
        found = agreement(codings)
    except UsageError as error:
        return View({**shown, "words": str(error)}, {"coders": who, "agreement": []})
    table: dict[str, dict[str, Any]] = {}
    for each in found:
        if each.field != "spans" and (each.measure != "kappa" or len(who) == 2):
            table.setdefault(each.field, {})[each.measure] = each
    data = [
        {"field": e.field, "measure": e.measure, "coders": list(e.coders), "value": e.value, "low": e.low,
         "high": e.high, "units": e.units, "documents": e.documents}
        for e in found
    ]  # fmt: skip
    shown |= {
        "words": None,
        "fields": list(table.items()),
        "spans": [(WORDS.get(each.measure, each.measure), each) for each in found if each.field == "spans"],
        "open": len(unsettled(kept, codings)),
    }
    return View(shown, {"coders": who, "agreement": data})


def unsettled(kept: Record, codings: dict[str, list[Entry]]) -> list[Unit]:
    """The units on which coders differ and nobody has decided."""
    settled = {act.statement for act in kept.history(limit=None) if act.settles and not act.undone}
    return [unit for unit in disagreements(codings) if not {entry.key for entry in unit.values()} <= settled]


def adjudication_view(kept: Record, who: Sequence[str], number: int) -> View:
    """One statement as several coders coded it, side by side; `number` counts those not settled, from 1."""
    known = [coder.name for coder in kept.coders() if not coder.is_model]
    who = list(dict.fromkeys(who)) or known[:2]
    shown: dict[str, Any] = {"who": who, "number": number, "total": 0, "columns": [], "fields": []}
    if len(who) < 2:
        return View(shown, {"coders": who, "left": 0})
    units = unsettled(kept, _codings(kept, who))
    shown["total"] = len(units)
    if not units:
        return View(shown, {"coders": who, "left": 0})
    number = shown["number"] = min(max(number, 1), len(units))
    unit = units[number - 1]
    first = next(iter(unit.values()))
    document, codebook = kept.document(first.document), kept.codebook()
    labels = {column.id: column.label for column in columns_of((), codebook)}
    labels |= {**condition_labels(codebook), **{name: stance(name) for name in STANCES}}
    columns: list[dict[str, Any]] = []
    for coder in who:
        entry = unit.get(coder)
        columns.append({
            "coder": coder,
            "entry": entry,
            "rejected": entry is not None and entry.status == Status.REJECTED,
            "words": document.words(entry.statement.content) if entry else "",
            "href": statement_address(entry) if entry else None,
        })  # fmt: skip
    fields = []
    for name in FIELDS:
        values = [_shown(getattr(c["entry"].statement, name), labels) if c["entry"] else None for c in columns]
        given = {value for value in values if value is not None}
        fields.append({"name": name, "values": values, "differs": len(given) > 1})
    start = min((s for e in unit.values() for s, _ in e.statement.content), default=0)
    end = max((e_ for e in unit.values() for _, e_ in e.statement.content), default=start)
    shown |= {
        "columns": columns,
        "fields": fields,
        "document": document,
        "before": document.text[max(0, start - 240) : start],
        "within": document.text[start:end],
        "after": document.text[end : end + 160],
        "keys": [entry.key for entry in unit.values()],
        "statuses": STATUSES,
    }
    data = {
        "coders": who,
        "left": len(units),
        "document": document.id,
        "codings": {c: {**plain(e.statement), "key": e.key, "status": str(e.status)} for c, e in unit.items()},
    }
    return View(shown, data)


def _shown(value: Any, labels: Mapping[str, str]) -> str:
    if isinstance(value, tuple):
        return "; ".join(labels.get(part, part) for part in value) or "none"
    return "none" if value is None else labels.get(str(value), str(value))


def settled(kept: Record, form: FormData, by: Coder) -> None:
    """Decide a unit: one coder's version, with single fields of others where the form says so, or that it is none.

    UsageError if the unit has changed since it was shown.
    """
    who = [str(coder) for coder in form.getlist("coder")]
    keys = {str(key) for key in form.getlist("key")}
    given = str(form.get("once") or "")
    once = f"{by.name}:{given}" if ONCE.match(given) else None
    if once and kept.done_once(once):
        return
    units = [unit for unit in disagreements(_codings(kept, who)) if {entry.key for entry in unit.values()} == keys]
    if not units:
        raise UsageError("this statement has changed since it was shown; look at it again")
    unit, taken = units[0], str(form.get("take") or "")
    if taken == "none":
        kept.review_all([(key, "reject", {}) for key in sorted(keys)], by, settles=True, once=once)
        return
    if taken not in unit:
        raise UsageError(f"{taken[:60] or 'nobody'}: has not coded this statement; choose one of {', '.join(unit)}")
    judgements = taking(unit, taken)
    key, verdict, fields = judgements[0]
    for name in FIELDS:
        other = unit.get(str(form.get(f"field-{name}") or ""))
        if other is not None and verdict == "correct":
            fields = {**fields, name: plain(other.statement)[name]}
    kept.review_all([(key, verdict, fields), *judgements[1:]], by, settles=True, once=once)
