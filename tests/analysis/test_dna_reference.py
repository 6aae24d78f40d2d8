"""Every reference result that Discourse Network Analyzer itself produced, both versions, equal to 1e-9.

Where DNA draws at random the result cannot be compared; then everything about it that does not depend on the draw is, and
it is held against the optimum.
"""

from __future__ import annotations

import csv
import datetime
import json
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from whipcount.analysis import graphs
from whipcount.analysis.backbone import evaluate, nested, smallest
from whipcount.analysis.events import Events
from whipcount.analysis.networks import Design, Exclusion, Network, network, select
from whipcount.analysis.polarization import absdiff, over_time, polarization
from whipcount.analysis.spectra import distances
from whipcount.analysis.windows import smoothed, to_one, windows
from whipcount.errors import RecordError, UsageError
from whipcount.record.dna import DnaFile
from whipcount.record.dna.file import password_fits

pytestmark = pytest.mark.shared
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
    return (
        made.rows == wanted["rows"]
        and made.columns == wanted["cols"]
        and close(made.matrix.ravel(), np.array(wanted["matrix"], dtype=float).ravel())
    )


def close(made: Any, wanted: Any) -> bool:
    return np.shape(made) == np.shape(wanted) and np.allclose(made, wanted, rtol=0, atol=1e-9)


@pytest.fixture(params=[(v, f) for v in VERSIONS for f in FILES], ids=lambda p: f"{p[0]}-{p[1]}")
def reference(request: pytest.FixtureRequest, shared: Path) -> tuple[Path, str, str, Events]:
    version, file = request.param
    folder = shared / "data" / "dna"
    return folder / version, file, version, Events(*DnaFile(folder / f"{file}.dna").events())


def cases(folder: Path, file: str, part: str) -> list[dict[str, Any]]:
    path = folder / f"{file}.{part}.json"
    return list(json.loads(path.read_text())["cases"]) if path.exists() else []


Reference = tuple[Path, str, str, Events]


def test_networks(reference: Reference) -> None:
    folder, file, version, events = reference
    outcome: Counter[str] = Counter()
    wrong = []
    for case in cases(folder, file, "networks"):
        if case.get("error"):
            assert "combine" in case["params"]["id"] and "prominence" in case["params"]["id"]
            outcome["DNA itself fails"] += 1
            continue
        design = design_of(case["params"], version)
        kept = select(events, design).kept["statement"].to_list()
        named = set(case.get("filteredStatementIds", kept))
        whole = len(kept) == case["numFiltered"] and set(kept) == named
        if not whole or not same(network(events, design), case["matrices"][0]):
            wrong.append(case["params"]["id"])
        outcome["compared"] += 1
    assert not wrong
    assert outcome == {"compared": 185 if file == "sample" else 198, "DNA itself fails": 6}


def test_windows_kernels_and_distances(reference: Reference) -> None:
    folder, file, version, events = reference
    compared: Counter[str] = Counter()
    for case in cases(folder, file, "windows"):
        params = case["params"]
        design, unit, size = design_of(params, version), params["timeWindow"], params["windowSize"]
        if params.get("kernel"):
            made = list(smoothed(events, design, unit, size, params["kernel"], indent=params.get("indentTime", True)))
        else:
            made = list(windows(events, design, unit, size))
        if "matrices" not in case:
            assert len(select(events, design).kept) == case["numFiltered"]
            compared["only the number of statements"] += 1
            continue
        wanted = case["matrices"]
        assert len(made) == len(wanted), params["id"]
        if unit == "events":
            # which of several statements of one time are in a window DNA draws by lot
            spans = [(m.start, m.stop, m.middle, m.statements) for m in made]
            times = [[datetime.datetime.fromisoformat(w[n]) for n in ("start", "stop", "datetime")] for w in wanted]
            assert spans == [(*t, w["numStatements"]) for t, w in zip(times, wanted, strict=True)]
            compared["drawn by lot"] += 1
            continue
        if params.get("normalizeToOne"):
            made = [to_one(one) for one in made]
        assert all(same(one, want) for one, want in zip(made, wanted, strict=True)), params["id"]
        if params["kind"] == "distance":
            assert close(distances(made, params["distanceMethod"], version), case["distance"]), params["id"]
        compared[params["kind"]] += 1
    expected = (
        {"network": 57, "distance": 4, "drawn by lot": 1}
        if file == "sample"
        else {"network": 19, "only the number of statements": 1}
    )
    assert compared == expected


def test_backbones(reference: Reference) -> None:
    folder, file, version, events = reference
    compared: Counter[str] = Counter()
    for case in cases(folder, file, "backbone"):
        params, wanted = case["params"], case["result"]
        design = design_of(params, version)
        if params["kind"] == "nested":
            steps = nested(events, design)
            assert [s.concepts for s in steps] == [(name,) for name in wanted["entities"]]
            assert close([s.backbone_loss for s in steps], wanted["backboneLoss"])
            assert close([s.redundant_loss for s in steps], wanted["redundantLoss"])
            assert [s.statements for s in steps] == wanted["numStatements"]
        elif params["kind"] == "evalbackbone":
            made = evaluate(events, design, params["entities"], params["p"])
            assert close([made.backbone_loss, made.redundant_loss], wanted), params["id"]
        else:
            made = smallest(events, design, penalty=params.get("p", 0.0), size=params.get("size"))
            assert list(made.backbone) == wanted["backbone"] and list(made.redundant) == wanted["redundant"]
            losses = wanted["reportedBackboneLoss"], wanted["reportedRedundantLoss"]
            assert close([made.backbone_loss, made.redundant_loss], losses)
        compared[params["kind"]] += 1
    assert compared == ({"nested": 4, "evalbackbone": 32, "anneal": 6} if file == "sample" else {"nested": 4})


def test_polarization(reference: Reference) -> None:
    folder, file, version, events = reference
    compared: Counter[str] = Counter()
    for case in cases(folder, file, "polarization"):
        params, normalize = case["params"], case["params"]["normalizeScores"]
        design = Design(onemode=True, duplicates=params.get("duplicates", "include"), compat=version)
        if params["timeWindow"] == "no":
            pair = [
                network(events, replace(design, aggregation=a, normalization="average"))
                for a in ("congruence", "conflict")
            ]
            assert same(pair[0], case["congruence"][0]) and same(pair[1], case["conflict"][0])
            c, d = (one.matrix for one in pair)
            for membership, scores in zip(params["scoreMemberships"], case["scores_raw_and_normalized"], strict=True):
                assert close([absdiff(c, d, membership, normalize=n) for n in (False, True)], scores)
            (found,) = case["results"]
            assert close(absdiff(c, d, found["memberships"], normalize=normalize), found["finalMaxQ"])
            ours = polarization(events, design, measure="absdiff", normalize=normalize)
            # DNA's search is random and may stop short
            assert ours.exact and ours.score >= found["finalMaxQ"] - 1e-9
        else:
            series = list(
                over_time(
                    events, design, params["timeWindow"], params["windowSize"], kernel=params["kernel"],
                    indent=params.get("indentTime", False), measure="absdiff", normalize=normalize,
                )
            )  # fmt: skip
            for made, congruence, conflict, found in zip(
                series, case["congruence"], case["conflict"], case["results"], strict=True
            ):
                assert same(made.network, congruence) and same(made.network, conflict)
                if len(made.actors) > 1:
                    matrix = made.network.matrix
                    assert close(absdiff(matrix, matrix, found["memberships"], normalize=False), found["finalMaxQ"])
                assert made.exact and made.score >= found["finalMaxQ"] - 1e-9
        compared[params["timeWindow"]] += 1
    assert compared == ({"no": 16, "days": 2} if file == "sample" else {"no": 8, "months": 1})


def test_exhaustive_polarization(shared: Path) -> None:
    optima = json.loads((shared / "data" / "dna" / "ours_polarization_exact.json").read_text())
    for name, wanted in optima.items():
        file, duplicates, normalize = name.split("|")
        events = Events(*DnaFile(shared / "data" / "dna" / file).events())
        design = Design(onemode=True, duplicates=duplicates.partition("=")[2], compat="dna-3.1.2")
        made = polarization(events, design, measure="absdiff", normalize=normalize.endswith("True"))
        assert list(made.actors) == wanted["labels"] and close(made.score, wanted["best_balanced_score"])


@pytest.mark.parametrize("version", VERSIONS)
def test_bar_plots_event_list_and_files(version: str, shared: Path) -> None:
    folder = shared / "data" / "dna"
    events = Events(*DnaFile(folder / "sample.dna").events())
    compared: Counter[str] = Counter()
    for case in cases(folder / version, "sample", "other"):
        params = case["params"]
        if params["kind"] == "bar":
            design = Design(
                onemode=False, rows=params["variable1"], columns="agreement", qualifier=None, compat=version
            )
            made = network(events, design)
            wanted = case["result"]
            assert made.rows == wanted["values"] and made.columns == [str(v) for v in wanted["intValues"]]
            assert made.matrix.tolist() == wanted["counts"]
        elif params["networkType"] == "eventlist":
            kept = select(events, Design(onemode=False, qualifier=None, compat=version)).kept
            assert kept["statement"].to_list() == case["filteredStatementIds"]
            if "outfile" in params:
                lines = csv.DictReader((folder / version / params["outfile"]).open(), delimiter=";")
                said = events.frame.filter(pl.col("statement").is_in(kept["statement"].to_list()))
                fields = ("statement", "person", "organization", "concept", "agreement")
                ours = [tuple(str(row[f]) for f in fields) for row in said.iter_rows(named=True)]
                assert ours == [(line["statement_id"], *(line[f] for f in fields[1:])) for line in lines]
        else:
            made = network(events, design_of(params, version))
            assert same(made, case["matrices"][0])
            path = folder / version / params["outfile"]
            text = path.read_text()
            if path.suffix == ".dl":
                assert graphs.ucinet(made).strip() == text.strip()
            elif path.suffix == ".csv":
                assert list(csv.reader(graphs.matrix_csv(made).splitlines())) == list(
                    csv.reader(text.splitlines(), delimiter=";")
                )
            else:
                assert tied(graphs.graphml(made)) == tied(text)
        compared[params["kind"]] += 1
    assert compared == {"network": 1, "bar": 3, "file": 7}


def tied(text: str) -> tuple[dict[str, int], dict[frozenset[str], float]]:
    """Statements of each node and weight of each tie in a GraphML file, DNA's or ours."""
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    root = ET.fromstring(text)
    data = {
        node.get("id"): {d.get("key"): d.text for d in node.findall("g:data", space)}
        for node in root.iterfind(".//g:node", space)
    }
    label = {key: str(fields.get("label") or fields.get("name")) for key, fields in data.items()}
    counts = {label[key]: int(fields.get("statements") or fields["frequency"] or 0) for key, fields in data.items()}
    weights = {}
    for edge in root.iterfind(".//g:edge", space):
        value = next(d.text for d in edge.findall("g:data", space) if d.get("key") == "weight")
        weights[frozenset((label[edge.get("source")], label[edge.get("target")]))] = float(value or 0)
    return counts, {pair: weight for pair, weight in weights.items() if weight}


def test_csv_of_networks(shared: Path) -> None:
    """The matrices that DNA wrote with full precision are in the JSON cases too; the files must say the same."""
    folder = shared / "data" / "dna" / "dna-3.1.2"
    events = Events(*DnaFile(shared / "data" / "dna" / "sample.dna").events())
    by_id = {c["params"]["id"]: c["params"] for c in cases(folder, "sample", "networks")}
    files = sorted((folder / "csv").glob("*.csv"))
    compared = 0
    for path in files:
        if path.stem in by_id:
            rows = list(csv.reader(path.open()))
            made = network(events, design_of(by_id[path.stem], "dna-3.1.2"))
            assert made.columns == rows[0][1:] and made.rows == [row[0] for row in rows[1:]]
            assert close(made.matrix, np.array([[float(v) for v in row[1:]] for row in rows[1:]]))
            compared += 1
    assert compared > 60


def test_passwords_of_dna_are_checked(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "dna" / "sample.dna"
    assert DnaFile(path, "sample").variables("DNA Statement")["agreement"] == "boolean"
    with pytest.raises(UsageError, match="no coder has this password"):
        DnaFile(path, "wrong")
    assert not password_fits("A" * 64, "sample")
    (tmp_path / "no.dna").write_bytes(b"not a database")
    with pytest.raises(RecordError, match="is not a DNA 3 file"):
        DnaFile(tmp_path / "no.dna")
