"""Coders beside the one that reads: the one that learns from review, and a language model somewhere else."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whipcount.cli.count import RecordFile
from whipcount.cli.output import JSON, print_json, say
from whipcount.cli.review import Who, me

if TYPE_CHECKING:
    from whipcount.model import Codebook
    from whipcount.record import Record

FEWEST = 10
"""Judgements without which nothing is learnt."""


def learn(
    record: RecordFile,
    coder: Who = None,
    *,
    always: Annotated[bool, typer.Option("--always", help="Teach even where that does not seem to help.")] = False,
    json: JSON = False,
) -> int:
    """Teach the coder of a debate by what people judged, and have it code the record anew, as a new version.

    What people judged stands as they left it.  Before anything is kept, the judgements are held out in turn: the coder
    is only replaced if it agrees with them more often than before.
    """
    from whipcount.coding.learning import Remembering, Taught, benefit
    from whipcount.errors import UsageError
    from whipcount.record import Record
    from whipcount.record.lessons import code_anew, keep, lessons

    with Record.open(record) as store:
        issue = _issue(store)
        found = lessons(store, issue)
        if len(found) < FEWEST:
            raise UsageError(
                f"{record}: {len(found)} utterances were judged, {FEWEST} are needed; judge what "
                f"`whipcount review {record}` lists first"
            )
        encoder = Remembering()
        before, after = benefit(found, issue, encoder)
        report = {"judged": len(found), "right_before": round(before, 3), "right_after": round(after, 3)}
        told = f"{len(found)} judged utterances, each held out in turn: right in {before:.0%} before, {after:.0%} after"
        if after <= before and not always:
            say(f"{told}; the coder stays as it is (--always teaches it all the same)")
            if json:
                print_json({**report, "taught": False})
            return 0
        taught = Taught(found, issue, encoder)
        keep(store, issue, found, me(coder))
        statements, changed = code_anew(store, issue, taught)
    say(told)
    say(f"{record}: {statements} statements coded anew by a coder {taught.version}, {changed} came out otherwise")
    if json:
        print_json({**report, "taught": True, "version": taught.version, "statements": statements, "changed": changed})
    return 0


def consult(
    record: RecordFile,
    url: Annotated[str, typer.Option("--url", help="Address, such as http://localhost:11434/v1.")],
    model: Annotated[str, typer.Option("--model", help="Name of the model there.")],
    *,
    document: Annotated[list[str] | None, typer.Option(help="Only this document (id). Repeatable.")] = None,
    key: Annotated[str, typer.Option("--key", metavar="VARIABLE", help="Environment variable that holds the key.")] = (
        "WHIPCOUNT_LLM_KEY"
    ),
    batch: Annotated[int, typer.Option(min=1, max=50, help="Utterances asked about together.")] = 8,
    per_minute: Annotated[float, typer.Option(min=0.1, help="Requests a minute, at most.")] = 60.0,
    tokens: Annotated[int, typer.Option(min=1, help="Tokens in and out, at most.")] = 2_000_000,
    cost: Annotated[float | None, typer.Option(min=0, help="Cost, at most; needs --price.")] = None,
    price: Annotated[tuple[float, float], typer.Option(help="Per million tokens in, and out.")] = (0.0, 0.0),
    cache: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Answers given before; else none are kept.")
    ] = None,
    json: JSON = False,
) -> int:
    """Have a language model at an OpenAI-compatible address code what was read: one more coder, to compare with.

    Nothing is sent anywhere but by this command: the sentences of each utterance and the codebook go to the address.
    What the model codes does not count (`whipcount statements --coder`, `whipcount agreement --coder`) and shows where
    a judgement is worth most.  Codes whose evidence is not in the document are refused.
    """
    from whipcount.coding.endpoint import Endpoint, Limits, Spent
    from whipcount.coding.llm import LanguageModelCoder
    from whipcount.errors import InputError, UsageError
    from whipcount.record import Record
    from whipcount.record.lessons import untaught

    if cost is not None and not any(price):
        raise UsageError("--cost needs --price, the price of a million tokens in and of a million out")
    endpoint = Endpoint(url, model, os.environ.get(key) or None, Limits(per_minute, tokens, cost, price), cache)
    coder = LanguageModelCoder(endpoint, batch)
    read = known = 0
    failed = ""
    with Record.open(record) as store:
        issue = _issue(store)
        readings = store.readings(issue, untaught)
        if not readings:
            raise UsageError(f"{record}: nothing was read with its codebook yet; `whipcount read` comes first")
        say(f"what is said in {len(document or readings)} documents goes to {endpoint.host}, with the codebook")
        for _, reading in readings:
            if document and reading.document.id not in document:
                continue
            if store.has(reading.document.sha256, coder.coder, issue):
                known += 1
                continue
            try:
                coded = coder.code(reading.document, reading.statements, issue)
            except (InputError, Spent) as error:
                failed = str(error)
                break
            store.add(reading.document, reading.attributions, coded, coder.coder, issue)
            read += 1
    spent, tally = endpoint.spending, coder.tally
    if failed:
        say(f"{failed}; the same command goes on from here")
    say(
        f"{record}: {read} documents coded by {coder.coder.name}, {known} before; {tally.sent} utterances sent, "
        f"{tally.withheld} withheld because they address a program, {tally.kept} codes kept, {tally.refused} refused"
    )
    used = (
        f"{spent.requests} requests, {spent.cached} answers from the cache, {spent.tokens_in + spent.tokens_out} tokens"
    )
    say(used + (f", cost {spent.cost(endpoint.limits):.4f}" if any(price) else ""))
    if json:
        print_json({"coder": coder.coder.name, "documents": read, "known": known, **asdict(tally), **asdict(spent)})
    return 1 if failed else 0


def _issue(store: Record) -> Codebook:
    from whipcount.errors import UsageError

    issue = store.codebook()
    if issue is None:
        raise UsageError(f"{store.where}: has no codebook; read into it with --codebook first")
    return issue
