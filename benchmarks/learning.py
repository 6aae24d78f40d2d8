"""How much a coder learns from 0, 20, 50 and 200 corrections of a debate that it has not seen.

    python benchmarks/learning.py [--models FOLDER] [--debates NAME,NAME]
    python benchmarks/learning.py --news        real articles on security guarantees, which no coder was trained on

A reviewer is played by the reference codes of invented debates: of four fifths of a debate's documents, the utterances
whose coding was closest are judged first (the order of `whipcount review`); the figures are those of the other fifth,
each fifth in turn.  `--models` are weights of a coder that was not trained on the `--debates`: the shipped one was
trained on all of them, so that without these the first column flatters it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from shared import SHARED, lines
from whipcount.coding.codebook import load
from whipcount.coding.coder import MODELS, StatementCoder
from whipcount.coding.encoder import Encoder
from whipcount.coding.learning import Lesson, Remembering, Taught
from whipcount.model import Codebook, Document, SpeakerKind, Stance, Statement, Voice
from whipcount.record.doubt import doubt

STEPS = (0, 20, 50, 200)
FOLDS = 5
Codes = dict[str, Stance | None]


def utterances(gold: dict[str, Any]) -> tuple[list[Statement], list[Codes]]:
    """The utterances of a document without their codes, and the reference codes of each."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for record in gold["statements"]:
        groups.setdefault(tuple((c["start"], c["end"]) for c in record["content"]), []).append(record)
    statements, codes = [], []
    for number, (content, records) in enumerate(sorted(groups.items()), 1):
        source, cue = (tuple((s["start"], s["end"]) for s in records[0][f]) for f in ("source", "cue"))
        statements.append(
            Statement(f"s{number}", content, source, "", SpeakerKind.PERSON, Voice.FIRST_HAND, cue)
        )  # fmt: skip
        codes.append(
            {
                r["option"]: None if r["stance"] == "neutral-report" else Stance(r["stance"])
                for r in records
                if r["option"]
            }
        )
    return statements, codes


def lessons_of(coder: StatementCoder, rows: list[dict[str, Any]], gold: dict[str, Any], book: Codebook) -> list[Lesson]:
    """Every utterance of a debate as it would be judged, in the order of the text."""
    found = []
    for row in rows:
        text = row["text"]
        digest = hashlib.sha256(text.encode()).hexdigest()
        document = Document(
            row["id"], text, ((0, len(text)),), digest, title=row.get("title") or row["meta"].get("title")
        )
        statements, codes = utterances(gold[row["id"]])
        coded = coder.code(document, statements, book)
        for statement, right in zip(statements, codes, strict=True):
            own = [c for c in coded if c.content == statement.content]
            found.append(Lesson(document, own[0], right, before={c.option: c.stance for c in own if c.option}))
    return found


class Count:
    """Hits and misses on options, and on options with stances; stances right where the option is."""

    def __init__(self) -> None:
        self.option = [0, 0, 0]
        self.both = [0, 0, 0]
        self.side = [0, 0]
        self.whole = [0, 0]

    def add(self, right: Codes, held: Codes) -> None:
        """One utterance."""
        for tally, a, b in ((self.option, set(right), set(held)), (self.both, set(right.items()), set(held.items()))):
            tally[0] += len(a & b)
            tally[1] += len(b - a)
            tally[2] += len(a - b)
        shared = right.keys() & held.keys()
        self.side[0] += sum(right[o] == held[o] for o in shared)
        self.side[1] += len(shared)
        self.whole[0] += right == held
        self.whole[1] += 1

    def figures(self) -> tuple[float, float, float, float]:
        """Option F1, stance right given the option, option and stance F1, utterances wholly right."""
        f1 = [2 * t[0] / max(2 * t[0] + t[1] + t[2], 1) for t in (self.option, self.both)]
        return f1[0], self.side[0] / max(self.side[1], 1), f1[1], self.whole[0] / max(self.whole[1], 1)


def curve(found: list[Lesson], book: Codebook, encoder: Encoder, counts: dict[int, Count]) -> tuple[int, float]:
    """Add one debate to `counts`, by corrections; the most corrections there were, and seconds of teaching with them."""
    names = sorted({lesson.document.id for lesson in found})
    most, spent = 0, 0.0
    for part in range(FOLDS):
        out = set(names[part::FOLDS])
        pool = [one for one in found if one.document.id not in out]
        pool.sort(key=lambda one: (-round(doubt(one.statement), 3), one.document.id, one.statement.content))
        for step in STEPS:
            learnt = pool[:step]
            start = time.perf_counter()
            taught = Taught(learnt, book, encoder) if learnt else None
            if len(learnt) > most:
                most, spent = len(learnt), time.perf_counter() - start
            for one in (one for one in found if one.document.id in out):
                held = dict(one.before)
                if taught is not None:
                    coded = taught.code(one.document, [replace(one.statement)])
                    held = {s.option: s.stance for s in coded if s.option}
                counts[step].add(dict(one.taken), held)
    return most, spent


def main() -> None:
    """Print the curve, or say what is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--debates", default="")
    parser.add_argument("--news", action="store_true")
    given = parser.parse_args()
    if given.news:
        news(given.models)
        return
    folder = SHARED / "data" / "debates"
    if not folder.exists():
        print(f"learning: skipped, {folder} is not there")
        return
    wanted = given.debates.split(",") if given.debates else sorted(path.stem for path in folder.glob("*.yaml"))[:4]
    gold = {row["id"]: row for row in lines(folder / "gold.jsonl")}
    rows = [row for row in lines(folder / "documents.jsonl") if row["id"] in gold]
    coder, encoder = StatementCoder.load(given.models), Remembering(1)
    counts = {step: Count() for step in STEPS}
    for name in wanted:
        book = load(folder / f"{name}.yaml")
        found = lessons_of(coder, [row for row in rows if row["meta"]["debate"] == name], gold, book)
        most, spent = curve(found, book, encoder, counts)
        print(f"{name}: {len(found)} utterances, at most {most} corrections, taught in {spent:.1f} s", flush=True)
    told(f"{len(wanted)} debates" + ("" if given.debates else " (seen in training)"), counts)


def news(models: Path) -> None:
    """The curve on the visible reference articles and the beginnings of articles on the same debate."""
    data = SHARED / "data"
    folder = data / "security-guarantees"
    if not folder.exists():
        print(f"learning: skipped, {folder} is not there")
        return
    gold = {row["id"]: row for row in lines(data / "wild" / "gold.jsonl")}
    rows = [row for row in lines(data / "wild" / "wild.jsonl") if row["meta"]["debate"] == "security-guarantees"]
    for path in sorted((folder / "gold").glob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        text = (folder / "articles" / answer["text_file"]).read_bytes().decode("utf-8")
        gold[path.stem] = answer
        rows.append({"id": path.stem, "text": text, "meta": answer["meta"]})
    book, encoder, counts = load(folder / "codebook.yaml"), Remembering(1), {step: Count() for step in STEPS}
    found = lessons_of(StatementCoder.load(models), [row for row in rows if row["id"] in gold], gold, book)
    most, spent = curve(found, book, encoder, counts)
    print(f"security-guarantees: {len(found)} utterances, at most {most} corrections, taught in {spent:.1f} s")
    told("news on one debate", counts)


def told(what: str, counts: dict[int, Count]) -> None:
    """Print a curve."""
    print(f"\nLearning from review, {what}")
    print("  corrections  option F1  stance right, given the option  option and stance F1  utterances wholly right")
    for step, count in counts.items():
        option, side, both, whole = count.figures()
        print(f"  {step:11}  {option:9.3f}  {side:31.3f}  {both:20.3f}  {whole:23.3f}")
    print(json.dumps({step: count.figures() for step, count in counts.items()}))


if __name__ == "__main__":
    main()
