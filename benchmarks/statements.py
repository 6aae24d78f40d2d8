"""From articles to coded statements: every figure of the scorer on the visible reference articles."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from shared import SHARED, lines, score_statements

FIGURES = ("utterance", "source", "speaker", "speaks_for", "voice", "option", "stance", "position", "position_set")


def extract(inputs: list[str], codebook: Path) -> tuple[list[dict[str, Any]], float]:
    """Lines that `whipcount extract` writes for the inputs, and the seconds it took with start-up."""
    command = [str(Path(sys.executable).parent / "whipcount"), "extract", "--codebook", str(codebook), *inputs]
    start = time.perf_counter()
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in run.stdout.splitlines()], time.perf_counter() - start


def show(name: str, report: dict[str, Any]) -> None:
    """Print precision, recall and F1 of each figure."""
    print(f"\n{name}")
    for figure in FIGURES:
        value = report[figure] if figure in report else report["figures"][figure]
        print(f"  {figure:14} P {value['p']:.3f}  R {value['r']:.3f}  F1 {value['f1']:.3f}")


def main() -> None:
    """Score the three gold articles and the wild documents, or say what is missing."""
    data = SHARED / "data"
    guarantees = data / "security-guarantees"
    if not guarantees.exists():
        print(f"statements: skipped, {guarantees} is not there")
        return
    rows, spent = extract([str(guarantees / "articles")], guarantees / "codebook.yaml")
    print(
        f"\nStatements: five articles in {spent:.1f} s with start-up; "
        f"{min(len(r['attributions']) for r in rows)} attributions in the poorest"
    )
    show(
        "security-guarantees, three gold articles", score_statements(guarantees / "gold", rows, guarantees / "articles")
    )
    wild = data / "wild"
    documents = {d["id"]: d for d in lines(wild / "wild.jsonl")}
    gold = {g["id"]: g for g in lines(wild / "gold.jsonl")}
    for debate, codebook in (
        ("security-guarantees", guarantees / "codebook.yaml"),
        ("restrictive-measures", wild / "restrictive-measures.yaml"),
    ):
        with tempfile.TemporaryDirectory() as folder:
            texts, answers = Path(folder) / "texts.jsonl", Path(folder) / "gold.jsonl"
            chosen = [d for d in documents.values() if d["meta"]["debate"] == debate]
            texts.write_text(
                "".join(
                    json.dumps(
                        {"id": d["id"], "text": d["text"], "outlet": d["meta"]["outlet"], "date": d["meta"]["date"]}
                    )
                    + "\n"
                    for d in chosen
                ),
                encoding="utf-8",
            )
            answers.write_text(
                "".join(json.dumps({**gold[d["id"]], "text": d["text"]}) + "\n" for d in chosen), encoding="utf-8"
            )
            rows, _ = extract([str(texts)], codebook)
            show(f"wild, {debate} ({len(chosen)} documents)", score_statements(answers, rows))


if __name__ == "__main__":
    main()
