from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest

from whipcount.documents import count, document_from_text, read, similar
from whipcount.model import DateBasis, Document, Failure, Relation

ARTICLE = (
    "The ministers of the nine states met in Port Amery on Tuesday to discuss the levy, and parted without a decision. "
    "The levy is needed, the commissioner said, and it will come."
)


def only(path: Path) -> Document:
    [document] = list(read([str(path)]))
    assert isinstance(document, Document), document
    return document


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_text_file_is_kept_to_the_letter(tmp_path: Path, newline: str) -> None:
    text = f"\ufeffA headline of five words{newline}{newline}{ARTICLE} \U0001f600 ł{newline}"
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    assert only(path).text == text


def test_every_format_gives_its_words(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    (tmp_path / "b.md").write_text(f"# The levy again\n\n{ARTICLE}")
    (tmp_path / "c.html").write_text(
        f"<html><head><title>The levy again</title></head><body><nav>Home Menu</nav><article><p>{ARTICLE}</p></article></body></html>"
    )
    word = docx.Document()
    word.add_paragraph(ARTICLE)
    word.save(str(tmp_path / "d.docx"))
    (tmp_path / "e.jsonl").write_text(
        json.dumps({"id": "e1", "text": ARTICLE, "date": "2035-02-06", "outlet": "Gazette"})
    )
    (tmp_path / "f.csv").write_text(f'Headline,Body,Source,Published\nThe levy again,"{ARTICLE}",Gazette,2035-02-06\n')
    (tmp_path / "notes.png").write_bytes(b"\x89PNG")
    results = list(read([str(tmp_path)]))
    assert [type(r) for r in results] == [Document] * 6
    assert all(ARTICLE[:60] in r.text for r in results if isinstance(r, Document))
    by_id = {r.id: r for r in results if isinstance(r, Document)}
    assert (by_id["e1"].date, by_id["e1"].date_basis, by_id["e1"].outlet) == (
        "2035-02-06",
        DateBasis.METADATA,
        "Gazette",
    )
    assert count([str(tmp_path / "a.txt"), str(tmp_path / "b.md")]) == 2


def test_the_file_date_is_never_the_publication_date(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(ARTICLE)
    assert (only(path).date, only(path).date_basis) == (None, DateBasis.UNKNOWN)


def test_dates_say_how_they_are_known() -> None:
    stated = document_from_text(f"The levy fails again\nBy Ann Lee | Gazette | March 17, 2035\n\n{ARTICLE}")
    assert (stated.date, stated.date_basis, stated.outlet) == ("2035-03-17", DateBasis.STATED, "Gazette")
    inferred = document_from_text(f"PORT AMERY, Jan 18 (LNA) - {ARTICLE} It would begin in 2035.")
    assert (inferred.date, inferred.date_basis) == ("2035-01-18", DateBasis.INFERRED)
    history = document_from_text(f"{ARTICLE} The idea goes back to 5 May of 1998.")
    assert history.date_basis is DateBasis.UNKNOWN


def test_furniture_is_kept_out_of_the_body_and_in_the_text() -> None:
    text = f"Skip to main content\nAdvertisement\nOn\nOff\n\n{ARTICLE}\n\n— We shall not pay, the minister argues.\n\nВойти\nComments (3)\nfirst!\nnonsense\n"
    document = document_from_text(text)
    read_part = "\n".join(text[s:e] for s, e in document.body)
    assert document.text == text
    assert ARTICLE in read_part and "— We shall not pay" in read_part
    assert not any(word in read_part for word in ("Skip", "Advertisement", "Войти", "first!"))


def test_the_chain_names_translator_and_first_outlet() -> None:
    text = f"Levy talks fail (The Port Herald, Amery)\n\n{ARTICLE}\n\nTranslated by Polyglot Engine"
    relations = {link.relation: link.name for link in document_from_text(text, outlet="Digest").chain}
    assert relations == {
        Relation.PUBLISHED: "Digest",
        Relation.TRANSLATED: "Polyglot Engine",
        Relation.REPUBLISHED: "The Port Herald",
    }


def test_rewritten_stories_are_found_and_others_are_not() -> None:
    other = "Fishermen on the southern coast have had their best season for years, the harbour master told a village meeting."
    documents = [document_from_text(t) for t in (ARTICLE, f"Breaking. {ARTICLE} More follows.", other)]
    assert [(a, b) for a, b, _ in similar(documents)] == [(documents[0].id, documents[1].id)]


def test_what_cannot_be_read_says_so_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(ARTICLE)
    results = list(read([str(tmp_path / "missing.txt"), str(tmp_path / "good.txt"), str(tmp_path / "*.doc")]))
    assert [type(r) for r in results] == [Failure, Document, Failure]
    assert "check the path" in str(results[0])


@pytest.mark.shared
def test_no_word_that_somebody_is_quoted_with_is_lost(shared: Path) -> None:
    folder = shared / "data" / "wild"
    texts = {d["id"]: d["text"] for d in map(json.loads, (folder / "wild.jsonl").open(encoding="utf-8"))}
    for gold in map(json.loads, (folder / "gold.jsonl").open(encoding="utf-8")):
        text = texts[gold["id"]]
        inside = {i for s, e in document_from_text(text).body for i in range(s, e)}
        for statement in gold["statements"]:
            for span in statement["content"]:
                lost = [i for i in range(span["start"], span["end"]) if i not in inside and not text[i].isspace()]
                assert not lost, text[span["start"] : span["end"]]
