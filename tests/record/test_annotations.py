"""What goes out to an annotation tool comes back as it was; what the tool changed counts; others' files are read."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ferry import CODEBOOK, CODER, document, statement
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import InputError
from whipcount.model import Coder, Document, Lean, SpeakerKind, Stance, Statement, Voice
from whipcount.record import Record
from whipcount.record import annotations as notes

ME = Coder("Ada", is_model=False)
Pair = tuple[Callable[[Any, Path], None], Callable[[Path, Coder], Iterator[notes.Coded]], str]
PLACES = {
    "brat": "folder", "label-studio": "tasks.json", "doccano": "lines.jsonl", "w3c": "page.jsonld", "refi": "project.qdpx",
    "webanno": "tsv",
}  # fmt: skip
FORMATS: dict[str, Pair] = {
    name: (module.write, module.read, PLACES[name]) for name, module in notes.FORMATS.items()
}

WORDS = st.text(st.characters(exclude_categories=("Cs", "Z", "Cc")), min_size=1, max_size=8)
SHORT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(WORDS)
    for _ in range(draw(st.integers(1, 8))):
        text += draw(st.sampled_from([" ", "\n", "  ", "\n\n", "\t"])) + draw(WORDS)
    title = draw(st.none() | WORDS)
    return Document(f"d{draw(st.integers(0, 99))}", text, ((0, len(text)),), hashlib.sha256(text.encode()).hexdigest(),
                    title=title or "A title", date=draw(st.none() | st.just("2031-05-04")))  # fmt: skip


@st.composite
def codings(draw: st.DrawFn) -> list[notes.Coded]:
    found = []
    for written in draw(st.lists(documents(), min_size=1, max_size=2, unique_by=(lambda d: d.id, lambda d: d.text))):
        edges = [i for i, c in enumerate(written.text) if not c.isspace()]
        said = []
        for number in range(draw(st.integers(0, 3))):
            start, end = sorted([draw(st.sampled_from(edges)), draw(st.sampled_from(edges))])
            spans = [(start, end + 1)]
            if edges[-1] > end + 2 and draw(st.booleans()):
                spans.append((edges[-1], edges[-1] + 1))
            fields: dict[str, Any] = {
                "speaks_for": draw(st.none() | WORDS),
                "option": draw(st.none() | WORDS),
                "stance": draw(st.none() | st.sampled_from(Stance)),
                "lean": draw(st.none() | st.sampled_from(Lean)),
                "conditions": tuple(draw(st.lists(SHORT, max_size=2))),
                "type": draw(st.just("") | WORDS),
                "variables": draw(st.dictionaries(WORDS, SHORT | st.integers(-9, 9) | st.booleans(), max_size=2)),
                "confidence": draw(st.sampled_from([1.0, 0.25])),
            }
            kind, voice = draw(st.sampled_from(SpeakerKind)), draw(st.sampled_from(Voice))
            said.append(Statement(f"s{number}", tuple(spans), ((0, 1),), draw(SHORT), kind, voice, **fields))
        coder = draw(st.sampled_from([ME, Coder("Ben", is_model=False), CODER]))
        found.append(notes.Coded(written, tuple(said), coder if said else ME))
    return found


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=12, deadline=None)
@given(coded=codings())
def test_what_goes_out_comes_back_as_it_was(name: str, coded: list[notes.Coded]) -> None:
    write, read, file = FORMATS[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        write(coded, path)
        back = list(read(path, ME))
    if name == "webanno":  # knows its document by a statement in it, and no text after the last word
        coded = [part for part in coded if part.statements]
        back = [part for part in back if part.statements]
    assert sorted(back, key=lambda p: p.document.id) == sorted(coded, key=lambda p: p.document.id)


@pytest.mark.parametrize("name", FORMATS)
def test_a_record_goes_out_and_into_another(name: str, tmp_path: Path) -> None:
    write, read, file = FORMATS[name]
    with Record.open(tmp_path / "a.whip", create=True) as one, Record.open(tmp_path / "b.whip", create=True) as two:
        one.add(document("d1"), [], [statement(attribution=None)], CODER, CODEBOOK)
        one.add_statement("d1", dataclasses.replace(statement(stance=Stance.OPPOSE), attribution=None), ME)
        write(notes.coded(one), tmp_path / file)
        assert notes.keep(two, read(tmp_path / file, ME)) == (2, 0)
        assert notes.keep(two, read(tmp_path / file, ME)) == (0, 2)
        mine, theirs = ([dataclasses.replace(e.statement, id="") for e in r.entries()] for r in (one, two))
        assert mine == theirs and two.documents() == one.documents() and two.check() == []
        assert {e.coder for e in two.entries()} == {CODER, ME}


def test_what_was_changed_in_the_tool_counts(tmp_path: Path) -> None:
    coded = [notes.Coded(document("d1"), (statement(attribution=None),), ME)]
    notes.FORMATS["label-studio"].write(coded, tmp_path / "t.json")
    tasks = json.loads((tmp_path / "t.json").read_text())
    value = tasks[0]["annotations"][0]["result"][0]["value"]
    value["labels"], value["start"] = ["sell"], 20
    (tmp_path / "t.json").write_text(json.dumps(tasks))
    (part,) = notes.FORMATS["label-studio"].read(tmp_path / "t.json", ME)
    (said,) = part.statements
    assert (said.option, said.content, said.speaks_for) == ("sell", ((20, 39),), "Port Quill")
    notes.FORMATS["w3c"].write(coded, tmp_path / "p.jsonld")
    page = (
        (tmp_path / "p.jsonld")
        .read_text()
        .replace('"purpose": "classifying",\n     "value": "support"', '"purpose": "classifying", "value": "oppose"')
    )
    (tmp_path / "p.jsonld").write_text(page)
    assert next(notes.FORMATS["w3c"].read(tmp_path / "p.jsonld", ME)).statements[0].stance == Stance.OPPOSE
    notes.FORMATS["brat"].write(coded, tmp_path / "brat")
    (path,) = (tmp_path / "brat").glob("*.ann")
    path.write_text(
        path.read_text().replace("stance T1 support", "stance T1 oppose").replace("build 16 39", "build 16 30")
    )
    (part,) = notes.FORMATS["brat"].read(tmp_path / "brat", ME)
    assert part.statements[0].stance == Stance.OPPOSE and part.statements[0].content == ((16, 30),)


def test_files_of_other_origin(tmp_path: Path) -> None:
    brat = tmp_path / "brat"
    brat.mkdir()
    (brat / "a.txt").write_text("Port Quill is for it. 🚢")
    (brat / "a.ann").write_text(
        "T1\tClaim 0 10\tPort Quill\nA1\tPolarity T1 contra\nA2\tCertain T1\nR1\tX Arg1:T1 Arg2:T1\n"
    )
    (said,) = next(notes.FORMATS["brat"].read(brat, ME)).statements
    assert (said.option, said.stance, said.variables) == ("Claim", Stance.OPPOSE, {"Certain": True})
    (tmp_path / "d.jsonl").write_text('{"id": 7, "text": "🚢 Port Quill", "label": [[2, 12, "ACTOR"]]}\n')
    part = next(notes.FORMATS["doccano"].read(tmp_path / "d.jsonl", ME))
    assert part.document.text[slice(*part.statements[0].content[0])] == "Port Quill"
    task = {"id": 3, "data": {"body": "🚢 Port Quill"}, "annotations": [{"completed_by": 4, "result": [
        {"id": "x", "type": "labels", "from_name": "l", "value": {"start": 3, "end": 13, "text": "Port Quill", "labels": ["P"]}},
        {"id": "x", "type": "choices", "from_name": "stance", "value": {"start": 3, "end": 13, "choices": ["pro"]}}]}]}  # fmt: skip
    (tmp_path / "ls.json").write_text(json.dumps([task]))
    (said,) = next(notes.FORMATS["label-studio"].read(tmp_path / "ls.json", ME)).statements
    assert (said.content, said.option, said.stance) == (((2, 12),), "P", Stance.SUPPORT), "UTF-16 as JavaScript counts"
    (tmp_path / "w.json").write_text(json.dumps({"type": "Annotation", "body": "tagged", "creator": "Ben", "target": {
        "source": "d1", "selector": {"type": "TextQuoteSelector", "exact": "ferry", "prefix": "the "}}}))  # fmt: skip
    (part,) = notes.FORMATS["w3c"].read(tmp_path / "w.json", ME, {"d1": document("d1")}.get)
    assert (part.statements[0].content, part.statements[0].option, part.coder.name) == (((20, 25),), "tagged", "Ben")


INCEPTION = """#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value
#T_SP=webanno.custom.Claim|Actor|Stance
#T_RL=webanno.custom.Rel|kind|BT_webanno.custom.Claim


#Text=Port Quill said no .
1-1\t0-4\tPort\t*[1]\tLOC[1]\tPort Quill[2]\tno[2]\t_\t_\t
1-2\t5-10\tQuill\t*[1]\tLOC[1]\tPort Quill[2]\tno[2]\t_\t_\t
1-3\t11-15\tsaid\t_\t_\tPort Quill[2]\tno[2]\t_\t_\t
1-4\t16-18\tno\t_\t_\t_\t_\t_\t_\t
1-5\t19-20\t.\t_\t_\t_\t_\t_\t_\t

#Text=Ash  : 🚢 yes\\_
2-1\t22-25\tAsh\t_\t_\tAsh\tyes\t_\t_\t
2-2\t29-31\t🚢\t_\t_\t_\t_\t_\t_\t
"""


def test_a_file_as_inception_exports_it(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(INCEPTION)
    (part,) = notes.FORMATS["webanno"].read(tmp_path / "a.tsv", ME)
    assert part.document.text == "Port Quill said no .\n\nAsh  : 🚢 yes_"
    said = {part.document.text[slice(*s.content[0])]: s for s in part.statements}
    assert said["Port Quill"].option == "LOC"
    assert (said["Port Quill said"].speaks_for, said["Port Quill said"].stance) == ("Port Quill", Stance.OPPOSE)
    assert (said["Ash"].speaks_for, said["Ash"].stance) == ("Ash", Stance.SUPPORT)


QDE = """<?xml version="1.0" encoding="utf-8"?>
<Project name="p" xmlns="urn:QDA-XML:project:1.0"><Users><User guid="u1" name="Ben"/></Users>
<CodeBook><Codes><Code guid="a" name="Actor" isCodable="false"><Code guid="a1" name="Port Quill" isCodable="true"/></Code>
<Code guid="c" name="Ferry"><Code guid="c1" name="build"/></Code><Code guid="s" name="Stance"><Code guid="s1" name="Pro"/></Code>
</Codes></CodeBook><Sources><TextSource guid="t" name="Article 1" plainTextPath="internal://t.txt">
<PlainTextSelection guid="p1" startPosition="0" endPosition="10" creatingUser="u1"><Coding guid="x1" creatingUser="u1">
<CodeRef targetGUID="a1"/></Coding><Coding guid="x2"><CodeRef targetGUID="c1"/></Coding>
<Coding guid="x3"><CodeRef targetGUID="s1"/></Coding></PlainTextSelection></TextSource></Sources></Project>"""


def refi(path: Path, qde: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", qde)
        archive.writestr("Sources/t.txt", "\ufeffPort Quill is for it.".encode())
    return path


def test_a_project_as_maxqda_and_nvivo_export_it(tmp_path: Path) -> None:
    (part,) = notes.FORMATS["refi"].read(refi(tmp_path / "p.qdpx", QDE), ME)
    (said,) = part.statements
    assert (part.document.title, part.document.text, part.coder.name) == ("Article 1", "Port Quill is for it.", "Ben")
    assert (said.speaks_for, said.option, said.stance, said.content) == (
        "Port Quill",
        "Ferry/build",
        "support",
        ((0, 10),),
    )


def test_hostile_and_broken_files_are_refused_in_one_line(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    evil = QDE.replace("<Project", f'<!DOCTYPE p [<!ENTITY e SYSTEM "file://{secret}">]><Project', 1).replace(
        'plainTextPath="internal://t.txt">', "><PlainTextContent>&e;</PlainTextContent>"
    )
    for part in notes.FORMATS["refi"].read(refi(tmp_path / "evil.qdpx", evil), ME):
        assert "SECRET" not in part.document.text
    up = QDE.replace("internal://t.txt", f"internal://../..{secret}")
    (tmp_path / "no.zip").write_text("no zip")
    (tmp_path / "no.json").write_text("{")
    (tmp_path / "no.tsv").write_text("a\tb\n")
    (tmp_path / "no.jsonl").write_text("[1]\n")
    bad = (
        (notes.FORMATS["refi"].read, refi(tmp_path / "up.qdpx", up)), (notes.FORMATS["refi"].read, tmp_path / "no.zip"),
        (notes.FORMATS["label-studio"].read, tmp_path / "no.json"), (notes.FORMATS["w3c"].read, tmp_path / "no.json"),
        (notes.FORMATS["webanno"].read, tmp_path / "no.tsv"), (notes.FORMATS["doccano"].read, tmp_path / "no.jsonl"),
    )  # fmt: skip
    for read, path in bad:
        with pytest.raises(InputError) as error:
            list(read(path, ME))
        assert "\n" not in str(error.value)
