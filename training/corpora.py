"""What the coder learns from: the invented debates, the utterances of `utterances/` and public claim stance."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whipcount.coding.codebook import load
from whipcount.coding.pair import bare_wordings, wording_of
from whipcount.coding.wording import Names, marked_passages, names_of
from whipcount.model import Codebook, Document, SpeakerKind, Statement, Voice

STANCES = ["support", "oppose", "conditional", "undecided", "neutral-report"]
LETTERS = dict(zip("+-c?0", STANCES, strict=True))
CODES = re.compile(r"((?:[A-H][+\-c?0] ?)+|N) ?\| (.+)")


@dataclass(frozen=True)
class Example:
    """An utterance and its codes.

    passage  its words in ⟨marks⟩ among others, names masked but for those that options use;  bare  all names masked
    content  its words alone;  options  wording and bare wording of each option of its debate
    taken    index into STANCES for each option that it is about;  group  the debate
    """

    passage: str
    bare: str
    content: str
    options: dict[str, tuple[str, str]]
    taken: dict[str, int]
    group: str


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


def coded_documents(
    folder: Path,
) -> Iterator[tuple[str, Codebook, Document, list[Statement], list[list[dict[str, Any]]]]]:
    """Debate, codebook, document, statements without codes and the records behind each, of the invented debates."""
    books = {path.stem: load(path) for path in sorted(folder.glob("*.yaml"))}
    gold = {d["id"]: d for d in map(json.loads, (folder / "gold.jsonl").open(encoding="utf-8"))}
    for row in map(json.loads, (folder / "documents.jsonl").open(encoding="utf-8")):
        if row["id"] in gold:
            name = row["meta"].get("debate") or row["meta"].get("codebook")
            yield name, books[name], document_of(row), *statements_of(gold[row["id"]])


def debates(folder: Path) -> list[Example]:
    """Every statement of the invented debates."""
    found = []
    for name, book, document, statements, codes in coded_documents(folder):
        bare = bare_wordings(book)
        options = {o.id: (wording_of(o), words) for o, words in zip(book.options, bare, strict=True)}
        kept = marked_passages(document, statements, names_of(book))
        masked = marked_passages(document, statements)
        for statement, passage, plain, records in zip(statements, kept, masked, codes, strict=True):
            taken = {r["option"]: STANCES.index(r["stance"]) for r in records if r["option"]}
            if passage:
                found.append(Example(passage, plain, document.words(statement.content), options, taken, name))
    return found


def utterances(folder: Path) -> list[Example]:
    """Every line of `utterances/*.txt`; AssertionError with file and line where one is not understood."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        for block in re.split(r"(?m)^== ", path.read_text(encoding="utf-8"))[1:]:
            first, *rest = filter(str.strip, block.splitlines())
            coded = [(match[1], match[2]) for line in rest if (match := CODES.match(line))]
            labels = {line[0]: line[2:].strip() for line in rest if not CODES.match(line)}
            for line in rest:
                assert CODES.match(line) or (line[1] == " " and " | " not in line), (
                    f"{path.name}: not understood: {line}"
                )
            names = Names("\n".join([*labels.values(), *(text.replace("[", "") for _, text in coded)]))
            keep = frozenset(w for o in labels.values() for w in re.findall(r"\w+", o)[1:] if w[0].isupper())
            options = {letter: (label, names.mask(label)) for letter, label in labels.items()}
            for codes, text in coded:
                marked = text.replace("[", "⟨").replace("]", "⟩")
                passage = names.mask(marked, keep)
                taken = {code[0]: STANCES.index(LETTERS[code[1]]) for code in codes.split() if code[0] in options}
                content = " ".join(re.findall("⟨([^⟩]*)⟩", passage))
                group = f"{path.stem}/{first.strip()}"
                found.append(Example(passage, names.mask(marked), content, options, taken, group))
    return found


def claims(folders: list[Path]) -> list[tuple[str, str, int]]:
    """Public claim stance: perspectives and arguments in ⟨marks⟩, the claim, and 0 for it or 1 against it."""
    found = []
    for folder in folders:
        pool = folder / "perspective_pool_v1.0.json"
        if pool.exists():
            texts = {p["pId"]: p["text"] for p in json.loads(pool.read_text(encoding="utf-8"))}
            for claim in json.loads((folder / "perspectrum_with_answers_v1.0.json").read_text(encoding="utf-8")):
                for one in claim["perspectives"]:
                    side = {"SUPPORT": 0, "UNDERMINE": 1}.get(one["stance_label_3"])
                    known = [pid for pid in one["pids"] if side is not None and pid in texts]
                    found += [(f"someone said ⟨{texts[pid]}⟩", claim["text"], side) for pid in known]
        for path in sorted(folder.glob("arguments_*.csv")):
            with path.open(encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    found.append((f"someone said ⟨{row['argument']}⟩", row["topic"], int(row["stance"] != "1")))
    return found
