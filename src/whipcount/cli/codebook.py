"""Looking after codebooks and actor files: a template to fill in, and what is wrong with a file, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whipcount.cli.output import say

codebook = typer.Typer(help="Start a codebook, have one suggested, or check one.", no_args_is_help=True)
actors = typer.Typer(help="Check a file of further actors.", no_args_is_help=True)

TEMPLATE = """\
# A codebook says what is negotiated.  Options are propositions that actors take sides on, worded as positive sentences:
# "opposes" always means opposes this wording.  Remove the examples in angle brackets, keep the names of the fields.
name: {name}
title: {title}

options:
- id: first-option            # short, small letters and hyphens; it stands in every table
  label: <One positive sentence, e.g. "The committee adopts the budget">
  definition: <What exactly counts as this option, in one or two sentences.>
  include: ["<wordings that count>"]
  exclude: ["<what looks like it and is something else>"]
  paraphrases:                # how speakers put it, for and against; three to five
  - <in favour of the budget>
  - <no to this budget>
- id: second-option
  label: <Another proposition>
  definition: <What counts as it.>

conditions:                   # states of the world that a position may depend on; leave out if there are none
- id: first-condition
  label: <e.g. "The audit is finished">
  brought_about_by: fact      # a fact, an event, the id of an option, or in words what would bring it about

cast:                         # who takes part and is not known to the world; leave out if all are
- name: <e.g. "Harbour Authority">
  kind: authority             # state, region, city, outlet, party, company, union ...
  forms: ["<e.g. the Authority>"]
  people: ["<e.g. Jane Doe (director)>"]

stances:                      # shown to people who code by hand
  support: The actor advocates the option, commits to it, welcomes it or says it will do it.
  oppose: The actor rejects the option, rules it out, blocks it or says it will not do it.
  conditional: The actor accepts the option only if stated conditions are met.
  undecided: The actor keeps the matter open.
"""


@codebook.command("new")
def new(path: Annotated[Path, typer.Argument(metavar="FILE", help="The file to make.")]) -> None:
    """Make a template of a codebook to fill in; a file that is there is left alone."""
    from whipcount.errors import UsageError

    name = _name(path)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE.format(name=name, title=name.replace("-", " ").capitalize()))
    except FileExistsError:
        raise UsageError(f"{path}: is there already; name another file") from None
    say(f"{path}: fill it in, then run `whipcount codebook check {path}`")


@codebook.command("suggest")
def suggest(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Articles: files, folders, patterns, .jsonl.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The codebook to make.")],
    most: Annotated[int, typer.Option("--options", min=1, max=50, help="At most so many options.")] = 12,
    least: Annotated[int, typer.Option("--claims", min=2, help="Claims that make an option.")] = 3,
) -> int:
    """Suggest options and a cast for articles on an unknown debate: what is claimed in them, and by whom, to edit."""
    from whipcount import documents
    from whipcount.coding import suggest as propose
    from whipcount.coding.codebook import parse
    from whipcount.coding.encoder import Encoder
    from whipcount.errors import InputError, UsageError
    from whipcount.language.speakers import Strangers
    from whipcount.model import Failure
    from whipcount.reading import Pipeline

    if out.exists():
        raise UsageError(f"{out}: is there already; name another file")
    pipeline, encoder = Pipeline(), Encoder()
    claims: list[propose.Claim] = []
    terms: list[propose.Claim] = []
    strangers = Strangers()
    read = failed = 0
    found = list(documents.read(inputs))
    known = pipeline.whos_who(found)
    for item in found:
        result = item if isinstance(item, Failure) else pipeline.attempt(item, None, known)
        if isinstance(result, Failure):
            say(str(result))
            failed += 1
            continue
        claims += propose.claims(result.document, result.attributions)
        terms += propose.terms(result.document, result.attributions)
        strangers.hear(result.statements)
        read += 1
    options = propose.groups(claims, encoder, least, most)
    if not options:
        raise InputError(
            f"{inputs[0]}: no {least} claims on one thing in {read} documents; add articles, or lower --claims"
        )
    cast, conditions = known.suggested(), propose.groups(terms, encoder, 2, 6)
    text = propose.write(_name(out), options, conditions, read, len(claims), cast, strangers.most(20))
    parse(text, str(out))
    with out.open("x", encoding="utf-8") as file:
        file.write(text)
    for option in options:
        say(f"{len(option.claims)} claims in {option.documents} documents: {propose.label_of(option)}")
    say(
        f"{out}: {len(options)} options from {len(claims)} claims in {read} documents, and a cast of {len(cast)}; "
        "edit it before you read with it"
    )
    return 1 if failed else 0


@codebook.command("check")
def check(path: Annotated[Path, typer.Argument(metavar="FILE", help="The codebook.")]) -> int:
    """Say line by line what is wrong with a codebook; exit status 1 if anything is.  One in order may get a piece of advice."""
    from whipcount.coding.codebook import check as faults
    from whipcount.coding.codebook import load

    status = _say_all(path, faults(path))
    bare = [option.id for option in load(path).options if not option.paraphrases] if status == 0 else []
    if bare:
        which = ", ".join(bare[:3]) + (f" and {len(bare) - 3} more" if len(bare) > 3 else "")
        typer.echo(f"  without paraphrases: {which}; three to five each, for and against, are what helps coding most")
    return status


@actors.command("check")
def check_actors(path: Annotated[Path, typer.Argument(metavar="FILE", help="The actor file.")]) -> int:
    """Say what is wrong with a file of actors; exit status 1 if anything is."""
    from whipcount.language.actors import check as faults

    return _say_all(path, faults(path))


def _name(path: Path) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in path.stem.lower()).strip("-")[:60] or "issue"


def _say_all(path: Path, faults: list[str]) -> int:
    for fault in faults:
        say(fault if fault.startswith(str(path)) else f"{path}: {fault}")
    if not faults:
        typer.echo(f"{path}: in order")
    return 1 if faults else 0
