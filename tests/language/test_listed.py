"""What the cast of a codebook tells of who is speaking: names, capitals, short forms and people that no data know."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.documents import document_from_text
from whipcount.language.actors import Actors
from whipcount.language.quotes import quote_type
from whipcount.language.speakers import statements
from whipcount.language.whoswho import WhosWho
from whipcount.model import Attribution, Member, SpeakerKind, Statement

CAST = (
    Member("Kharouf", "state", ("Sabirah",), ("Faris al-Doum (chief negotiator)", "Hala Nour (economy minister)")),
    Member("Tavea", "state", ("Onu",), ("Mele Fanua (environment minister)",)),
    Member("Brisca Marine", "company", ("Brisca", "the bidder"), ("Odile Varenne (chief executive)", "Tor Nour (chairman)")),
    Member("Market Authority", "authority", ("the Authority", "the watchdog")),
    Member("Ferry Council", "organisation", ("the Council",)),
    Member("Works Council", "union", ("the Council",)),
    Member("Germany", "state", (), ("Jutta Holm (envoy)",)),
)


ACTORS = Actors.load()


@pytest.fixture(scope="module")
def actors() -> Actors:
    return ACTORS


def spoken(text: str, actors: Actors, cast: tuple[Member, ...] = CAST) -> Statement:
    """The statement of a text that ends in a sentence of the form "SOURCE said CONTENT."."""
    start = text.rfind(". ", 0, len(text) - 2) + 2 if ". " in text[:-2] else 0
    cue = text.index(" said ", start)
    content = ((cue + 6, len(text) - 1),)
    attribution = Attribution("a1", ((start, cue),), ((cue + 1, cue + 5),), content, quote_type(text, content))
    return statements(document_from_text(text), [attribution], actors, (), WhosWho((), cast))[0]


@pytest.mark.parametrize(
    ("source", "speaker", "actor"),
    [
        ("Faris al-Doum", "Faris al-Doum", "Kharouf"),
        ("Ms Fanua", "Mele Fanua", "Tavea"),
        ("Sabirah", "Kharouf", "Kharouf"),
        ("The economy minister of Kharouf", "Hala Nour", "Kharouf"),
        ("Tavea's environment minister", "Mele Fanua", "Tavea"),
        ("Brisca", "Brisca Marine", "Brisca Marine"),
        ("The bidder", "Brisca Marine", "Brisca Marine"),
        ("The Authority", "Market Authority", "Market Authority"),
        ("Ms Varenne", "Odile Varenne", "Brisca Marine"),
        ("Jutta Holm", "Jutta Holm", "Germany"),
    ],
)
def test_whoever_the_codebook_lists_is_known(source: str, speaker: str, actor: str, actors: Actors) -> None:
    found = spoken(f"{source} said the gates would stay open.", actors)
    assert (found.speaker, found.speaks_for) == (speaker, actor)
    unlisted = spoken(f"{source} said the gates would stay open.", actors, ())
    assert (unlisted.speaker, unlisted.speaks_for) != (speaker, actor)


def test_an_actor_of_the_data_keeps_its_identity(actors: Actors) -> None:
    found = spoken("Jutta Holm said the gates would stay open.", actors)
    assert (found.actor_id, found.speaker_kind) == ("DEU", SpeakerKind.PERSON)


def test_what_two_actors_share_names_neither(actors: Actors) -> None:
    assert spoken("The Council said the gates would stay open.", actors).speaks_for not in ("Ferry Council", "Works Council")
    assert spoken("Nour said the gates would stay open.", actors).speaks_for is None


def test_an_actor_whose_name_is_a_common_word_is_read_with(actors: Actors) -> None:
    cast = (Member("the Four", "organisation", ("the guarantor powers",)),)
    assert spoken("The guarantor powers said the Four would stay.", actors, cast).speaks_for == "the Four"
    assert spoken("The envoy of the Four said the gates would stay open.", actors, cast).speaks_for == "the Four"


def test_a_longer_name_is_not_its_beginning(actors: Actors) -> None:
    assert spoken("The Authority of Elders said the gates would stay open.", actors).speaks_for != "Market Authority"


def test_the_text_decides_between_offices_that_the_codebook_lists(actors: Actors) -> None:
    cast = (
        Member("Roveria", "state", (), ("Leonor Castide (prime minister)",)),
        Member("Popular Union", "party", (), ("Leonor Castide (leader)",)),
    )
    said = "Leonor Castide said the gates would stay open."
    assert spoken(said, actors, cast).speaks_for == "Roveria"
    assert spoken(f"Popular Union leader {said}", actors, cast).speaks_for == "Popular Union"


def test_swapping_two_actors_of_the_cast_swaps_the_results(actors: Actors) -> None:
    one, other, *others = CAST
    swapped = (Member(one.name, "state", other.forms, other.people), Member(other.name, "state", one.forms, one.people), *others)
    names = {one.name: other.name, other.name: one.name}
    for source in ("Faris al-Doum", "Ms Fanua", "Sabirah", "Onu"):
        text = f"{source} said the gates would stay open."
        assert names[str(spoken(text, actors).speaks_for)] == spoken(text, actors, swapped).speaks_for


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(*[st.text(max_size=12) | st.sampled_from(["The", "Kharouf", "a (", "(x)", "the ", "\\", "Ms"])] * 3), max_size=4))
def test_any_cast_is_read_with(parts: list[tuple[str, str, str]]) -> None:
    cast = tuple(Member(name or "x", "state", (form,), (person,)) for name, form, person in parts)
    found = spoken("The minister of Peru spoke. Gabriela Salas of Chile said the gates would stay open.", ACTORS, cast)
    assert found.speaker and (found.speaks_for == "Chile" or any("chile" in str(m).lower() or "Salas" in str(m) for m in cast))
