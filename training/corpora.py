"""What the coder learns from: invented debates, the utterances of `utterances/`, news coded in `news/`, public claims."""

from __future__ import annotations

import csv
import gzip
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
OPTION = re.compile(r"([A-H]) (.+?) \| (.+)")
NUMBERED = re.compile(r"(\d+) ((?:[A-H][+\-c?0] ?)+|N)")
TURNED = {"+": "-", "-": "+", "?": "?", "0": "0"}
"""Signs of an utterance beside an option turned round; what is wanted only on a condition says nothing of the reverse."""


@dataclass(frozen=True)
class Example:
    """An utterance and its codes.

    passage  its words in ⟨marks⟩ among others, names masked but for those that options use;  bare  all names masked
    content  its words alone;  options  wording and bare wording of each option of its debate
    taken    index into STANCES for each option that it is about, -1 where that is unknown;  group  the debate
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


def coded_news(
    folder: Path, articles: Path
) -> Iterator[tuple[str, dict[str, tuple[str, str]], Document, list[Statement], list[dict[str, str]]]]:
    """Article, options by letter (as worded, turned round), document, statements and the signs of each by letter.

    `articles` is PolNeAR's train part, to whose texts and marks the codes in `folder`/*.txt point.  AssertionError names
    a line that is not understood.
    """
    with gzip.open(articles, "rt", encoding="utf-8") as file:
        rows = {row["id"]: row for row in map(json.loads, file)}
    for path in sorted(folder.glob("*.txt")):
        for block in re.split(r"(?m)^== ", path.read_text(encoding="utf-8"))[1:]:
            name, *lines = map(str.strip, filter(str.strip, block.splitlines()))
            options, coded = {}, {}
            for line in lines:
                option, codes = OPTION.fullmatch(line), NUMBERED.fullmatch(line)
                assert option or codes, f"{path.name}: {name}: not understood: {line}"
                if option:
                    options[option[1]] = option[2], option[3]
                elif codes:
                    coded[int(codes[1])] = {code[0]: code[1] for code in codes[2].split() if code != "N"}
            said = sorted(
                (
                    (Statement(f"s{n}", spans_of(a["content"]), spans_of(a["source"]), "", SpeakerKind.PERSON, Voice.FIRST_HAND), coded[n])
                    for n, a in enumerate(rows[name]["attributions"], 1)
                    if n in coded
                ),
                key=lambda pair: pair[0].content[0],
            )
            yield name, options, document_of(rows[name]), [one for one, _ in said], [signs for _, signs in said]


def news(folder: Path, articles: Path) -> list[Example]:
    """Every utterance of `coded_news`, once beside the options and once beside these turned round."""
    found = []
    for name, options, document, said, coded in coded_news(folder, articles):
        texts = [text for pair in options.values() for text in pair]
        keep = frozenset(w for text in texts for w in re.findall(r"\w+", text)[1:] if w[0].isupper())
        names = Names("\n".join(texts))
        kept, masked = marked_passages(document, said, keep), marked_passages(document, said)
        for which in (0, 1):
            wordings = {letter: (pair[which], names.mask(pair[which])) for letter, pair in options.items()}
            for statement, passage, bare, signs in zip(said, kept, masked, coded, strict=True):
                turned = {letter: TURNED.get(sign, "") for letter, sign in signs.items()} if which else signs
                taken = {o: STANCES.index(LETTERS[sign]) if sign else -1 for o, sign in turned.items()}
                found.append(Example(passage, bare, document.words(statement.content), wordings, taken, f"news/{name}"))
    return found


def spans_of(spans: list[list[int]]) -> tuple[tuple[int, int], ...]:
    """Spans as PolNeAR's file has them, in text order."""
    return tuple(sorted((int(start), int(end)) for start, end in spans))


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
