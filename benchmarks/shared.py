"""Where the reference data and the scorers are, and how to call a scorer."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a `.jsonl` or `.jsonl.gz` file."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def score_attributions(gold: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The report of `score_attribution.py` on predicted rows (`id`, `attributions`)."""
    return _score("score_attribution.py", [str(gold)], rows)


def score_statements(gold: Path, rows: list[dict[str, Any]], articles: Path | None = None) -> dict[str, Any]:
    """The report of `score_statements.py` on lines of `whipcount extract`."""
    return _score("score_statements.py", ["--gold", str(gold)], rows, ["--articles", str(articles)] if articles else [])


def _score(tool: str, gold: list[str], rows: list[dict[str, Any]], more: list[str] | None = None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        predicted, out = Path(folder) / "predicted.jsonl", Path(folder) / "report.json"
        predicted.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        flag = ["--pred"] if tool == "score_statements.py" else []
        command = [
            sys.executable,
            str(SHARED / "tools" / tool),
            *gold,
            *flag,
            str(predicted),
            *(more or []),
            "--out",
            str(out),
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return dict(json.loads(out.read_text(encoding="utf-8")))
