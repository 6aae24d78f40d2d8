"""Who said otherwise before, who moved first, and when the debate turned."""

from __future__ import annotations

from typing import Annotated

import typer

from whipcount.cli.count import Option, OwnWord, Since, Until, check_dates
from whipcount.cli.output import CSV, JSON, show
from whipcount.cli.source import Password, Source, StatementType, open_entries


def contradictions(
    source: Source,
    *,
    within: Annotated[int | None, typer.Option(metavar="DAYS", help="No more than so many days apart.")] = None,
    ascribed: Annotated[bool, typer.Option("--ascribed", help="Count what others say of an actor, too.")] = False,
    statement_type: StatementType = None,
    password: Password = None,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Find who contradicts itself: a speaker its earlier word, or office-holders of one actor each other."""
    from whipcount.analysis.contradictions import contradictions as find

    found = find(open_entries(source, statement_type, password), within=within, count_ascribed=ascribed)
    rows = [
        {
            "actor": one.actor,
            "option": one.option,
            "kind": one.kind,
            "days": one.days,
            **{f"{name}_{field}": value for name, entry in (("before", one.before), ("after", one.after)) for field, value in (
                ("date", entry.date), ("speaker", entry.statement.speaker), ("stance", entry.statement.stance), ("key", entry.key)
            )},
        }
        for one in found
    ]  # fmt: skip
    fields = [f"{name}_{field}" for name in ("before", "after") for field in ("date", "speaker", "stance", "key")]
    show(["actor", "option", "kind", "days", *fields], rows, json=json, csv=csv, empty="nobody contradicts itself")


def movers(
    source: Source,
    *,
    since: Since = None,
    until: Until = None,
    option: Option = None,
    own_word: OwnWord = False,
    statement_type: StatementType = None,
    password: Password = None,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Show who moved first: on each option, who came to a stance in which order, with the statements on either side."""
    from whipcount.analysis.movers import movers as find

    check_dates(since, until)
    entries = open_entries(source, statement_type, password)
    chosen = [entry for entry in entries if option is None or entry.statement.option == option]
    rows = [
        {
            "option": move.option,
            "stance": move.stance,
            "place": move.place or "from the start",
            "actor": move.actor,
            "date": move.date,
            "before": move.before,
            "days_after_first": move.days,
            "last_before": move.evidence[0],
            "first_after": move.evidence[1],
        }
        for move in find(chosen, since, until, count_ascribed=not own_word)
    ]
    columns = ["option", "stance", "place", "actor", "date", "before", "days_after_first", "last_before", "first_after"]
    show(columns, rows, json=json, csv=csv, empty="nobody moved")


def turns(
    source: Source,
    *,
    by_actor: Annotated[bool, typer.Option("--by-actor", help="Of each actor instead of all together.")] = False,
    level: Annotated[float, typer.Option(min=0.001, max=0.5, help="How unlikely by chance a turn must be.")] = 0.05,
    statement_type: StatementType = None,
    password: Password = None,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Find dates at which statements on an option take another turn, with the statements on either side."""
    from whipcount.analysis.turning import turning_points

    found = turning_points(open_entries(source, statement_type, password), by_actor=by_actor, level=level)
    columns = ["date", "option", "actor", "before", "after", "documents", "p", "evidence"]
    rows = [{name: getattr(one, name) for name in columns} for one in found]
    short = columns if json else columns[:-1]
    show(short, rows, json=json, csv=csv, empty="no turn that chance would not make")
