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
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src"))
from whipcount.language.reader import JUDGED, MODEL, Reader  # noqa: E402

FILES = ("reader.onnx", "linker.json", "tokenizer.json")


def prepare(folder: Path, calibration: dict[str, float], figures: dict) -> None:
    """Write the manifest that the product's reader needs beside the model's files."""
    if not (folder / "tokenizer.json").exists():
        shutil.copy(MODEL / "tokenizer.json", folder / "tokenizer.json")
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    manifest = {"version": digests["reader.onnx"][:12], "sha256": digests, "calibration": calibration, "dev": figures}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def predict(folder: Path, documents: list[dict]) -> list[dict]:
    """Attributions of each document in the scorer's schema."""
    reader = Reader.load(folder)
    return [
        {
            "id": document["id"],
            "attributions": [
                {"source": a.source, "cue": a.cue, "content": a.content} for a in reader.read_text(document["text"])
            ],
        }
        for document in documents
    ]


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


def overlap(a: Sequence[Sequence[int]], b: Sequence[Sequence[int]]) -> float:
    """Character Jaccard of two lists of spans."""
    one = {i for s, e in a for i in range(s, e)}
    two = {i for s, e in b for i in range(s, e)}
    return len(one & two) / len(one | two) if one | two else 1.0


def logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights of a logistic regression of y (n,) on x (n, k) whose last column is constant; ridge of 1 on columns that
    have been brought to one scale."""
    scale = np.where(x.std(0) > 0, x.std(0), 1.0)
    scaled, weights = x / scale, np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-(scaled @ weights)))
        hessian = (scaled * (p * (1 - p))[:, None]).T @ scaled + np.eye(len(weights))
        weights += np.linalg.solve(hessian, scaled.T @ (y - p) - weights)
    return weights / scale


def calibrate(folder: Path, documents: list[dict]) -> tuple[dict[str, float], float]:
    """Weights of the signs by which an attribution is judged right or wrong, and the expected calibration error over ten
    equal bins, of documents judged by weights that were fitted on the others (six parts); prints these bins."""
    reader = Reader.load(folder)
    signs, right, part = [], [], []
    for number, document in enumerate(documents):
        for attribution, seen in reader.signs(document["text"]):
            signs.append(seen)
            part.append(number % 6)
            right.append(
                any(
                    overlap(attribution.content, g["content"]) >= 0.5
                    and overlap(attribution.source, g["source"]) >= 0.5
                    for g in document["attributions"]
                )
            )
    x, y, parts = np.array(signs), np.array(right, dtype=float), np.array(part)
    p = np.zeros(len(y))
    for held in range(6):
        weights = logistic(x[parts != held], y[parts != held])
        p[parts == held] = 1 / (1 + np.exp(-(x[parts == held] @ weights)))
    bins = np.minimum((p * 10).astype(int), 9)
    error = 0.0
    print("confidence / right / number")
    for b in sorted(set(bins.tolist())):
        here = bins == b
        error += abs(p[here].mean() - y[here].mean()) * here.mean()
        print(f"{p[here].mean():.2f} / {y[here].mean():.2f} / {here.sum()}")
    return dict(zip(JUDGED, logistic(x, y).round(5).tolist(), strict=True)), float(error)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--ship", action="store_true")
    options = parser.parse_args()
    gold = options.data / "polnear" / "dev.jsonl.gz"
    with gzip.open(gold, "rt", encoding="utf-8") as file:
        documents = [json.loads(line) for line in file]
    prepare(options.folder, dict.fromkeys(JUDGED, 0.0), {})
    calibration, error = calibrate(options.folder, documents)
    prepare(options.folder, calibration, {})
    report = score(gold, predict(options.folder, documents), options.data.parent)
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
