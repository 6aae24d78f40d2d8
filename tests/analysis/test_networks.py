from __future__ import annotations

import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.analysis.events import DOCUMENT_FIELDS, Events
from whipcount.analysis.networks import Design, network
from whipcount.errors import UsageError

ACTORS = st.sampled_from(["Ada", "Bo", "Cy", "Di"])
STATEMENTS = st.lists(
    st.tuples(ACTORS, st.sampled_from(["p", "q", "r"]), st.integers(0, 1), st.integers(0, 400)), min_size=1, max_size=40
)


def table(rows: list[tuple[str, str, int, int]]) -> Events:
    base = datetime.datetime(2022, 1, 1)
    rows = sorted(rows, key=lambda r: r[3])
    frame = pl.DataFrame({
        "statement": list(range(len(rows))),
        "document": [r[3] // 3 for r in rows],
        "time": [base + datetime.timedelta(days=r[3]) for r in rows],
        "organization": [r[0] for r in rows],
        "concept": [r[1] for r in rows],
        "agreement": [r[2] for r in rows],
        **{f"document:{f}": [""] * len(rows) for f in DOCUMENT_FIELDS},
    })  # fmt: skip
    return Events(frame, {"organization": "short text", "concept": "short text", "agreement": "boolean"})


@settings(max_examples=60, deadline=None)
@given(STATEMENTS)
def test_congruence_and_conflict_make_up_every_pair(rows: list[tuple[str, str, int, int]]) -> None:
    events = table(rows)
    made = {
        a: network(events, Design(onemode=True, aggregation=a)).matrix
        for a in ("ignore", "congruence", "conflict", "subtract")
    }
    assert np.allclose(made["congruence"] + made["conflict"], made["ignore"])
    assert np.allclose(made["congruence"] - made["conflict"], made["subtract"])
    assert all(np.allclose(m, m.T) and not m.diagonal().any() for m in made.values())


@settings(max_examples=60, deadline=None)
@given(STATEMENTS)
def test_renaming_actors_permutes_the_network(rows: list[tuple[str, str, int, int]]) -> None:
    names = {"Ada": "Zoe", "Bo": "Ada", "Cy": "Bo", "Di": "Cy"}
    design = Design(onemode=False, aggregation="subtract", normalization="activity", duplicates="month")
    one, other = network(table(rows), design), network(table([(names[r[0]], *r[1:]) for r in rows]), design)
    for name, line in zip(one.rows, one.matrix, strict=True):
        assert np.allclose(line, other.matrix[other.rows.index(names[name])])


def test_months_of_two_years_are_two_months_unless_dna_is_asked_for() -> None:
    rows = [("Ada", "p", 1, 5), ("Ada", "p", 1, 370)]
    assert network(table(rows), Design(onemode=False, duplicates="month")).matrix[0, 0] == 2
    assert network(table(rows), Design(onemode=False, duplicates="month", compat="dna-3.1.2")).matrix[0, 0] == 1


def test_settings_that_do_not_go_together_are_refused_in_one_line() -> None:
    for wrong in (
        {"onemode": True, "aggregation": "combine"},
        {"onemode": False, "normalization": "cosine"},
        {"onemode": True, "duplicates": "day"},
    ):
        with pytest.raises(UsageError, match=r"use |not for"):
            Design(**wrong)  # type: ignore[arg-type]
