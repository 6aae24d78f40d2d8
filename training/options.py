"""Train the model of options: how like a statement's words must be to an option's for the one to be about the other.

    python training/options.py features DEBATES CACHE     embed the debates once (slow part, minutes)
    python training/options.py measure CACHE FOLDER       held-out figures: five folds of four debates each
    python training/options.py train CACHE FOLDER         fit on everything, write the weights that ship

What it finds likely is then read beside the option by the model of `pair.py`.  Needs scikit-learn besides whipcount.
"""

from __future__ import annotations

import pickle
import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier

from corpora import coded_documents
from whipcount.coding.coder import look
from whipcount.coding.encoder import Encoder
from whipcount.coding.options import OptionModel, OptionSpace, features, terse
from whipcount.coding.wording import marked_passages, names_of, passages
from whipcount.model import Codebook


def crowded(books: dict[str, Codebook]) -> dict[str, Codebook]:
    """Each codebook with 6 to 16 options of two other debates added, so that large codebooks are learnt, too."""
    draw, names, found = random.Random(3), sorted(books), {}
    for place, name in enumerate(names):
        others = [books[names[(place + step) % len(names)]].options for step in (7, 13)]
        foreign = [replace(option, id=f"x-{option.id}") for options in others for option in options]
        found[name] = replace(books[name], options=(*books[name].options, *foreign[: draw.randint(6, 16)]))
    return found


def shortened(book: Codebook) -> Codebook:
    """The codebook as somebody in a hurry writes it: labels, a definition here and there, and nothing else."""
    draw = random.Random(book.title)
    options = (
        replace(o, definition=draw.choice((o.definition, "")), paraphrases=(), include=(), exclude=()) for o in book.options
    )
    return replace(book, options=tuple(options))


def examples(folder: Path) -> list[dict[str, Any]]:
    """Everything the models learn from, per document of the debates in `folder`: passages, vectors, features, codes."""
    encoder, found = Encoder(), []
    documents = [document for document in coded_documents(folder) if document[3]]
    books = {name: book for name, book, *_ in documents}
    larger = crowded(books)
    spaces = {name: OptionSpace(book, encoder) for name, book in books.items()}
    large = {name: OptionSpace(book, encoder) for name, book in larger.items()}
    short = {name: shortened(book) for name, book in books.items()}
    bare = {name: OptionSpace(book, encoder) for name, book in short.items()}
    for name, book, document, statements, codes in documents:
        seen = passages(document, statements, book)
        views = look(document, seen, book, encoder)
        for own, space in ((book, spaces[name]), (larger[name], large[name]), (short[name], bare[name])):
            found.append(
                {
                    "debate": name,
                    "codes": codes,
                    "marked": marked_passages(document, statements, names_of(book)),
                    "bare": marked_passages(document, statements),
                    "features": features(space, seen, views),
                    "book": own,
                    "crowded": own is larger[name],
                    "terse": own is short[name],
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


def fit(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Weights of `options.OptionModel`."""
    kinds = {"whole": [e for e in found if not e["terse"]], "terse": [e for e in found if e["terse"]]}
    return {f"{kind}_{name}": part for kind, those in kinds.items() for name, part in network(those).items()}


def network(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Weights of one of its networks."""
    values, right = option_rows(found)
    table = np.concatenate(values)
    mean, scale = table.mean(0), table.std(0) + 1e-6
    learnt = MLPClassifier((32,), alpha=1.0, max_iter=15, early_stopping=True, random_state=1)
    learnt.fit((table - mean) / scale, np.concatenate(right))
    (hidden, out), (hidden_bias, out_bias) = learnt.coefs_, learnt.intercepts_
    return {
        "mean": mean,
        "scale": scale,
        "hidden": hidden.astype(np.float32),
        "hidden_bias": hidden_bias,
        "out": out.astype(np.float32),
        "out_bias": out_bias,
    }


def save(found: list[dict[str, Any]], folder: Path) -> None:
    """Train on `found` and write the weights to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "options.npz", **fit(found))


def measure(found: list[dict[str, Any]], folder: Path) -> None:
    """Print how often the right options are among the likeliest ones, on debates left out of training."""
    debates = np.random.default_rng(0).permutation(sorted({example["debate"] for example in found}))
    ranks: dict[bool, list[int]] = {False: [], True: []}
    for number in range(5):
        out = set(debates[number::5])
        save([example for example in found if example["debate"] not in out], folder)
        model = OptionModel(folder)
        for example in (e for e in found if e["debate"] in out and not e["crowded"]):
            likely = model.probabilities(example["features"], terse(example["book"]))
            for row, codes in zip(likely, example["codes"], strict=True):
                order = [example["book"].options[i].id for i in np.argsort(-row)]
                ranks[example["terse"]] += [order.index(r["option"]) for r in codes if r["option"]]
    for kind, found_at in ranks.items():
        print("labels and a few definitions" if kind else "whole codebooks")
        for most in (1, 2, 3, 5):
            print(f"  right option among the {most} likeliest: {np.mean(np.array(found_at) < most):.3f}")


def main(arguments: list[str]) -> None:
    """Run one of the three steps."""
    step, first, second = arguments[0], Path(arguments[1]), Path(arguments[2])
    if step == "features":
        second.write_bytes(pickle.dumps(examples(first)))
    else:
        found = pickle.loads(first.read_bytes())
        (measure if step == "measure" else save)(found, second)


if __name__ == "__main__":
    main(sys.argv[1:])
