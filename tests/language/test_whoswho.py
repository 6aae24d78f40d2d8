"""What other documents of a debate tell of the people whom one names by surname alone."""

from __future__ import annotations

import itertools

import pytest

from whipcount.documents import document_from_text
from whipcount.language.actors import Actors
from whipcount.language.quotes import quote_type
from whipcount.language.speakers import statements
from whipcount.language.whoswho import WhosWho
from whipcount.model import Attribution, Codebook, Document, Statement
from whipcount.reading import Pipeline

INTRODUCED = "Karvania's transport minister Orla Venn said the bridge would be built."
SAID = "Ms Venn said the toll was too high."
OTHER = "Rollo Venn, chairman of the Ferry Owners' Association, said he would sue."


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline()


def spoken(text: str, known: WhosWho | None) -> Statement:
    """The statement of a text of the form "SOURCE said CONTENT."."""
    source, content = text.index(" said "), (text.index(" said ") + 6, len(text) - 1)
    attribution = Attribution(
        "a1", ((0, source),), ((source + 1, source + 5),), (content,), quote_type(text, (content,))
    )
    return statements(document_from_text(text), [attribution], Actors.load(), (), known)[0]


def whos_who(pipeline: Pipeline, *texts: str) -> WhosWho:
    return pipeline.whos_who([document_from_text(text) for text in texts])


def test_a_surname_is_whom_another_document_introduces(pipeline: Pipeline) -> None:
    alone = spoken(SAID, None)
    assert alone.speaks_for is None
    told = spoken(SAID, whos_who(pipeline, SAID, INTRODUCED))
    assert (told.speaker, told.speaks_for) == ("Orla Venn", "Karvania")
    bare = spoken(SAID.removeprefix("Ms "), whos_who(pipeline, SAID, INTRODUCED))
    assert (bare.speaker, bare.speaks_for) == ("Orla Venn", "Karvania")
    own = spoken(INTRODUCED, whos_who(pipeline, INTRODUCED))
    assert own.speaks_for == "Karvania" and told.confidence <= own.confidence


def test_two_people_of_one_surname_stay_unknown(pipeline: Pipeline) -> None:
    told = spoken(SAID, whos_who(pipeline, SAID, INTRODUCED, OTHER))
    assert told.speaks_for is None


def test_documents_that_disagree_tell_nothing_and_most_decide(pipeline: Pipeline) -> None:
    moved = INTRODUCED.replace("Karvania", "Belmark")
    assert spoken(SAID, whos_who(pipeline, INTRODUCED, moved)).speaks_for is None
    again = INTRODUCED.replace("the bridge", "the road")
    assert spoken(SAID, whos_who(pipeline, INTRODUCED, moved, again)).speaks_for == "Karvania"


def test_an_introduction_holds_around_its_date(pipeline: Pipeline) -> None:
    known = pipeline.whos_who(
        [
            document_from_text(INTRODUCED, date="2021-03-01"),
            document_from_text(INTRODUCED.replace("Karvania", "Belmark"), date="2025-03-01"),
        ]
    )
    then, now, between, later = (known.person("Venn", at) for at in ("2021-06-01", "2025-01-10", "2023-03-01", "2026-12-01"))
    assert then and then.actor and then.actor.name == "Karvania"
    assert now and now.actor and now.actor.name == "Belmark"
    assert between and between.actor is None, "two years from either, who say different things"
    assert later and later.actor == now.actor, "nothing nearer is known"
    assert known.person("Venn", "2027-04-01") is None


def test_what_the_text_itself_says_goes_first(pipeline: Pipeline) -> None:
    told = spoken("Belmark's finance minister Orla Venn said she was new.", whos_who(pipeline, INTRODUCED))
    assert told.speaks_for == "Belmark"


def test_an_office_holder_and_somebody_of_the_debate_with_one_surname_stay_unknown(pipeline: Pipeline) -> None:
    known = whos_who(pipeline, "Karvania's transport minister Ola Macron said the bridge would be built.")
    assert spoken("Macron said the toll was too high.", None).speaks_for == "France"
    assert spoken("Macron said the toll was too high.", known).speaks_for is None
    assert spoken("Emmanuel Macron said the toll was too high.", known).speaks_for == "France"


def test_an_expert_is_one_in_every_document(pipeline: Pipeline) -> None:
    expert = "Orla Venn, an analyst at the Harbour Institute, said it would rain."
    assert spoken(SAID, whos_who(pipeline, expert)).speaks_for is None


def test_the_order_of_documents_changes_nothing(pipeline: Pipeline) -> None:
    moved = INTRODUCED.replace("Karvania", "Belmark")
    texts = [SAID, INTRODUCED, moved, INTRODUCED.replace("Orla Venn", "Orla T. Venn")]
    told = {
        (one.speaker, one.speaks_for, one.confidence)
        for order in itertools.permutations(texts)
        for one in [spoken(SAID, whos_who(pipeline, *order))]
    }
    assert len(told) == 1


def test_swapping_the_names_of_states_swaps_the_actors_and_nothing_else(pipeline: Pipeline) -> None:
    one = spoken(SAID, whos_who(pipeline, SAID, INTRODUCED))
    swapped = spoken(SAID, whos_who(pipeline, SAID, INTRODUCED.replace("Karvania", "Belmark")))
    assert swapped.speaks_for == "Belmark"
    assert (one.speaker, one.voice, one.confidence) == (swapped.speaker, swapped.voice, swapped.confidence)


def test_reading_several_documents_uses_it(pipeline: Pipeline) -> None:
    texts = [INTRODUCED, 'The talks went on all night. "The toll is too high," Venn said on Tuesday.']
    documents: list[Document] = [document_from_text(text) for text in texts]
    book = Codebook("tolls", "Tolls", ())
    known = pipeline.whos_who(documents, book)
    actors = {s.speaks_for for s in pipeline.read(documents[1], None, known).statements}
    assert actors == {"Karvania"}


def test_a_short_name_elsewhere_is_the_whole_one_that_the_text_gives(pipeline: Pipeline) -> None:
    other = "Highland's whip Jonas Perrick said the party would wait."
    here = "Mr Perrick said the Highland Party would vote for the pact."
    assert spoken(here, whos_who(pipeline, other)).speaks_for == "Highland Party"


def test_a_short_name_is_the_body_that_another_document_names_in_full(pipeline: Pipeline) -> None:
    full = "The Sundic Alliance said it would stay out, and so did the Holm Gazette."
    said = "Sundic's chairwoman Mirela Dunav said the toll was too high."
    assert spoken(said, whos_who(pipeline, said)).speaks_for == "Sundic"
    assert spoken(said, whos_who(pipeline, full, said)).speaks_for == "Sundic Alliance"
    two = "The Sundic Front said it would stay out."
    assert spoken(said, whos_who(pipeline, full, two, said)).speaks_for == "Sundic"
    place = "Holm's transport minister Ola Krag said the toll was too high."
    assert spoken(place, whos_who(pipeline, full, place)).speaks_for == "Holm", "an outlet is not its place"


def test_a_suggested_cast_is_whom_the_documents_introduce(pipeline: Pipeline) -> None:
    full = "The Sundic Alliance said it would stay out. Ola Krag, leader of the Sundic Alliance, said so, too."
    found = whos_who(pipeline, full, "Sundic's chairwoman Mirela Dunav said the toll was too high.", INTRODUCED).suggested()
    alliance = next(member for member in found if member.name == "Sundic Alliance")
    assert alliance.people == ("Mirela Dunav (chairwoman)", "Ola Krag (leader)")
    karvania = next(member for member in found if member.name == "Karvania")
    assert (karvania.kind, karvania.people) == ("state", ("Orla Venn (transport minister)",))


@pytest.mark.parametrize(
    ("title", "others", "actor"),
    [
        ("The pension reform in Belmark", (), "Belmark"),
        ("The Belmark rail dispute", (), "Belmark"),
        ("Portugal's pension reform", (), "Portugal"),
        ("Aid for Belmark", (), None),
        ("Belmark and Karvania", (), None),
        ("The pension reform in Belmark", (INTRODUCED,), None),
        ("The pension reform in Belmark", ("French President Emmanuel Macron said he had read it.",), None),
    ],
)
def test_a_minister_of_nowhere_is_of_the_state_that_the_title_names(
    pipeline: Pipeline, title: str, others: tuple[str, ...], actor: str | None
) -> None:
    said = "Finance Minister Rutger Halm said the toll was too high."
    book = Codebook("debate", title, ())
    known = pipeline.whos_who([document_from_text(text, date="2022-03-01") for text in (said, *others)], book)
    assert spoken(said, known).speaks_for == actor
    assert spoken("Ms Okade said the toll was too high.", known).speaks_for is None


def test_a_surname_in_another_spelling_is_the_one_whom_another_document_introduces(pipeline: Pipeline) -> None:
    known = whos_who(pipeline, "Kovarra's premier Istvar Molnik said the offer stood.")
    assert spoken("Premier Molnick said the toll was too high.", known).speaks_for == "Kovarra"
    twins = whos_who(pipeline, "Kovarra's premier Istvar Molnik said no.", "Ostrel's premier Jan Molnikk said no.")
    assert spoken("Mr Molnick said the toll was too high.", twins).speaks_for is None
