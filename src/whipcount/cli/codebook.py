"""Looking after codebooks and actor files: a template to fill in, and what is wrong with a file, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whipcount.cli.output import say

codebook = typer.Typer(help="Start a codebook, or check one.", no_args_is_help=True)
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

    name = "".join(c if c.isalnum() else "-" for c in path.stem.lower()).strip("-") or "issue"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE.format(name=name, title=name.replace("-", " ").capitalize()))
    except FileExistsError:
        raise UsageError(f"{path}: is there already; name another file") from None
    say(f"{path}: fill it in, then run `whipcount codebook check {path}`")


@codebook.command("check")
def check(path: Annotated[Path, typer.Argument(metavar="FILE", help="The codebook.")]) -> int:
    """Say line by line what is wrong with a codebook; exit status 1 if anything is."""
    from whipcount.coding.codebook import check as faults

    return _say_all(path, faults(path))


@actors.command("check")
def check_actors(path: Annotated[Path, typer.Argument(metavar="FILE", help="The actor file.")]) -> int:
    """Say what is wrong with a file of actors; exit status 1 if anything is."""
    from whipcount.language.actors import check as faults

    return _say_all(path, faults(path))


def _say_all(path: Path, faults: list[str]) -> int:
    for fault in faults:
        say(fault if fault.startswith(str(path)) else f"{path}: {fault}")
    if not faults:
        typer.echo(f"{path}: in order")
    return 1 if faults else 0
