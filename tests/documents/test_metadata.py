"""What a page says of itself is found, and what it only speaks of is not taken for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from whipcount.documents import document_from_text, read
from whipcount.model import DateBasis, Document, Relation

ARTICLE = (
    "The ministers of the nine states met in Port Amery on Tuesday to discuss the levy, and parted without a decision. "
    "The levy is needed, the commissioner said, and it will come."
)


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ("The levy fails again\nPosted on January 27, 2032", "2032-01-27"),
        ("The levy fails again\nPublished: 3 March 2035 | Updated: 5 March 2035", "2035-03-03"),
        ("The levy fails again\nUpdated: 5 March 2035\nPublished: 3 March 2035", "2035-03-03"),
        ("17.03.2035 14:05\nThe levy fails again", "2035-03-17"),
        ("The levy fails again\nJoint statement, 17 March 2035", "2035-03-17"),
        ("PORT AMERY, March 17, 2035 (LNA) - The levy fails.", "2035-03-17"),
        ("Remembering February 24, 2032", None),
        ("Since the levy of 24 February 2032 nobody has paid, the minister said.", None),
        ("The levy fails again\nPosted on 31 February 2035", None),
    ],
)
def test_a_date_is_stated_only_where_a_line_is_about_it(head: str, date: str | None) -> None:
    document = document_from_text(f"{head}\n\n{ARTICLE}")
    assert (document.date, document.date_basis) == (date, DateBasis.STATED if date else DateBasis.UNKNOWN)


@pytest.mark.parametrize(
    ("given", "date"),
    [
        ("2035-03-17T10:00:00Z", "2035-03-17"),
        ("20350317", "2035-03-17"),
        ("March 17, 2035", "2035-03-17"),
        ("Sat, 17 Mar 2035 10:00:00 GMT", "2035-03-17"),
        ("17/03/2035", "2035-03-17"),
        ("03/17/2035", "2035-03-17"),
        ("03/04/2035", None),
        ("2035-02-30", None),
        ("2035-03", "2035-03"),
        ("n/a", None),
    ],
)
def test_dates_in_tables_are_read_in_the_usual_ways_and_never_guessed(
    given: str, date: str | None, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text(f'text,date\n"{ARTICLE}","{given}"\n')
    [document] = list(read([str(tmp_path / "t.csv")]))
    assert isinstance(document, Document)
    assert (document.date, document.date_basis) == (date, DateBasis.METADATA if date else DateBasis.UNKNOWN)


def test_a_file_may_be_named_by_its_date_but_the_text_knows_better(tmp_path: Path) -> None:
    (tmp_path / "2035-03-17-gazette.txt").write_text(ARTICLE)
    (tmp_path / "20350317T2330_b.txt").write_text(f"The levy\nPosted on March 16, 2035\n\n{ARTICLE}")
    (tmp_path / "x-2035-03-17-to-2035-03-19.txt").write_text(f"{ARTICLE} Later.")
    found = [(d.date, d.date_basis) for d in read([str(tmp_path)]) if isinstance(d, Document)]
    assert found == [
        ("2035-03-17", DateBasis.METADATA),
        ("2035-03-16", DateBasis.STATED),
        (None, DateBasis.UNKNOWN),
    ]


@pytest.mark.parametrize(
    ("text", "outlet"),
    [
        (f"PORT AMERY, 16 February (LNA) – {ARTICLE}", "LNA"),
        (f"CNN —\n\n{ARTICLE}", "CNN"),
        (f"{ARTICLE}\n\n© 2035 The Port Herald & Sons Limited. All rights reserved.", "Port Herald & Sons Limited"),
        (f"{ARTICLE}\n\nPhoto © 2035 Getty Images", None),
        (f"{ARTICLE}\n\nThe opinions here do not necessarily reflect the views of Port Herald.", "Port Herald"),
        (f"{ARTICLE}\n\nThis does not reflect the official position of the Department of Levies.", None),
        (ARTICLE, None),
    ],
)
def test_an_outlet_is_one_that_the_page_names_as_its_own(text: str, outlet: str | None) -> None:
    assert document_from_text(text).outlet == outlet


def test_what_came_through_an_agency_says_so() -> None:
    document = document_from_text(f"PORT AMERY, 16 February (LNA) – {ARTICLE}", outlet="Gazette")
    assert [(link.name, link.relation) for link in document.chain] == [
        ("Gazette", Relation.PUBLISHED),
        ("LNA", Relation.REPUBLISHED),
    ]


def test_authors_are_those_of_bylines_and_signatures() -> None:
    assert document_from_text(f"The levy fails again\nBy Ann Lee in Port Amery\n\n{ARTICLE}").author == "Ann Lee"
    assert document_from_text(f"The levy fails\n\n{ARTICLE}\n\nAnn Lee").author == "Ann Lee"
    assert document_from_text(f"By Any Means\n\n{ARTICLE}").author is None


def test_speech_is_no_headline() -> None:
    for line in ("— We shall not pay the levy", '"We pay.Then we go," the minister declared', "We pay, he said."):
        assert document_from_text(f"{line}\n\n{ARTICLE}").title is None
    assert document_from_text(f'"We shall pay", says minister\n\n{ARTICLE}').title == '"We shall pay", says minister'
