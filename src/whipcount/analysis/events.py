"""Statements as a table of events: what networks are made of, wherever the statements come from."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from whipcount.errors import RecordError, UsageError
from whipcount.model import Coder, Entry, Lean, SpeakerKind, Stance, Statement, Voice
from whipcount.record.columns import COLUMNS, columns, of_entries

if TYPE_CHECKING:
    from whipcount.record import Record

DOCUMENT_FIELDS = ("author", "source", "section", "type", "id", "title")
AGREEMENT = {Stance.SUPPORT: 1, Stance.OPPOSE: 0}
"""`agreement` of a stance: DNA knows yes and no; conditional and undecided statements have none."""

WEIGHTS = {Stance.SUPPORT: 2, Stance.CONDITIONAL: 0, Stance.UNDECIDED: 0, Stance.OPPOSE: -2}
"""`stance` of a statement as a number; a conditional or undecided one that leans is a step nearer to that side."""

STEPS = {Lean.FAVOURABLE: 1, Lean.UNFAVOURABLE: -1}

OTHER_NAMES = {"speaker": "person", "actor": "organization", "option": "concept", "outlet": "source"}
"""Whipcount's words for DNA's variables."""

ROLES: dict[str, Callable[[Statement], Any]] = {
    "person": lambda said: said.speaker,
    "organization": lambda said: said.speaks_for,
    "concept": lambda said: said.option,
    "agreement": lambda said: AGREEMENT.get(said.stance) if said.stance else None,
}
"""Variables of DNA that are fields of a statement here."""

KIND_OF: dict[type, str] = {bool: "boolean", int: "integer", str: "short text"}

KINDS = {
    "person": "short text",
    "organization": "short text",
    "concept": "short text",
    "voice": "short text",
    "agreement": "boolean",
    "stance": "integer",
}
"""Variables of statements that whipcount coded."""


@dataclass(frozen=True, slots=True)
class Events:
    """A table with one row a statement.

    frame   columns `statement`, `document`, `time` (datetime), one a variable, and `document:FIELD` for document fields;
            statements of one time stand in the order in which they count
    kinds   data type of each variable: boolean, integer, short text or long text
    """

    frame: pl.DataFrame
    kinds: dict[str, str]

    def has(self, name: str) -> bool:
        """Whether there is a variable of this name, or one that whipcount calls so."""
        return name in self.kinds or OTHER_NAMES.get(name) in self.kinds

    def column(self, name: str, *, of_document: bool = False) -> str:
        """Column of a variable or document field; KeyError if there is neither."""
        if name in self.kinds and not of_document:
            return name
        other = OTHER_NAMES.get(name, name)
        if other in self.kinds and not of_document:
            return other
        if other in DOCUMENT_FIELDS:
            return f"document:{other}"
        raise KeyError(name)


def from_entries(entries: Iterable[Entry], weights: Mapping[str, int] | None = None) -> Events:
    """Events of statements of a record in DNA's words: person, organization, concept, agreement.

    Commentary and statements without an actor, an option or a whole date are left out.
    """
    return from_table(of_entries(entries).lazy(), weights)


def from_record(
    record: Record,
    weights: Mapping[str, int] | None = None,
    *,
    only: Iterable[str] | None = None,
    statement_type: str | None = None,
) -> Events:
    """Events of all statements of a record as they stand, or of a statement type with its variables.

    `only` names the variables and document fields that are needed; without it all are there, and names of statements,
    which otherwise are numbers.  UsageError if the record has no such statement type.
    """
    if statement_type is not None:
        return _of_type(record, statement_type)
    return from_table(columns(record, _needed(only)), weights, only=only)


def _of_type(record: Record, name: str) -> Events:
    """Events of a statement type that the record defines, or that statements name."""
    entries, defined = record.entries(type=name), record.definitions("type")
    if not entries and name not in defined:
        raise UsageError(f"no statement type {name!r} in {record.where}; it has {', '.join(sorted(defined)) or 'none'}")
    kinds = {variable["name"]: variable["kind"] for variable in (defined.get(name) or {}).get("variables", ())}
    if not kinds:
        kinds = {role: KINDS[role] for role in ROLES}
        for entry in entries:
            kinds |= {key: KIND_OF[type(value)] for key, value in entry.statement.variables.items()}
    documents = {document.id: document for document in record.documents()}
    columns: dict[str, list[Any]] = {"statement": [], "document": [], "time": [], **{name: [] for name in kinds}}
    columns |= {f"document:{field}": [] for field in DOCUMENT_FIELDS}
    for entry in entries:
        document = documents[entry.document]
        day = (entry.date or "")[:10] + "T" + str(document.fields.get("time") or "00:00:00")
        try:
            time = datetime.datetime.fromisoformat(day)
        except ValueError:
            continue
        said, values = entry.statement, entry.statement.variables
        for variable, kind in kinds.items():
            held = ROLES[variable](said) if variable in ROLES and variable not in values else values.get(variable)
            number = kind in ("boolean", "integer")
            columns[variable].append(int(held) if number and held is not None else held if number else str(held or ""))
        of = {"author": document.author, "source": entry.outlet, "id": document.id, "title": entry.title}
        of |= {field: document.fields.get(field) for field in ("section", "type")}
        for field in DOCUMENT_FIELDS:
            columns[f"document:{field}"].append(str(of[field] or ""))
        for column, value in (("statement", entry.key), ("document", entry.document), ("time", time)):
            columns[column].append(value)
    schema: dict[str, Any] = dict.fromkeys(columns, pl.String) | {"time": pl.Datetime("us")}
    schema |= {name: pl.Int64 for name, kind in kinds.items() if kind in ("boolean", "integer")}
    return Events(pl.DataFrame(columns, schema=schema).sort("time", maintain_order=True), kinds)


def from_parquet(path: Path, weights: Mapping[str, int] | None = None, *, only: Iterable[str] | None = None) -> Events:
    """Events of a Parquet file with the columns of `Debate.statements`; RecordError if it is not one.

    Needed are `actor`, `option`, `stance` and `date`; what else of `COLUMNS` is missing is taken as empty.  `only` as for
    `from_record`.
    """
    try:
        table = pl.scan_parquet(path)
        names = table.collect_schema().names()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RecordError(f"{path}: cannot be read as Parquet ({str(error).splitlines()[0]})") from None
    missing = [name for name in ("actor", "option", "stance", "date") if name not in names]
    if missing:
        raise RecordError(f"{path}: has no column {', '.join(missing)}; write it with `whipcount export` or add them")
    wanted = dict.fromkeys([*_needed(only), "voice"])
    few = [name for name in wanted if name in names and name not in ("key", "document", "title")]
    # what has few values is known by numbers from here on
    categories = [pl.col(name).cast(pl.Categorical) for name in few if table.collect_schema()[name] == pl.String]
    return from_table(
        table.select(name for name in wanted if name in names).with_columns(categories), weights, only=only
    )


def _needed(only: Iterable[str] | None) -> list[str]:
    """Columns of a table of statements that variables are made of, in the order of `COLUMNS`."""
    if only is None:
        return list(COLUMNS)
    made_of = {"person": "speaker", "organization": "actor", "concept": "option", "source": "outlet", "id": "document"}
    made_of["type"] = "document_type"
    wanted = {made_of.get(OTHER_NAMES.get(name, name), name) for name in only}
    wanted |= {"time", "date", "actor", "option", "stance"} | ({"lean"} if "stance" in wanted else set())
    return [name for name in COLUMNS if name in wanted]


def from_table(
    table: pl.LazyFrame, weights: Mapping[str, int] | None = None, *, only: Iterable[str] | None = None
) -> Events:
    """Events of a table with text columns among `COLUMNS`.

    Rows without an actor, an option or a whole date, and commentary, are left out.  Categories stay categories.  `only` names
    the variables and document fields to make.
    """
    names = table.collect_schema().names()
    asked = [pl.col("actor") != "", pl.col("option") != "", pl.col("date").is_not_null()]
    if "voice" in names:
        asked.append(pl.col("voice").cast(pl.Categorical).fill_null("") != "commentary")
    given = table.filter(asked).collect()
    given = given.with_columns(_days(given["date"])).filter(pl.col("date").is_not_null())
    columns = {
        "statement": pl.col("key") if "key" in names else pl.int_range(pl.len(), dtype=pl.Int64),
        "document": pl.col("document") if "document" in names else pl.lit(""),
        "time": pl.col("date").cast(pl.Datetime("us")),
        "organization": pl.col("actor"),
        "concept": pl.col("option"),
        "agreement": _number("stance", AGREEMENT),
        "stance": _number("stance", weights or WEIGHTS),
    }
    if "lean" in names and weights is None:
        between = _number("stance", {Stance.CONDITIONAL: 0, Stance.UNDECIDED: 0}).is_not_null()
        columns["stance"] = pl.when(between).then(_number("lean", STEPS).fill_null(0)).otherwise(columns["stance"])
    if "time" in names:
        day = pl.col("time").fill_null("00:00:00").str.to_time(strict=False).fill_null(datetime.time())
        columns["time"] = pl.col("date").cast(pl.Datetime("us")).dt.combine(day)
    texts = {"person": "speaker", "voice": "voice", "document:source": "outlet", "document:title": "title"}
    texts |= {"document:author": "author", "document:section": "section", "document:type": "document_type"}
    columns |= {name: pl.col(column).fill_null("") for name, column in texts.items() if column in names}
    columns["document:id"] = columns["document"]
    fields = [f"document:{field}" for field in DOCUMENT_FIELDS]
    columns |= {name: pl.lit("") for name in (*KINDS, *fields) if name not in columns}
    if only is not None:
        meant = {OTHER_NAMES.get(name, name) for name in only}
        kept = {"statement", "document", "time", "organization", "concept", *meant, *(f"document:{n}" for n in meant)}
        columns = {name: column for name, column in columns.items() if name in kept}
    return Events(given.select(**columns), dict(KINDS))


def _days(dates: pl.Series) -> pl.Series:
    """The day of each date that is whole; a date stands for many statements and is read once."""
    if dates.dtype == pl.Date:
        return dates
    known = dates.unique().drop_nulls().cast(pl.String)
    whole = known.filter(known.str.len_bytes() >= 10)
    days = whole.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    if dates.dtype == pl.String:
        return days.gather(dates.cast(pl.Enum(whole), strict=False).to_physical()).alias("date")
    held = dates.unique().drop_nulls()
    at = pl.DataFrame({"code": held.to_physical(), "date": held.cast(pl.String)})
    at = at.join(pl.DataFrame({"date": whole, "day": days}), on="date")
    # codes are shared by all categories of the process, and dates that are none have codes, too
    lookup = np.full(held.to_physical().to_numpy().max(initial=0) + 1, "NaT", dtype="datetime64[D]")
    lookup[at["code"].to_numpy()] = at["day"].to_numpy()
    return pl.Series("date", lookup).gather(dates.to_physical())


def to_entries(events: Events) -> list[Entry]:
    """Events with DNA's default variables as statements of the actor itself, for what needs them one by one.

    RecordError if a variable is missing.
    """
    missing = [name for name in ("person", "organization", "concept", "agreement") if name not in events.kinds]
    if missing:
        raise RecordError(f"the statements have no variable {', '.join(missing)}; name another statement type")
    stances = {number: stance for stance, number in AGREEMENT.items()}
    entries = []
    for row in events.frame.iter_rows(named=True):
        statement = Statement(
            id=str(row["statement"]),
            content=(),
            source=(),
            speaker=row["person"] or row["organization"],
            speaker_kind=SpeakerKind.PERSON if row["person"] else SpeakerKind.ORGANISATION,
            voice=Voice(row.get("voice") or Voice.FIRST_HAND),
            speaks_for=row["organization"] or None,
            option=row["concept"] or None,
            stance=stances.get(row["agreement"]),
        )
        of = {"title": row["document:title"], "outlet": row["document:source"], "date": row["time"].date().isoformat()}
        entries.append(Entry(statement, str(row["document"]), Coder("import"), **of))
    return entries


def _number(column: str, numbers: Mapping[Any, int]) -> pl.Expr:
    """The number of each word; none of a word that has none."""
    word, result = pl.col(column).cast(pl.Categorical), pl.lit(None, pl.Int64)
    for name, number in numbers.items():
        result = pl.when(word == str(name)).then(pl.lit(number, pl.Int64)).otherwise(result)
    return result
