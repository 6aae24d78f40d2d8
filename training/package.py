"""Measure a trained attribution reader on PolNeAR dev, calibrate its confidence, and put it where it ships.

    python training/package.py build/attribution/epoch-4 --data ../shared/data [--ship]

Without --ship it only measures.  Figures come from the scorer in `../shared/tools`.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src"))
from whipcount.language.reader import LEAST, MODEL, Reader  # noqa: E402

FILES = ("reader.onnx", "linker.json", "tokenizer.json")


def prepare(folder: Path, calibration: tuple[float, float], figures: dict) -> None:
    """Write the manifest that the product's reader needs beside the model's files."""
    if not (folder / "tokenizer.json").exists():
        shutil.copy(MODEL / "tokenizer.json", folder / "tokenizer.json")
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    manifest = {"version": digests["reader.onnx"][:12], "sha256": digests, "calibration": calibration, "dev": figures}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def predict(folder: Path, documents: list[dict], least: float) -> list[dict]:
    """Attributions of each document in the scorer's schema, with confidence."""
    reader = Reader.load(folder, least=least)
    rows = []
    for document in documents:
        found = reader.read_text(document["text"])
        rows.append(
            {
                "id": document["id"],
                "attributions": [
                    {"source": a.source, "cue": a.cue, "content": a.content, "confidence": a.confidence} for a in found
                ],
            }
        )
    return rows


def score(gold: Path, rows: list[dict], shared: Path) -> dict:
    """The report of score_attribution.py."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pred.jsonl"
        path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
        out = Path(folder) / "report.json"
        subprocess.run(
            [sys.executable, shared / "tools" / "score_attribution.py", gold, path, "--out", out],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return json.loads(out.read_text())


def overlap(a: list, b: list) -> float:
    """Character Jaccard of two lists of spans."""
    one = {i for s, e in a for i in range(s, e)}
    two = {i for s, e in b for i in range(s, e)}
    return len(one & two) / len(one | two) if one | two else 1.0


def calibrate(documents: list[dict], rows: list[dict]) -> tuple[tuple[float, float], float]:
    """Slope and intercept of a logistic fit of rightness on raw certainty (Platt 1999), and the expected calibration
    error over ten equal bins after it.  Rows must have been read with the identity calibration."""
    raw, right = [], []
    for document, row in zip(documents, rows, strict=True):
        for a in row["attributions"]:
            odds = min(max(a["confidence"], 1e-6), 1 - 1e-6)
            raw.append(np.log(odds / (1 - odds)))
            right.append(
                any(
                    overlap(a["content"], g["content"]) >= 0.5 and overlap(a["source"], g["source"]) >= 0.5
                    for g in document["attributions"]
                )
            )
    x, y = np.array(raw), np.array(right, dtype=float)
    slope, intercept = 1.0, 0.0
    for _ in range(200):
        p = 1 / (1 + np.exp(-(slope * x + intercept)))
        gradient = np.array([((p - y) * x).sum(), (p - y).sum()])
        w = p * (1 - p)
        hessian = np.array([[(w * x * x).sum(), (w * x).sum()], [(w * x).sum(), w.sum()]]) + np.eye(2) * 1e-6
        step = np.linalg.solve(hessian, gradient)
        slope, intercept = slope - step[0], intercept - step[1]
    p = 1 / (1 + np.exp(-(slope * x + intercept)))
    bins = np.minimum((p * 10).astype(int), 9)
    error = sum(abs(p[bins == b].mean() - y[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist()))
    return (float(slope), float(intercept)), float(error)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--ship", action="store_true")
    options = parser.parse_args()
    gold = options.data / "polnear" / "dev.jsonl.gz"
    with gzip.open(gold, "rt", encoding="utf-8") as file:
        documents = [json.loads(line) for line in file]
    prepare(options.folder, (1.0, 0.0), {})
    calibration, error = calibrate(documents, predict(options.folder, documents, least=0.0))
    prepare(options.folder, calibration, {})
    report = score(gold, predict(options.folder, documents, LEAST), options.data.parent)
    attribution = report["attribution"]
    figures = {
        "content_f1": attribution["content"]["f1"],
        "attributed_strict_f1": attribution["attributed_strict"]["f1"],
        "precision": attribution["attributed_strict"]["p"],
        "recall": attribution["attributed_strict"]["r"],
        **{
            f"{kind}_strict_f1": report["by_type"][kind]["attributed_strict"]["f1"]
            for kind in ("direct", "mixed", "indirect")
        },
        **{f"exact_{role}_f1": report["span"][role]["exact"]["f1"] for role in ("source", "cue", "content")},
        "expected_calibration_error": error,
    }
    figures = {name: round(value, 4) for name, value in figures.items()}
    prepare(options.folder, calibration, figures)
    print(json.dumps(figures, indent=1))
    if options.ship:
        for name in (*FILES, "manifest.json"):
            if (options.folder / name).resolve() != (MODEL / name).resolve():
                shutil.copy(options.folder / name, MODEL / name)
        print(f"shipped to {MODEL}")


if __name__ == "__main__":
    main()
