"""Networks as graphs of networkx, and as files for visone, Gephi, Pajek, UCINET and spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from whipcount.analysis.networks import Network
from whipcount.errors import UsageError

if TYPE_CHECKING:
    import networkx

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML file may hold."""


def nodes(made: Network) -> list[dict[str, Any]]:
    """One row a node: `id` (n1, n2, ...), `label`, `mode` (0 rows, 1 columns) and `statements`, where that is known."""
    sides = [(0, made.rows)] if made.onemode else [(0, made.rows), (1, made.columns)]
    rows: list[dict[str, Any]] = []
    for mode, names in sides:
        number = made.activity[mode] if made.activity else [None] * len(names)
        rows += [{"label": name, "mode": mode, "statements": n} for name, n in zip(names, number, strict=True)]
    return [{"id": f"n{n}", **row} for n, row in enumerate(rows, 1)]


def ties(made: Network) -> Iterator[tuple[int, int, float]]:
    """Row, column and weight of every cell that is not 0; of a one-mode network each pair once, lower number first."""
    for i, j in zip(*made.matrix.nonzero(), strict=True):
        if not made.onemode or i <= j:
            yield int(i), int(j), float(made.matrix[i, j])


def graph(made: Network) -> networkx.Graph:
    """The network as an undirected graph: nodes are labels with `mode` and `statements`, edges have `weight`.

    A column's label that is also a row's is given as the pair (label, 1).
    """
    import networkx

    result = networkx.Graph()
    places: list[Any] = []
    for row in nodes(made):
        name = (row["label"], 1) if row["mode"] and row["label"] in made.rows else row["label"]
        places.append(name)
        result.add_node(name, **{k: v for k, v in row.items() if k in ("mode", "statements") and v is not None})
    offset = 0 if made.onemode else len(made.rows)
    result.add_weighted_edges_from((places[i], places[offset + j], weight) for i, j, weight in ties(made))
    return result


def graphml(made: Network) -> str:
    """GraphML with plain attributes, as visone, Gephi, igraph and networkx read them."""
    root = ET.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    for target, name, kind in (
        ("node", "label", "string"),
        ("node", "mode", "int"),
        ("node", "statements", "int"),
        ("edge", "weight", "double"),
        ("edge", "sign", "int"),
    ):
        ET.SubElement(root, "key", {"id": name, "for": target, "attr.name": name, "attr.type": kind})
    body = ET.SubElement(root, "graph", id="network", edgedefault="undirected")
    for row in nodes(made):
        node = ET.SubElement(body, "node", id=row["id"])
        for name in ("label", "mode", "statements"):
            if row[name] is not None:
                ET.SubElement(node, "data", key=name).text = _xml(row[name])
    offset = 0 if made.onemode else len(made.rows)
    for i, j, weight in ties(made):
        edge = ET.SubElement(body, "edge", source=f"n{i + 1}", target=f"n{offset + j + 1}")
        ET.SubElement(edge, "data", key="weight").text = repr(weight)
        ET.SubElement(edge, "data", key="sign").text = "1" if weight > 0 else "-1"
    return _document(root)


def gexf(made: Network) -> str:
    """GEXF 1.3, Gephi's own format."""
    root = ET.Element("gexf", xmlns="http://gexf.net/1.3", version="1.3")
    body = ET.SubElement(root, "graph", defaultedgetype="undirected")
    kinds = ET.SubElement(body, "attributes", {"class": "node"})
    for name in ("mode", "statements"):
        ET.SubElement(kinds, "attribute", id=name, title=name, type="integer")
    sign = ET.SubElement(body, "attributes", {"class": "edge"})
    ET.SubElement(sign, "attribute", id="sign", title="sign", type="integer")
    all_nodes, all_edges = ET.SubElement(body, "nodes"), ET.SubElement(body, "edges")
    for row in nodes(made):
        node = ET.SubElement(all_nodes, "node", id=row["id"], label=_xml(row["label"]))
        attributes = ET.SubElement(node, "attvalues")
        for name in ("mode", "statements"):
            if row[name] is not None:
                ET.SubElement(attributes, "attvalue", {"for": name, "value": str(row[name])})
    offset = 0 if made.onemode else len(made.rows)
    for number, (i, j, weight) in enumerate(ties(made)):
        edge = ET.SubElement(
            all_edges, "edge", id=str(number), source=f"n{i + 1}", target=f"n{offset + j + 1}", weight=repr(weight)
        )
        ET.SubElement(
            ET.SubElement(edge, "attvalues"), "attvalue", {"for": "sign", "value": str(1 if weight > 0 else -1)}
        )
    return _document(root)


def pajek(made: Network) -> str:
    """A Pajek `.net` file; of a two-mode network the first line tells how many vertices are rows."""
    rows = nodes(made)
    count = str(len(rows)) if made.onemode else f"{len(rows)} {len(made.rows)}"
    lines = [f"*Vertices {count}", *(f"{n} {_quoted(row['label'])}" for n, row in enumerate(rows, 1)), "*Edges"]
    offset = 0 if made.onemode else len(made.rows)
    lines += [f"{i + 1} {offset + j + 1} {weight!r}" for i, j, weight in ties(made)]
    return "\n".join(lines) + "\n"


def ucinet(made: Network) -> str:
    """A UCINET DL file, format full matrix, as DNA writes it."""
    if made.onemode:
        lines = [f"dl n = {len(made.rows)}, format = fullmatrix", "labels:", *map(_quoted, made.rows)]
    else:
        lines = [f"dl nr = {len(made.rows)}, nc = {len(made.columns)}, format = fullmatrix"]
        lines += ["row labels:", *map(_quoted, made.rows), "col labels:", *map(_quoted, made.columns)]
    lines += ["data:", *(" " + " ".join(_number(v) for v in line) for line in made.matrix.tolist())]
    return "\n".join(lines) + "\n"


def edge_list(made: Network) -> str:
    """CSV with a header, one tie a line: source, target, weight.  Labels like formulas get an apostrophe in front."""
    columns = made.rows if made.onemode else made.columns
    rows = [[_plain(made.rows[i]), _plain(columns[j]), _number(weight)] for i, j, weight in ties(made)]
    return _csv([["source", "target", "weight"], *rows])


def matrix_csv(made: Network) -> str:
    """CSV with the columns' labels in the first line and the rows' in the first cell of each."""
    rows = [[_plain(name), *map(_number, line)] for name, line in zip(made.rows, made.matrix.tolist(), strict=True)]
    return _csv([["", *map(_plain, made.columns)], *rows])


def as_json(made: Network) -> str:
    """What `whipcount network --json` prints."""
    return json.dumps(made.to_json(), ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Network], str]] = {
    "graphml": graphml,
    "gexf": gexf,
    "net": pajek,
    "dl": ucinet,
    "edges": edge_list,
    "csv": matrix_csv,
    "json": as_json,
}
"""Formats by name; but for `edges` the name is also the ending of the file."""


def written(made: Network, format: str) -> str:
    """The network in one of `FORMATS`; UsageError if there is no such format."""
    if format not in FORMATS:
        raise UsageError(f"no network format {format!r}; use {', '.join(FORMATS)}")
    return FORMATS[format](made)


def _document(root: ET.Element) -> str:
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _xml(value: object) -> str:
    return NOT_XML.sub("\ufffd", str(value))


def _quoted(label: str) -> str:
    return '"' + " ".join(label.split()).replace('"', "'") + '"'


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)


def _plain(label: str) -> str:
    return "'" + label if label.startswith(("=", "+", "-", "@", "\t", "\r")) else label


def _csv(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
