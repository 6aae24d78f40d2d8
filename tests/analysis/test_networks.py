from __future__ import annotations

import datetime
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.analysis.events import DOCUMENT_FIELDS, Events
from whipcount.analysis.networks import Design, Exclusion, Network, network
from whipcount.analysis.windows import smoothed, windows
from whipcount.errors import RecordError, UsageError
from whipcount.record.dna import DnaFile, password_fits

VERSIONS = ("dna-3.1.2", "dna-3.0.11.5")
FILES = ("sample", "synth-small")


def design_of(params: dict[str, Any], compat: str) -> Design:
    """The design that the settings of a reference case describe."""
    values: dict[str, set[str]] = defaultdict(set)
    for variable, value in zip(params.get("excludeVariables", []), params.get("excludeValues", []), strict=True):
        values[variable].add(value)
    exclusions = [Exclusion(v, frozenset(x), bool(params.get("invertValues"))) for v, x in values.items()]
    for plural, name in (("Authors", "author"), ("Sources", "source"), ("Sections", "section"), ("Types", "type")):
        if params.get(f"exclude{plural}"):
            listed = frozenset(params[f"exclude{plural}"])
            exclusions.append(Exclusion(name, listed, bool(params.get(f"invert{plural}")), of_document=True))
    start, stop = (datetime.datetime.fromisoformat(params[n]) if params.get(n) else None for n in ("start", "stop"))
    return Design(
        onemode=params["networkType"] == "onemode",
        rows=params.get("variable1", "organization"),
        columns=params.get("variable2", "concept"),
        qualifier=params.get("qualifier", "agreement"),
        aggregation=params.get("qualifierAggregation", "ignore"),
        normalization=params.get("normalization", "no"),
        duplicates=params.get("duplicates", "include"),
        start=start,
        stop=stop,
        isolates=params.get("isolates", False),
        exclusions=tuple(exclusions),
        rows_of_document=params.get("variable1Document", False),
        columns_of_document=params.get("variable2Document", False),
        qualifier_of_document=params.get("qualifierDocument", False),
        compat=compat,
    )


def same(made: Network, wanted: dict[str, Any]) -> bool:
    matrix = np.array(wanted["matrix"], dtype=float).reshape(made.matrix.shape)
    return (
        made.rows == wanted["rows"]
        and made.columns == wanted["cols"]
        and np.allclose(made.matrix, matrix, rtol=0, atol=1e-9)
    )


@pytest.mark.shared
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_network_that_dna_made_is_made_again(version: str, file: str, shared: Path) -> None:
    folder = shared / "data" / "dna"
    events = Events(*DnaFile(folder / f"{file}.dna").events())
    outcome: Counter[str] = Counter()
    wrong = []
    for case in json.loads((folder / version / f"{file}.networks.json").read_text())["cases"]:
        if case.get("error"):
            assert "combine" in case["params"]["id"] and "prominence" in case["params"]["id"]
            outcome["DNA itself fails"] += 1
            continue
        good = same(network(events, design_of(case["params"], version)), case["matrices"][0])
        outcome["same"] += good
        if not good:
            wrong.append(case["params"]["id"])
    assert not wrong
    assert outcome["same"] > 180 and outcome["DNA itself fails"] == 6


@pytest.mark.shared
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_window_and_kernel_that_dna_made_is_made_again(version: str, file: str, shared: Path) -> None:
    folder = shared / "data" / "dna"
    events = Events(*DnaFile(folder / f"{file}.dna").events())
    compared = 0
    for case in json.loads((folder / version / f"{file}.windows.json").read_text())["cases"]:
        params = case["params"]
        # event windows draw at random among ties; matrices divided by their sum are a setting that whipcount has not
        if (
            "matrices" not in case
            or params.get("timeWindow") == "events"
            or params.get("normalizeToOne")
            or "normToOneTrue" in params["id"]
        ):
            continue
        design, unit, size = design_of(params, version), params["timeWindow"], params["windowSize"]
        if params.get("kernel"):
            made = list(smoothed(events, design, unit, size, params["kernel"], indent=params.get("indentTime", True)))
        else:
            made = list(windows(events, design, unit, size))
        assert len(made) == len(case["matrices"]), params["id"]
        assert all(same(one, wanted) for one, wanted in zip(made, case["matrices"], strict=True)), params["id"]
        compared += 1
    assert compared >= 15


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


@pytest.mark.shared
def test_passwords_of_dna_are_checked(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "dna" / "sample.dna"
    assert DnaFile(path, "sample").variables("DNA Statement")["agreement"] == "boolean"
    with pytest.raises(UsageError, match="no coder has this password"):
        DnaFile(path, "wrong")
    assert not password_fits("A" * 64, "sample")
    (tmp_path / "no.dna").write_bytes(b"not a database")
    with pytest.raises(RecordError, match="is not a DNA 3 file"):
        DnaFile(tmp_path / "no.dna")
