"""From articles to coded statements: every figure of the scorer on the visible reference articles."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from shared import SHARED, lines, score_statements
from whipcount.documents import document_from_text
from whipcount.language.actors import Actors
from whipcount.language.quotes import quote_type
from whipcount.language.speakers import statements
from whipcount.model import Attribution

FIGURES = ("utterance", "source", "speaker", "speaks_for", "voice", "option", "stance", "position", "position_set")


def extract(inputs: list[str], codebook: Path) -> tuple[list[dict[str, Any]], float]:
    """Lines that `whipcount extract` writes for the inputs, and the seconds it took with start-up."""
    command = [str(Path(sys.executable).parent / "whipcount"), "extract", "--codebook", str(codebook), *inputs]
    start = time.perf_counter()
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in run.stdout.splitlines()], time.perf_counter() - start


def given_spans(texts: dict[str, str], gold: list[dict[str, Any]], dates: dict[str, str | None]) -> dict[str, Any]:
    """The report on who speaks for whom when source, cue and content are taken from the reference: one record an actor."""
    actors = Actors.load()
    rows, answers = [], []
    for document in gold:
        id, text = document["id"], texts[document["id"]]
        units: dict[str, list[dict[str, Any]]] = {}
        for record in document["statements"]:
            units.setdefault(record["utterance_id"], []).append(record)
        attributions = [
            Attribution(unit, _spans(records, "source"), _spans(records, "cue"), content, quote_type(text, content))
            for unit, records in units.items()
            if (content := _spans(records, "content"))
        ]
        read = document_from_text(text, id=id, date=dates.get(id))
        found = [s for s in statements(read, sorted(attributions, key=lambda a: a.content), actors) if s.attribution]
        rows.append({"id": id, "statements": [asdict(s) for s in found]})
        once = {(r["utterance_id"], r["speaker"], r["speaks_for"]): r for r in document["statements"]}
        answers.append({"id": id, "text": text, "statements": list(once.values())})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gold.jsonl"
        path.write_text("".join(json.dumps(answer) + "\n" for answer in answers), encoding="utf-8")
        return score_statements(path, rows)


def _spans(records: list[dict[str, Any]], field: str) -> tuple[tuple[int, int], ...]:
    """All spans of a field, overlapping ones joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted({(s["start"], s["end"]) for record in records for s in record.get(field) or ()}):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def show(name: str, report: dict[str, Any]) -> None:
    """Print precision, recall and F1 of each figure."""
    print(f"\n{name}")
    for figure in FIGURES:
        value = report[figure] if figure in report else report["figures"][figure]
        print(f"  {figure:14} P {value['p']:.3f}  R {value['r']:.3f}  F1 {value['f1']:.3f}")


def _show_given(guarantees: Path) -> None:
    """The guarantees articles with spans given."""
    articles = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((guarantees / "gold").glob("*.json"))]
    texts = {a["article_id"]: (guarantees / "articles" / a["text_file"]).read_bytes().decode("utf-8") for a in articles}
    gold = [{"id": a["article_id"], "statements": a["statements"]} for a in articles]
    dates = {a["article_id"]: a["meta"].get("date") for a in articles}
    show("security-guarantees, spans given", given_spans(texts, gold, dates))


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
            report = given_spans(
                {d["id"]: d["text"] for d in chosen},
                [gold[d["id"]] for d in chosen],
                {d["id"]: d["meta"]["date"] for d in chosen},
            )
            show(f"wild, {debate}, spans given", report)
    _show_given(guarantees)


if __name__ == "__main__":
    main()
