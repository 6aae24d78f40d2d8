"""What an institution's rule makes of positions or ballots, and how much voting power it gives."""

from __future__ import annotations

import json as json_module
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whipcount.cli.count import OwnWord, check_dates
from whipcount.cli.output import CSV, JSON, print_json, printable, show

if TYPE_CHECKING:
    from fractions import Fraction

    from whipcount.institutions.ballots import Reading
    from whipcount.institutions.graph import Web
    from whipcount.institutions.verdict import Verdict
    from whipcount.model import Codebook, Position
    from whipcount.record import Record

Institution = Annotated[str, typer.Argument(metavar="INSTITUTION", help="Its id or name, e.g. nato, eu-qmv.")]
Own = Annotated[
    list[Path] | None,
    typer.Option(
        "--institutions", metavar="FILE", help="Your own institutions (YAML), beside those shipped. Repeatable."
    ),
]
Assume = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WHO=WHAT",
        help="What if: Hungary=support, un-mandate=true, Ukraine=member, 'Italy on OPTION=oppose'. Repeatable.",
    ),
]
ReadAs = Annotated[
    list[str] | None,
    typer.Option(
        metavar="STANCE=BALLOT", help="How positions become ballots: undecided=abstain, silent=yes, unmet=unknown ..."
    ),
]


def verdict(
    institution: Annotated[
        str | None,
        typer.Argument(metavar="INSTITUTION", help="Its id or name; without it, every option of the debate."),
    ] = None,
    option: Annotated[str | None, typer.Argument(metavar="OPTION", help="The option to decide, by its id.")] = None,
    record: Annotated[
        str, typer.Option("--record", metavar="FILE", help="The record with the positions.", show_default=False)
    ] = ...,  # type: ignore[assignment]
    *,
    at: Annotated[str | None, typer.Option(metavar="DATE", help="As known on this ISO date; else the newest.")] = None,
    assume: Assume = None,
    read_as: ReadAs = None,
    probability: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHO=CHANCE",
            help="Your assumption of a yes, 0 to 1: Malta=0.3; a bare 0.5 for all others. Repeatable.",
        ),
    ] = None,
    speaks: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHO=OFFICE", help="Whose word counts where office holders disagree: Croatia=head-of-government."
        ),
    ] = None,
    own_word: OwnWord = False,
    institutions: Own = None,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Say what an institution's rule makes of the positions on record: passes, blocked or open, and who decides it.

    Conditions that another option brings about are settled by the verdict on that option. Without INSTITUTION and
    OPTION: every option of the debate, what waits for what, and what would untie it.
    """
    from whipcount.errors import UsageError
    from whipcount.institutions.ballots import read_as as reading_of
    from whipcount.record import Record

    check_dates(at)
    _load(institutions)
    assumed = _pairs(assume, "--assume", "Hungary=support")
    reading = reading_of(_pairs(read_as, "--read-as", "undecided=abstain"), count_ascribed=not own_word)
    if (institution is None) != (option is None):
        raise UsageError("name an institution and an option, or neither for the whole debate")
    with Record.open(record) as store:
        found, codebook = (
            _positions(store, at, own_word, _pairs(speaks, "--speaks", "Croatia=head-of-state")),
            store.codebook(),
        )
        if institution is None or option is None:
            if probability:
                raise UsageError("--probability is for one institution and option; name them")
            _debate(codebook, found, at, assumed, reading, json=json, csv=csv)
            return
        reached = _decide(institution, option, found, at, codebook, assumed, reading)
        data = reached.to_json() | {"evidence": _evidence(store, reached), "divided": _divided(store, reached)}
    if probability:
        data["likelihood"] = reached.likelihood(_chances(probability, reached)).to_json()
    if json:
        print_json(data)
        return
    if not csv:
        typer.echo(f"{data['verdict'].upper()}: {printable(data['explanation'])}\n")
        for seat, said in data["divided"].items():
            sides = "; ".join(
                f"{s['speaker']} ({', '.join(s['offices']) or 'office not known'}): {s['stance']}" for s in said
            )
            typer.echo(f"{printable(f'{seat}: {sides}')}\n")
        _say_likelihood(data.get("likelihood"))
    words = {row["key"]: row for row in data["evidence"]}
    for ballot in data["ballots"]:
        ballot["words"] = [_quoted(words[key]) for key in ballot["statements"][-2:] if key in words]
    columns = ["seat", "ballot", "reason", *(["waits_for", "statements"] if csv else []), "words"]
    show(columns, data["ballots"], json=False, csv=csv)


def _positions(
    store: Record, at: str | None, own_word: bool, speaks: Mapping[str, str] | None = None
) -> list[Position]:
    from whipcount.analysis.positions import positions

    entries = store.entries()
    if speaks:
        from whipcount.institutions.authority import heard
        from whipcount.language.actors import Actors

        entries = heard(entries, speaks, Actors.load())
    return positions(entries, at, count_ascribed=not own_word)


def _divided(store: Record, reached: Verdict) -> dict[str, list[dict[str, Any]]]:
    """Seat whose office holders disagree -> what each of them said, and by what authority."""
    seats = [seat for seat in reached.casts if seat.divided]
    if not seats:
        return {}
    from whipcount.institutions.authority import spoken
    from whipcount.language.actors import Actors

    actors, entries, id = Actors.load(), store.entries(option=reached.option), reached.institution.id
    return {
        seat.seat: [
            s.to_json() for s in spoken(entries, seat.seat, reached.option, id, actors) if s.key in seat.statements
        ]
        for seat in seats
    }


def _decide(
    institution: str,
    option: str,
    found: list[Position],
    at: str | None,
    codebook: Codebook | None,
    assumed: Mapping[str, str],
    reading: Reading,
) -> Verdict:
    """The verdict as it stands in the debate: what other options settle is settled."""
    from whipcount.errors import UsageError
    from whipcount.institutions.conditions import web
    from whipcount.institutions.verdict import verdict as decide

    facts: Mapping[str, bool] = {}
    because: Mapping[str, str] = {}
    if codebook is not None:
        try:
            debate = web(codebook, found, at, assume=assumed, reading=reading, knots=False)
        except UsageError:
            # an assumption may concern this institution alone; what fits nothing at all is refused below
            debate = web(codebook, found, at, reading=reading, knots=False)
        facts, because = debate.facts, debate.because
    return decide(
        institution, option, found, at, codebook=codebook, assume=assumed, reading=reading, facts=facts, because=because
    )


def _debate(
    codebook: Codebook | None,
    found: list[Position],
    at: str | None,
    assumed: Mapping[str, str],
    reading: Reading,
    *,
    json: bool,
    csv: bool,
) -> None:
    from whipcount.errors import UsageError
    from whipcount.institutions.conditions import web
    from whipcount.institutions.graph import moved

    if codebook is None:
        raise UsageError("the record has no codebook, so its options are not known; name an institution and an option")
    graph = web(codebook, found, at, assume=assumed, reading=reading)
    before = web(codebook, found, at, reading=reading, knots=False) if assumed else graph
    moves = [move.to_json() for move in moved(before, graph)]
    data = graph.to_json()
    if json:
        print_json(data | {"moved": moves})
        return
    rows = _rows(graph, {(move["option"], move["institution"]): move["before"] for move in moves})
    columns = ["option", "institution", "verdict", *(["before"] if assumed else []), "hangs_on"]
    show(columns, rows, json=False, csv=csv, empty="no option names who decides it")
    if not csv:
        for words in (*(wait["words"] for wait in data["waits"]), *(knot["words"] for knot in data["knots"])):
            typer.echo(f"\n{printable(words)}")


def _rows(graph: Web, before: Mapping[tuple[str, str], str]) -> list[dict[str, Any]]:
    from whipcount.institutions.outcome import listed

    return [
        {
            "option": option,
            "institution": verdict.institution.call,
            "verdict": str(verdict.outcome),
            "before": before.get((option, verdict.institution.call), ""),
            "hangs_on": listed(verdict.hangs_on, 6) if verdict.hangs_on else "",
        }
        for option, found in graph.verdicts.items()
        for verdict in found
    ]


def _evidence(store: Record, reached: Verdict) -> list[dict[str, Any]]:
    """The statements behind the ballots, with their words."""
    from whipcount.analysis.frames import statement_rows

    behind = {key for seat in reached.casts for key in seat.statements}
    fields = ("key", "date", "speaker", "actor", "stance", "voice", "conditions", "condition_text", "words", "outlet")
    rows = statement_rows(store, [entry for entry in store.entries(option=reached.option) if entry.key in behind])
    return [{field: row[field] for field in fields} for row in rows]


def _quoted(row: Mapping[str, Any]) -> str:
    words = " ".join(str(row["words"]).split())
    short = words if len(words) <= 120 else words[:119].rsplit(" ", 1)[0] + " …"
    when = f", {row['date']}" if row["date"] else ""
    return f"{row['speaker']}{when}: “{short}”"


def _pairs(given: list[str] | None, flag: str, example: str) -> dict[str, str]:
    from whipcount.errors import UsageError

    found = {}
    for pair in given or []:
        who, equals, what = pair.partition("=")
        if not (who.strip() and equals and what.strip()):
            raise UsageError(f"{flag} {pair}: write it as {example}")
        found[who.strip()] = what.strip()
    return found


def _chances(given: list[str], reached: Verdict) -> dict[str, Fraction]:
    """Unknown seat -> the chance that the user states, its own or the one for all others."""
    from fractions import Fraction

    from whipcount.errors import UsageError
    from whipcount.institutions.catalogue import state_name

    others: Fraction | None = None
    own: dict[str, Fraction] = {}
    for text in given:
        who, equals, what = text.rpartition("=")
        try:
            chance = Fraction(what.strip())
        except (ValueError, ZeroDivisionError):
            raise UsageError(f"--probability {text}: write it as Malta=0.3, or 0.5 for all others") from None
        if not 0 <= chance <= 1:
            raise UsageError(f"--probability {text}: a probability is between 0 and 1")
        if equals:
            own[who.strip() if who.strip() in reached.unknown else state_name(who.strip())] = chance
        else:
            others = chance
    rest = {} if others is None else dict.fromkeys(reached.unknown, others)
    return rest | own


def _say_likelihood(found: Mapping[str, Any] | None) -> None:
    if found is None:
        return
    typer.echo(f"Probability of passing {found['probability']:.4f}, {found['label']}.")
    rows = [
        {
            "member": seat,
            "assumed": found["chances"][seat],
            "if_yes": found["if_yes"][seat],
            "if_no": found["if_no"][seat],
        }
        | {"difference": difference}
        for seat, difference in found["sensitivity"].items()
    ]
    show(["member", "assumed", "if_yes", "if_no", "difference"], rows, json=False, csv=False)
    typer.echo("")


def _load(files: list[Path] | None) -> None:
    from whipcount.institutions.catalogue import load

    for file in files or []:
        load(file)


def tally(
    institution: Institution,
    ballots: Annotated[
        Path, typer.Option("--ballots", metavar="FILE.csv", help="item,date,member,ballot[,procedural]")
    ],
    table: Annotated[bool, typer.Option("--table", help="A table to read instead of JSON lines.")] = False,
    institutions: Own = None,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Say of each item of a roll call what the institution's rule makes of the ballots: one JSON object a line."""
    from whipcount.institutions.tally import ballots_of
    from whipcount.institutions.tally import tally as count

    _load(institutions)
    rows = count(institution, ballots_of(ballots))
    if table or csv or json:
        listed = list(rows)
        names = list(dict.fromkeys(name for row in listed for name in row))
        show(names if json else ["item", "date", "verdict", "reasons"], listed, json=json, csv=csv, empty="no ballots")
        return
    for row in rows:
        typer.echo(json_module.dumps(row, ensure_ascii=False))


def power(
    institution: Institution,
    date: Annotated[str | None, typer.Option(metavar="DATE", help="Members and rule of this ISO date.")] = None,
    record: Annotated[
        str | None, typer.Option("--record", metavar="FILE", help="Power of those whose position is not known here.")
    ] = None,
    option: Annotated[str | None, typer.Option(help="The option whose positions are given; needs --record.")] = None,
    institutions: Own = None,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Show each member's voting power: Banzhaf (absolute and normalised) and Shapley-Shubik, counted exactly.

    With --record and --option, of the members whose ballot is still unknown, given the positions on record.
    """
    from whipcount.errors import UsageError
    from whipcount.institutions.ballots import Reading
    from whipcount.institutions.power import power as count
    from whipcount.record import Record

    check_dates(date)
    _load(institutions)
    known = None
    if (record is None) != (option is None):
        raise UsageError("power on record needs both --record FILE and --option OPTION")
    if record is not None and option is not None:
        with Record.open(record) as store:
            found, codebook = _positions(store, date, own_word=False), store.codebook()
        known = _decide(institution, option, found, date, codebook, {}, Reading()).ballots
    rows = count(institution, date, known)
    columns = ["member", "banzhaf", "banzhaf_normalised", "shapley_shubik", *(["exact"] if json else [])]
    show(columns, rows, json=json, csv=csv, empty="no member's ballot is unknown")


def catalogue(
    institution: Annotated[
        str | None, typer.Argument(metavar="INSTITUTION", help="Its id or name; without it, all of them.")
    ] = None,
    date: Annotated[str | None, typer.Option(metavar="DATE", help="Members and rule of this ISO date.")] = None,
    institutions: Own = None,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """List the institutions, or show one: its rule, legal source and members on a date, and what each ballot does."""
    from whipcount.institutions.catalogue import card, find, known

    check_dates(date)
    _load(institutions)
    if institution is None:
        rows = [card(row, date) for row in known()]
        columns = ["id", "name", "members", "rule", "source"]
        show(
            columns, [row | {"members": len(row["members"]) or "named in the call"} for row in rows], json=json, csv=csv
        )
        return
    found = card(find(institution), date)
    if json:
        print_json(found)
        return
    if not csv:
        for key in ("name", "rule", "source", "binding_on", "note"):
            if found[key]:
                typer.echo(f"{key.replace('_', ' ')}: {found[key]}")
        typer.echo(f"members: {', '.join(found['members']) or 'named in the call'}")
    columns = ["seats", "yes", "no", "abstain", "declared-abstention", "absent", "not-participating", "unknown"]
    show(columns, found["ballots"], json=False, csv=csv)
