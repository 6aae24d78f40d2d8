"""Train the coder: which option, and which stance, from invented debates with reference codes.

    python training/coding.py features DEBATES CACHE     embed the debates once (slow part, minutes)
    python training/coding.py measure CACHE FOLDER       held-out figures: five folds of four debates each
    python training/coding.py train CACHE MODELS         fit on everything, write the weights that ship

Needs scikit-learn besides whipcount itself.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, f1_score
from sklearn.neural_network import MLPClassifier

from whipcount.coding.codebook import load
from whipcount.coding.coder import look
from whipcount.coding.encoder import Encoder
from whipcount.coding.options import OptionModel, OptionSpace, features
from whipcount.coding.stance import BUCKETS, StanceModel, wording
from whipcount.coding.wording import Passage, passages
from whipcount.model import Codebook, Document, SpeakerKind, Statement, Voice

STANCES = ["support", "oppose", "conditional", "undecided", "neutral-report"]
THRESHOLDS = (0.25, 0.7)
REPEATS = 2
COUNT_SCALE = 0.3


def statements_of(gold: dict[str, Any]) -> tuple[list[Statement], list[list[dict[str, Any]]]]:
    """One statement per utterance x actor without its codes, and the gold records behind each."""
    groups: dict[Any, list[dict[str, Any]]] = {}
    for record in gold["statements"]:
        key = (tuple((c["start"], c["end"]) for c in record["content"]), record["speaks_for"], record["speaker"])
        groups.setdefault(key, []).append(record)
    statements, codes = [], []
    for number, (key, records) in enumerate(groups.items(), 1):
        r = records[0]
        voice = r.get("voice") or {"second-hand": "ascribed"}.get(r["directness"], r["directness"])
        kind = {"anonymous": "unnamed"}.get(r["speaker_type"], r["speaker_type"])
        spans = {f: tuple((s["start"], s["end"]) for s in r[f]) for f in ("source", "cue")}
        statements.append(
            Statement(
                f"s{number}",
                key[0],
                spans["source"],
                r["speaker"],
                SpeakerKind(kind),
                Voice(voice),
                spans["cue"],
                speaks_for=r["speaks_for"],
            )
        )
        codes.append(records)
    order = sorted(range(len(statements)), key=lambda i: statements[i].content[0])
    return [statements[i] for i in order], [codes[i] for i in order]


def document_of(row: dict[str, Any]) -> Document:
    """A Document of a line of documents.jsonl; the whole text is its body."""
    text = row["text"]
    digest = hashlib.sha256(text.encode()).hexdigest()
    title = row.get("title") or row.get("meta", {}).get("title")
    return Document(row["id"], text, ((0, len(text)),), digest, title=title)


def crowded(books: dict[str, Codebook]) -> dict[str, Codebook]:
    """Each codebook with 6 to 16 options of two other debates added, so that large codebooks are learnt, too."""
    draw, names, found = random.Random(3), sorted(books), {}
    for place, name in enumerate(names):
        others = [books[names[(place + step) % len(names)]].options for step in (7, 13)]
        foreign = [replace(option, id=f"x-{option.id}") for options in others for option in options]
        found[name] = replace(books[name], options=(*books[name].options, *foreign[: draw.randint(6, 16)]))
    return found


def examples(documents: list[dict[str, Any]], gold: dict[str, Any], books: dict[str, Codebook]) -> list[dict[str, Any]]:
    """Everything the models learn from, per document: passages, vectors, features, codes."""
    encoder, found = Encoder(), []
    spaces = {name: OptionSpace(book, encoder) for name, book in books.items()}
    larger = crowded(books)
    large = {name: OptionSpace(book, encoder) for name, book in larger.items()}
    for row in documents:
        name = row["meta"].get("debate") or row["meta"].get("codebook")
        if row["id"] not in gold:
            continue
        book = books[name]
        document = document_of(row)
        statements, codes = statements_of(gold[row["id"]])
        if not statements:
            continue
        seen = passages(document, statements, book)
        views = look(document, seen, book, encoder)
        for own, space in ((book, spaces[name]), (larger[name], large[name])):
            values = features(space, seen, views)
            found.append(
                {
                    "debate": name,
                    "codes": codes,
                    "passages": seen,
                    "features": values,
                    "book": own,
                    "crowded": own is not book,
                }
            )
    return found


def option_rows(found: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    """Per statement: features (options, F), and which options the reference gives it (options,)."""
    values, right = [], []
    for example in found:
        for row, codes in zip(example["features"], example["codes"], strict=True):
            values.append(row)
            right.append(np.array([any(r["option"] == o.id for r in codes) for o in example["book"].options]))
    return values, right


def stance_rows(found: list[dict[str, Any]]) -> tuple[list[Passage], list[int]]:
    """Passages of the records with an option, and their stances."""
    seen, sides = [], []
    for example in (e for e in found if not e["crowded"]):
        for passage, codes in zip(example["passages"], example["codes"], strict=True):
            for record in codes:
                if record["option"]:
                    seen.append(passage)
                    sides.append(STANCES.index(record["stance"]))
    return seen, sides


def framed(found: list[dict[str, Any]]) -> tuple[list[Passage], list[int]]:
    """The frames of frames.yaml, each filled with the labels of REPEATS options drawn at random."""
    frames = yaml.safe_load((Path(__file__).parent / "frames.yaml").read_text())
    labels = sorted({option.label for example in found if not example["crowded"] for option in example["book"].options})
    draw = random.Random(1)
    seen, sides = [], []
    for stance, lines in frames.items():
        for line in lines * REPEATS:
            label, cue = draw.choice(labels), draw.choice(["", "said", "says", "told reporters"])
            text = line.format(do=label[0].lower() + label[1:])
            seen.append(Passage(text, text, (), f"someone {cue}", cue, text, 0))
            sides.append(STANCES.index(stance))
    return seen, sides


def train_options(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Weights of `options.OptionModel`."""
    values, right = option_rows(found)
    table = np.concatenate(values)
    mean, scale = table.mean(0), table.std(0) + 1e-6
    network = MLPClassifier((32,), alpha=1.0, max_iter=15, early_stopping=True, random_state=1)
    network.fit((table - mean) / scale, np.concatenate(right))
    (hidden, out), (hidden_bias, out_bias) = network.coefs_, network.intercepts_
    return {
        "mean": mean,
        "scale": scale,
        "hidden": hidden.astype(np.float32),
        "hidden_bias": hidden_bias,
        "out": out.astype(np.float32),
        "out_bias": out_bias,
        "thresholds": np.array(THRESHOLDS),
    }


def train_stances(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Weights of `stance.StanceModel`."""
    seen, sides = stance_rows(found)
    more, more_sides = framed(found)
    rows = wording(seen + more)
    frequency = np.zeros(BUCKETS)
    for buckets, _, _ in rows:
        frequency[buckets] += 1
    rarity = np.where(frequency >= 2, np.log((1 + len(rows)) / (1 + frequency)) + 1, 0).astype(np.float32)
    weighed = [w * rarity[b] / max(float(np.linalg.norm(w * rarity[b])), 1e-9) for b, w, _ in rows]
    index = np.repeat(np.arange(len(rows)), [len(b) for b, _, _ in rows])
    columns = np.concatenate([b for b, _, _ in rows])
    grams = csr_matrix((np.concatenate(weighed), (index, columns)), (len(rows), BUCKETS))
    counts = np.array([c for *_, c in rows]) * COUNT_SCALE
    model = LogisticRegression(C=4, max_iter=150, class_weight="balanced")
    weights = np.r_[np.ones(len(seen)), np.full(len(more), 0.5)]
    model.fit(hstack([grams, counts]).tocsr(), np.r_[sides, more_sides].astype(int), weights)
    return {
        "rarity": rarity,
        "grams": model.coef_[:, :BUCKETS].T.astype(np.float16),
        "counts": (model.coef_[:, BUCKETS:].T * COUNT_SCALE).astype(np.float32),
        "bias": model.intercept_.astype(np.float32),
    }


def save(found: list[dict[str, Any]], folder: Path) -> None:
    """Train both models on `found` and write their weights to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "options.npz", **train_options(found))
    np.savez_compressed(folder / "stance.npz", **train_stances(found))


def measure(found: list[dict[str, Any]], folder: Path) -> None:
    """Print held-out figures: five folds of four debates, weights of each fold in `folder`."""
    debates = np.random.default_rng(0).permutation(sorted({example["debate"] for example in found}))
    hit = wrong = missed = 0
    gold: list[int] = []
    said: list[int] = []
    for number in range(5):
        out = set(debates[number::5])
        save([example for example in found if example["debate"] not in out], folder)
        options, stances = OptionModel(folder), StanceModel(folder)
        for example in (e for e in found if e["debate"] in out and not e["crowded"]):
            sides = stances.probabilities(example["passages"]).argmax(1)
            about = options.probabilities(example["features"])
            for row, codes, side in zip(about, example["codes"], sides, strict=True):
                right = {r["option"] for r in codes}
                taken = {example["book"].options[i].id for i in options.choose(row)} or {None}
                hit, wrong, missed = hit + len(right & taken), wrong + len(taken - right), missed + len(right - taken)
                for record in codes:
                    if record["option"]:
                        gold.append(STANCES.index(record["stance"]))
                        said.append(int(side))
    table = confusion_matrix(gold, said, labels=range(5))
    f1 = f1_score(gold, said, average=None, labels=range(5))
    print(f"option F1, none counted as an option: {2 * hit / (2 * hit + wrong + missed):.3f}")
    print(f"stance given the option: right {np.trace(table) / table.sum():.3f}, mean F1 {f1.mean():.3f}, {f1.round(3)}")
    print(f"support and oppose confused, of 100 of either: {100 * (table[0, 1] + table[1, 0]) / table[:2].sum():.1f}")
    print(table)


def main(arguments: list[str]) -> None:
    """Run one of the three steps."""
    step, first, second = arguments[0], Path(arguments[1]), Path(arguments[2])
    if step == "features":
        books = {path.stem: load(path) for path in sorted(first.glob("*.yaml"))}
        documents = [json.loads(line) for line in (first / "documents.jsonl").open()]
        gold = {d["id"]: d for d in map(json.loads, (first / "gold.jsonl").open())}
        second.write_bytes(pickle.dumps(examples(documents, gold, books)))
    else:
        found = pickle.loads(first.read_bytes())
        (measure if step == "measure" else save)(found, second)


if __name__ == "__main__":
    main(sys.argv[1:])
