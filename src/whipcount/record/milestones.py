"""Milestones: what happened beside the words, a summit, a ballot, an attack, so that the timeline stands against it.

They belong to the record and not to the codebook: no coding depends on them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date as Day
from pathlib import Path

from whipcount.errors import InputError
from whipcount.model import Coder
from whipcount.record.store import Record

KIND = "milestone"
"""The kind of definition under which a record keeps them, by date and label; a definition of nothing removes one."""

FIELDS = ("date", "label", "source")
LONGEST = 200
"""Characters of a label or a source."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A dated event of the debate: an ISO date, what happened in few words, and who says so (an address or a title)."""

    date: str
    label: str
    source: str = ""

    @property
    def name(self) -> str:
        """By what it is told from others: two of one day with one label are one."""
        return f"{self.date} {self.label}"


def milestone(date: str, label: str, source: str = "") -> Milestone:
    """A milestone of what somebody wrote; InputError says what is wrong with it."""
    date, label, source = (" ".join(text.split()) for text in (date, label, source))
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
            raise ValueError
        Day.fromisoformat(date)
    except ValueError:
        raise InputError(f"'{date[:40]}' is no date: write the day as 2025-03-15") from None
    if not label:
        raise InputError(f"the milestone of {date} has no label: say in few words what happened")
    for name, text in (("label", label), ("source", source)):
        if len(text) > LONGEST:
            raise InputError(f"the {name} of the milestone of {date} is longer than {LONGEST} characters: shorten it")
    return Milestone(date, label, source)


def milestones(record: Record) -> list[Milestone]:
    """Those of a record, oldest first; what an import put in their place and is none is passed over."""
    found = []
    for content in record.definitions(KIND).values():
        with suppress(InputError, TypeError, AttributeError):
            found.append(milestone(**(content or {})))
    return sorted(found, key=lambda one: (one.date, one.label))


def keep(record: Record, given: Iterable[Milestone], coder: Coder) -> int:
    """Put milestones on record; how many are new or have another source now."""
    return len(record.define_all([(KIND, one.name, asdict(one)) for one in given], coder))


def remove(record: Record, name: str, coder: Coder) -> None:
    """Take the milestone called `name` off the record; nothing happens where there is none."""
    if record.definitions(KIND).get(name):
        record.define(KIND, name, None, coder)


def from_csv(path: Path) -> list[Milestone]:
    """Milestones of a CSV file with the columns date, label and, if wanted, source; InputError names the line at fault."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): name a CSV file") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}: save it as UTF-8 text") from None
    rows = csv.DictReader(io.StringIO(text, newline=""))
    found = []
    try:
        if not {"date", "label"} <= set(rows.fieldnames or ()):
            raise InputError("needs the columns date and label, and may have source")
        for row in rows:
            found.append(milestone(*(row.get(name) or "" for name in FIELDS)))
    except (InputError, csv.Error) as error:
        raise InputError(f"{path}, line {max(rows.line_num, 1)}: {error}") from None
    return found
