import hashlib

from whipcount.coding.codebook import parse
from whipcount.coding.encoder import Encoder
from whipcount.coding.suggest import Claim, Group, claims, groups, label_of, terms, write
from whipcount.model import Attribution, Document, Member, QuoteType

BRIDGE = [
    "a road bridge must be built over the river at Holm",
    "the river needs a bridge for cars",
    "no bridge over the river should be built",
    "building the bridge across the river would cost too much",
]
FARES = [
    "bus and train fares will rise by a tenth",
    "passengers should not have to pay dearer train tickets",
    "higher fares for buses are unavoidable",
    "the price of a bus ticket must go up",
]
REST = ["the concert in the cathedral moved everybody to tears"]


def test_claims_on_one_thing_come_together_and_stray_ones_are_left_out() -> None:
    found = [Claim(words, f"d{place % 3}") for place, words in enumerate([*BRIDGE, *FARES, *REST])]
    made = groups(found, Encoder(), 3, 10)
    assert [{claim.words for claim in group.claims} for group in made] in (
        [set(BRIDGE), set(FARES)],
        [set(FARES), set(BRIDGE)],
    )
    assert any("bridge" in group.key for group in made)
    assert not groups(found[:2], Encoder(), 3, 10)


def test_what_is_told_twice_counts_once() -> None:
    assert not groups([Claim(BRIDGE[0], f"d{place}") for place in range(5)], Encoder(), 2, 10)


def test_the_wording_of_an_option_denies_nothing_where_it_can() -> None:
    said = ("no bridge is needed here at all", "that a bridge is needed at Holm")
    assert label_of(Group(tuple(Claim(words, "d") for words in said), ("bridge",))) == "A bridge is needed at Holm"


def test_a_suggestion_is_a_codebook_whatever_was_said() -> None:
    hostile = Group((Claim('"}\n- id: x\n#: *a &b {{7*7}} \x1b[31m \u202e', "d"),), ("ö", "<b>"))
    book = parse(write("a-debate", [hostile, hostile], [hostile], 3, 9), "a.yaml")
    assert len({option.id for option in book.options}) == 2
    assert len(book.options[0].paraphrases) == 1
    assert book.conditions[0].brought_about_by == "fact"


def test_a_suggested_cast_is_one_that_a_codebook_reads() -> None:
    group = Group((Claim("the toll is too high", "d"),), ("toll",))
    cast = [Member("Ferry: {Guild}", "organisation", ("the \"Guild\"",), ("Ana, B. (chair)",)), Member("Holm")]
    book = parse(write("a-debate", [group], [], 3, 9, cast, [("Per Ek: x\n- name: y", 2)]), "a.yaml")
    assert list(book.cast) == cast


def test_claims_and_terms_are_read_off_attributions() -> None:
    text = "Ana said: “We will build the bridge only if the bank grants a loan.” Per said no."
    start, end = text.index("“"), text.index("”") + 1
    document = Document("d", text, ((0, len(text)),), hashlib.sha256(text.encode()).hexdigest())
    said = Attribution("a1", (), (), ((start, end),), QuoteType.DIRECT)
    assert [c.words for c in claims(document, [said])] == ["We will build the bridge only if the bank grants a loan."]
    assert [c.words for c in terms(document, [said])] == ["only if the bank grants a loan"]
