"""The command line: `whipcount COMMAND ...`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from whipcount.cli import (
    codebook,
    count,
    doctor,
    exchange,
    institutions,
    learn,
    milestones,
    moves,
    network,
    read,
    review,
    sourcing,
    structure,
    web,
)
from whipcount.cli.output import say
from whipcount.cli.source import on_network
from whipcount.errors import ModelError, WhipcountError

app = typer.Typer(
    name="whipcount",
    help="Reads the coverage of a political negotiation and keeps the count.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

READ, REVIEW, COUNT, RULE, SHARE, CARE = "Read", "Review", "Count", "Institutions", "Share", "Set up and look after"
SOURCES, NETWORK = "Sources", "Networks and structure"

app.command(rich_help_panel=READ)(read.extract)
app.command(rich_help_panel=READ)(read.read)
app.command(rich_help_panel=READ)(review.search)
app.command(rich_help_panel=REVIEW)(review.review)
app.command(rich_help_panel=REVIEW)(learn.learn)
app.command(rich_help_panel=REVIEW)(learn.consult)
app.command(rich_help_panel=REVIEW)(review.history)
app.command(rich_help_panel=REVIEW)(review.assign)
app.command(rich_help_panel=REVIEW)(review.agreement)
app.command(rich_help_panel=COUNT)(count.statements)
app.command(rich_help_panel=COUNT)(count.positions)
app.command(rich_help_panel=COUNT)(count.changes)
app.command(rich_help_panel=COUNT)(moves.movers)
app.command(rich_help_panel=COUNT)(moves.turns)
app.command(rich_help_panel=COUNT)(moves.contradictions)
app.command(rich_help_panel=COUNT)(milestones.milestones)
app.command(rich_help_panel=SOURCES)(sourcing.sourcing)
app.command(rich_help_panel=SOURCES)(sourcing.copies)
app.command(rich_help_panel=SOURCES)(sourcing.quotations)
app.command(rich_help_panel=NETWORK)(network.network)
app.command(rich_help_panel=NETWORK)(on_network(structure.coalitions))
app.command(rich_help_panel=NETWORK)(on_network(structure.polarization))
app.command(rich_help_panel=NETWORK)(on_network(structure.cohesion))
app.command(rich_help_panel=NETWORK)(on_network(structure.blocs))
app.command(rich_help_panel=NETWORK)(on_network(structure.ties))
app.command(rich_help_panel=NETWORK)(on_network(structure.backbone))
app.command(rich_help_panel=NETWORK)(on_network(structure.phases))
app.command(rich_help_panel=NETWORK)(on_network(structure.scale))
app.command(rich_help_panel=RULE)(institutions.verdict)
app.command(rich_help_panel=RULE)(institutions.tally)
app.command(rich_help_panel=RULE)(institutions.power)
app.command("institutions", rich_help_panel=RULE)(institutions.catalogue)
app.command("import", rich_help_panel=SHARE)(exchange.import_)
app.command(rich_help_panel=SHARE)(exchange.export)
app.command(rich_help_panel=SHARE)(web.report)
app.command(rich_help_panel=SHARE)(web.serve)
app.command(rich_help_panel=CARE)(doctor.doctor)
app.add_typer(codebook.codebook, name="codebook", rich_help_panel=CARE)
app.add_typer(codebook.actors, name="actors", rich_help_panel=CARE)
app.add_typer(web.account, name="account", rich_help_panel=CARE)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"whipcount {version('whipcount')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


def run(arguments: list[str] | None = None) -> int:
    """Run one command; its exit status: 0 done, 1 some inputs failed, 2 it cannot be done as asked, 130 stopped."""
    try:
        status = app(args=arguments, standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except WhipcountError as error:
        say(f"whipcount: {error}")
        return 1 if isinstance(error, ModelError) else 2
    except (KeyboardInterrupt, typer.Abort):
        say("whipcount: stopped")
        return 130
    except SystemExit as error:
        # the parser leaves like this when nobody reads our output any more
        return 0 if isinstance(error.__context__, BrokenPipeError) else 1
    except BrokenPipeError:
        # the same, found here; nothing may be written any more, not even at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        say(f"whipcount: {error.filename or 'a file'}: {error.strerror or error}")
        return 2
    except Exception as error:
        message = getattr(error, "format_message", None)
        if message is None:
            raise
        # what the parser of the command line refuses; an empty message means that the help was printed
        text = message()
        if not text or type(error).__name__ == "NoArgsIsHelpError":
            sys.stderr.write(text + "\n" if text else "")
            return 2
        context = getattr(error, "ctx", None)
        name = context.command_path if context is not None else "whipcount"
        say(f"{name}: {text} See `{name} --help`.")
        return 2


def main() -> None:
    """The `whipcount` command."""
    sys.exit(run())
