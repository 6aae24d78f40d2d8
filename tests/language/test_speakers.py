from __future__ import annotations

import re
from pathlib import Path

import pytest

from whipcount.documents import document_from_text
from whipcount.language.actors import Actors
from whipcount.language.quotes import quote_type
from whipcount.language.speakers import Strangers, statements
from whipcount.model import Attribution, SpeakerKind, Statement, Voice


@pytest.fixture(scope="module")
def actors() -> Actors:
    return Actors.load()


def resolve(marked: str, actors: Actors, date: str | None = None) -> list[Statement]:
    """Statements of a text in which sources stand in <s>, cues in <q> and contents in <c>, in order of attributions."""
    text, spans, open_at = "", [], 0
    for part in re.split(r"(</?[sqc]>)", marked):
        if re.fullmatch(r"<[sqc]>", part):
            open_at = len(text)
        elif re.fullmatch(r"</[sqc]>", part):
            spans.append((part[2], (open_at, len(text))))
        else:
            text += part
    groups: list[dict[str, tuple[int, int]]] = []
    for role, span in spans:
        if not groups or role in groups[-1]:
            groups.append({})
        groups[-1][role] = span
    attributions = [
        Attribution(
            f"a{number}",
            (g["s"],) if "s" in g else (),
            (g["q"],) if "q" in g else (),
            (g["c"],),
            quote_type(text, (g["c"],)),
        )
        for number, g in enumerate(groups)
    ]
    return statements(document_from_text(text, date=date), attributions, actors)


@pytest.mark.parametrize(
    ("marked", "date", "speaker", "actor", "voice"),
    [
        ("<s>Polish Prime Minister Donald Tusk</s> <q>said</q> <c>no troops would go</c>.", None, "Donald Tusk", "Poland", "first-hand"),
        ("<s>Moscow</s> <q>rejects</q> <c>the plan</c>.", None, "Russia", "Russia", "first-hand"),
        ("<s>The White House</s> <q>said</q> <c>it was ready</c>.", None, "White House", "United States", "first-hand"),
        ("<s>Germany's defence ministry</s> <q>said</q> <c>it agreed</c>.", None, "Germany's defence ministry", "Germany", "first-hand"),
        ("<s>Brussels</s> <q>said</q> <c>it agreed</c>.", None, "Brussels", "European Union", "first-hand"),
        ("<s>The British foreign secretary</s> <q>said</q> <c>it was late</c>.", "2022-03-01", "Liz Truss", "United Kingdom", "first-hand"),
        ("<s>The British foreign secretary</s> <q>said</q> <c>it was late</c>.", "2024-03-01", "David Cameron", "United Kingdom", "first-hand"),
        ("<s>The German chancellor</s> <q>said</q> <c>it was late</c>.", "2021-11-01", "Angela Merkel", "Germany", "first-hand"),
        ("<s>The German chancellor</s> <q>said</q> <c>it was late</c>.", "2022-11-01", "Olaf Scholz", "Germany", "first-hand"),
        ("<s>The head of the Fifth Republic</s> <q>said</q> <c>it was late</c>.", "2025-03-17", "Emmanuel Macron", "France", "first-hand"),
        ("<s>Zelensky</s> <q>said</q> <c>it was late</c>.", "2023-01-01", "Volodymyr Zelenskyy", "Ukraine", "first-hand"),
        ("<s>Jay Dee Vance</s> <q>said</q> <c>it was late</c>.", "2025-03-01", "J. D. Vance", "United States", "first-hand"),
        ("<s>Ana Prieto, professor at the Institute of Law,</s> <q>said</q> <c>we must act</c>.", None, "Ana Prieto", None, "commentary"),
        ("<s>HSE analyst Boris Lind</s> <q>said</q> <c>we must act</c>.", None, "Boris Lind", None, "commentary"),
        ("<s>A French official</s> <q>said</q> <c>talks went on</c>.", None, "anonymous French official", "France", "unnamed"),
        ("<s>Sources close to the talks</s> <q>said</q> <c>they went on</c>.", None, "anonymous Sources close to the talks", None, "unnamed"),
        ("<s>Mayor Odile Brun of Treville</s> <q>said</q> <c>no</c>.", None, "Odile Brun", "Treville", "first-hand"),
        ("<s>Ostrel's energy minister Lidija Mraz</s> <q>said</q> <c>no</c>.", None, "Lidija Mraz", "Ostrel", "first-hand"),
        ("<s>The permanent representative of Estonia to the EU, Tiiu Saar,</s> <q>said</q> <c>no</c>.", None, "Tiiu Saar", "Estonia", "first-hand"),
        ("<s>The Minister of Finance of Ostrel, Mr Jon Mraz,</s> <q>said</q> <c>no</c>.", None, "Jon Mraz", "Ostrel", "first-hand"),
        ("<s>Ostrel's Mraz</s> <q>said</q> <c>no</c>. Ostrel waits.", None, "Mraz", "Ostrel", "first-hand"),
        ("<s>MS VOSS (Ostrel, delegate)</s><q>:</q> <c>We vote no</c>.", None, "Voss", "Ostrel", "first-hand"),
        ("<s>A Nordgas spokeswoman</s> <q>said</q> <c>talks went on</c>.", None, "anonymous Nordgas spokeswoman", "Nordgas", "unnamed"),
        ("<s>The Weavers' Forum</s> <q>said</q> <c>no</c>.", None, "Weavers' Forum", "Weavers' Forum", "first-hand"),
        ("<s>Trump</s>, the president-elect, <q>said</q> <c>no</c>. President-elect Donald Trump left.", "2024-12-10", "Donald Trump",
         "United States (incoming Trump administration)", "first-hand"),
    ],
)  # fmt: skip
def test_who_speaks_for_whom(
    marked: str, date: str | None, speaker: str, actor: str | None, voice: str, actors: Actors
) -> None:
    [statement] = resolve(marked, actors, date)
    assert (statement.speaker, statement.speaks_for, statement.voice) == (speaker, actor, Voice(voice))


def test_a_list_is_one_statement_an_actor(actors: Actors) -> None:
    found = resolve("<s>Slovakia, Finland and Croatia</s> <c>do not like the plan</c>.", actors)
    assert [s.speaks_for for s in found] == ["Slovakia", "Finland", "Croatia"]
    assert {s.voice for s in found} == {Voice.NARRATED}
    assert {s.speaker_kind for s in found} == {SpeakerKind.NARRATOR}


def test_pronouns_and_surnames_go_back_to_the_speaker(actors: Actors) -> None:
    found = resolve(
        "<s>Finnish Prime Minister Sanna Marin</s> <q>said</q> <c>Helsinki would wait</c>. "
        "“<c>Nothing is decided</c>,” <s>she</s> <q>said</q>.\n\n<s>Marin</s> <q>added</q> that <c>time was short</c>.",
        actors,
        "2022-04-01",
    )
    assert [s.speaker for s in found] == ["Sanna Marin"] * 3
    assert [s.speaks_for for s in found] == ["Finland"] * 3


def test_a_name_talked_about_is_not_the_one_who_speaks(actors: Actors) -> None:
    found = resolve(
        "<s>Analyst Tom Rask</s> <q>said</q>: “<c>President Emmanuel Macron wants a deal</c>.”\n\n"
        "“<c>It will be hard</c>,” <s>he</s> <q>said</q>.",
        actors,
    )
    assert [s.speaker for s in found] == ["Tom Rask", "Tom Rask"]


def test_who_adds_something_is_who_spoke_last(actors: Actors) -> None:
    found = resolve(
        "“<c>Peru joins the club</c>,” <s>Tom Rask, head of the office of the president of Chile</s>, Ana Solis, <q>wrote</q>. "
        "“<c>Time is up</c>,” <s>he</s> <q>added</q>.",
        actors,
    )
    assert [s.speaker for s in found] == ["Tom Rask", "Tom Rask"]


def test_who_answers_is_who_was_asked_and_not_whom_the_question_was_about(actors: Actors) -> None:
    found = resolve(
        "<s>Kenyan President William Ruto</s> <q>said</q> <c>talks went on</c>.\n\n"
        "Ruto was asked whether President Emmanuel Macron had decided. “<c>I think so</c>,” <s>he</s> <q>replied</q>.",
        actors,
        "2024-03-01",
    )
    assert [s.speaker for s in found] == ["William Ruto", "William Ruto"]


def test_a_surname_of_another_spelling_is_an_office_holders_whose_state_the_text_names(actors: Actors) -> None:
    for text, actor in (("Serbia would wait", "Serbia"), ("Kenya would wait", None)):
        found = resolve(f"<s>Daczić</s> <q>repeated</q> that <c>{text}</c>.", actors, "2023-03-26")
        assert (found[0].speaker == "Ivica Dačić") is (actor is not None)


def test_a_day_or_a_place_beside_the_one_who_speaks_is_no_second_speaker(actors: Actors) -> None:
    met = "At a meeting with new Chilean President Ana Solis, "
    for before in ("On Tuesday, ", "Trucks stood near the border of Chile, and ", met):
        found = resolve(f"{before}<s>Peru</s> <q>announced</q> <c>it would wait</c>.", actors)
        assert [s.speaker for s in found] == ["Peru"]


PAIRS = [
    ("Hungary", "Hungarian", "Budapest", "Portugal", "Portuguese", "Lisbon"),
    ("Russia", "Russian", "Moscow", "Ukraine", "Ukrainian", "Kyiv"),
    ("China", "Chinese", "Beijing", "Nauru", "Nauruan", "Yaren"),
    ("Israel", "Israeli", "Jerusalem", "Iran", "Iranian", "Tehran"),
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: f"{p[0]}-{p[3]}")
def test_swapping_two_actors_swaps_the_results_and_nothing_else(pair: tuple[str, ...], actors: Actors) -> None:
    text = (
        "<s>{0}</s> <q>rejects</q> <c>the draft</c>. <s>The {1} government</s> <q>said</q> <c>it would wait</c>. "
        "<s>{2}</s> <q>wants</q> <c>a vote</c>. <s>A {1} official</s> <q>said</q> <c>{3} had agreed</c>. "
        "<s>{1} foreign minister Ivo Lark</s> <q>said</q> <c>{3} was late</c>. <s>{3} and {0}</s> <c>oppose the plan</c>."
    )
    one, other = pair[:3], pair[3:]
    first = resolve(text.format(*one, other[0]), actors)
    second = resolve(text.format(*other, one[0]), actors)
    names = {one[0]: other[0], other[0]: one[0], None: None}
    assert [names[s.speaks_for] for s in first] == [s.speaks_for for s in second]
    assert [(s.voice, s.speaker_kind, s.confidence) for s in first] == [
        (s.voice, s.speaker_kind, s.confidence) for s in second
    ]


MENTIONS = [
    [part.strip() for part in line.split(" | ")]
    for line in (Path(__file__).parent / "mentions.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def test_who_is_meant_on_both_sides_of_changes_of_office(actors: Actors) -> None:
    wrong, unknown = [], []
    for date, marked, speaker, actor in MENTIONS:
        tagged = re.sub(r"\[(.+)\] (.+?) \{(.+)\}", r"<s>\1</s> <q>\2</q> <c>\3</c>", marked)
        found = resolve(tagged, actors, date)
        spoken_for = ";".join(s.speaks_for or "-" for s in found)
        named = found[0].speaker
        right = spoken_for == actor and (
            speaker == "~" or named == (found[0].speaks_for if speaker == "=" else speaker)
        )
        if not right:
            nobody = spoken_for == "-" and not found[0].speaker_id
            (unknown if nobody else wrong).append((date, marked, named, spoken_for))
    assert len(MENTIONS) >= 300
    assert len({actor for *_, actor in MENTIONS}) >= 40
    assert wrong == []
    assert len(unknown) <= 0.03 * len(MENTIONS), unknown


def test_bodies_that_no_data_know_are_found_with_who_speaks_for_them(actors: Actors) -> None:
    found = resolve(
        "The Union of Tram Drivers met on Monday. <s>Its leader, Ada Voss,</s> <q>said</q> <c>no</c>. "
        "<s>Moss Party chairman Ole Brandt</s> <q>said</q> <c>yes</c>. <s>Brandt</s> <q>added</q> <c>thanks</c>. "
        "<s>The union</s> <q>said</q> <c>it would vote</c>.",
        actors,
    )
    assert [(s.speaker, s.speaks_for) for s in found] == [
        ("Ada Voss", "Union of Tram Drivers"),
        ("Ole Brandt", "Moss Party"),
        ("Ole Brandt", "Moss Party"),
        ("Union of Tram Drivers", "Union of Tram Drivers"),
    ]


def test_the_first_word_of_a_companys_name_is_the_company_but_a_place_is_not_its_council(actors: Actors) -> None:
    told = "{} was in the news. Yesterday {} was, and today {}. <s>{}</s> <q>said</q> <c>it would sign</c>."
    for full, short, actor in (
        ("The shipbuilder Norhal Marine", "Norhal", "Norhal Marine"),
        ("The Norhal Competition Council", "Norhal", "Norhal"),
    ):
        found = resolve(told.format(full, short, short, short), actors)
        assert [s.speaks_for for s in found] == [actor]


def test_a_party_whose_name_begins_with_an_owner_is_named_whole(actors: Actors) -> None:
    for name in ("The People's Democrats", "the Farmers' List"):
        found = resolve(f"<s>{name}</s> <q>rejected</q> <c>the decree</c>.", actors)
        assert [s.speaks_for for s in found] == [name.split(maxsplit=1)[1]]


def test_positions_told_as_facts_are_one_record_an_actor(actors: Actors) -> None:
    found = resolve(
        "In addition to Peru, Chile and Bolivia are among the states wishing to host the court. "
        "The transit ban remains unacceptable for Ankara. A levy proposed by Kenya failed.",
        actors,
    )
    assert [s.speaks_for for s in found] == ["Peru", "Chile", "Bolivia", "Turkey", "Kenya"]
    assert {(s.voice, s.speaker, s.attribution) for s in found} == {(Voice.NARRATED, "narrator", None)}


def test_what_is_already_said_by_somebody_is_not_told_again(actors: Actors) -> None:
    found = resolve("<s>Kenya</s> <q>said</q> that <c>Peru is against the levy</c>.", actors)
    assert [s.speaks_for for s in found if s.voice is Voice.NARRATED] == []


def test_a_disowned_remark_is_nobodys_position(actors: Actors) -> None:
    found = resolve(
        "<s>Kenyan Trade Minister Ida Moto</s> <q>said</q> <c>the port is lost</c>. "
        "<s>Kenya's foreign ministry</s> <q>said</q> <c>the words do not reflect the government's position</c>.",
        actors,
        "2023-05-01",
    )
    assert [(s.speaks_for, s.voice) for s in found] == [(None, Voice.COMMENTARY), ("Kenya", Voice.FIRST_HAND)]
    assert found[0].speaker == "Ida Moto"


def test_what_is_said_of_the_own_side_and_another_at_once_is_ascribed_to_the_other(actors: Actors) -> None:
    found = resolve(
        "<s>Peru's foreign minister</s> <q>said</q> <c>Peru and Chile are both committed to the treaty</c>. "
        "<s>He</s> <q>said</q> <c>Bolivia and Chile are committed to nothing</c>.",
        actors,
    )
    assert [(s.speaks_for, s.voice) for s in found][:2] == [("Peru", Voice.FIRST_HAND), ("Chile", Voice.ASCRIBED)]
    assert len(found) == 3


def test_names_are_read_after_a_stop_without_a_blank_and_before_a_dash_that_joins(actors: Actors) -> None:
    assert [m.text for m in actors.mentions("Talks go on.Peru waits, and Chile—friendly Kenya too.")] == ["Peru", "Kenya"]


def test_what_a_newspaper_says_that_several_want_is_ascribed_to_each(actors: Actors) -> None:
    found = resolve(
        "<q>According to</q> information of <s>the Chilean press agency</s>, <c>Peru, Kenya and Nauru would join the club</c>.", actors
    )
    assert {s.speaker for s in found} == {"Chilean press agency"}
    there = resolve("<s>A newspaper in the Chilean capital</s> <q>said</q> <c>Peru would join</c>.", actors)
    assert there[0].speaker
    assert [(s.speaks_for, s.voice) for s in found] == [(a, Voice.ASCRIBED) for a in ("Peru", "Kenya", "Nauru")]


def test_a_minister_of_no_named_state_is_of_the_one_that_the_minister_vouches_for(actors: Actors) -> None:
    marked = "<s>Deputy Minister of Foreign Affairs Ana Solis</s> <q>{}</q> that <c>{} supports the treaty</c>."
    said = [("confirmed", "Peru", "Peru"), ("doubted", "Peru", None), ("confirmed", "the alliance", None)]
    for cue, named, actor in said:
        assert resolve(marked.format(cue, named), actors)[0].speaks_for == actor


def test_what_others_are_asked_to_do_is_what_the_speaker_wants(actors: Actors) -> None:
    for cue, content in (("called on", "Western countries to close the strait"), ("urged", "Chile to sign the treaty")):
        found = resolve(f"<s>Peru's foreign minister</s> <q>{cue}</q> <c>{content}</c>.", actors)
        assert found[0].speaks_for == "Peru" and found[0].voice is Voice.FIRST_HAND


def test_an_accusation_is_no_position_of_the_accuser(actors: Actors) -> None:
    found = resolve(
        "<s>Peru's foreign minister</s> <q>accused</q> <c>Chile of moving the border</c>. "
        "<s>The ministry</s> <q>said</q> <c>Peru would not join</c>.",
        actors,
    )
    assert [s.speaks_for for s in found] == [None, "Peru"]


@pytest.mark.parametrize("mark", ["", "*", "**"])
def test_answers_in_an_interview_are_those_of_whom_its_opening_names(mark: str, actors: Actors) -> None:
    found = resolve(
        "Environment minister Mele Fanua of Kharovia pours her own tea.\n\n"
        f"{mark}Is the cap dead?{mark}\n\n"
        "“<c>It is resting</c>.”\n\n"
        f"{mark}The prime minister of Belmark, Ola Venn, said she would sign tomorrow. Will you?{mark}\n\n"
        "“<c>Not half a boat</c>.” <s>Ms Venn</s>, <q>she adds</q>, <c>is a good neighbour</c>.\n\n"
        f"{mark}And money?{mark}\n\n"
        "“<c>It has improved</c>.”",
        actors,
    )
    assert [s.speaks_for for s in found if not s.source] == ["Kharovia"] * 3


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("Chile wants it once Bolivian guns are silent. Its foreign minister, <s>Daud Penhal</s>, <q>said</q> <c>so</c>.", "Chile"),
        ("Doris Kallath is interior minister of Thaliria. <s>Ms Kallath</s> <q>said</q> <c>the camp was full</c>.", "Thaliria"),
        ("Imani Castel has led the Atomic Agency for years. <s>Ms Castel</s> <q>said</q> <c>no</c>.", "Atomic Agency"),
        ("Kesumbia's iron lady, Grace Anuole, was there. <s>Ms Anuole</s> <q>said</q> <c>the door was open</c>.", "Kesumbia"),
    ],
)
def test_whose_somebody_is_stands_in_many_ways(text: str, actor: str, actors: Actors) -> None:
    assert [s.speaks_for for s in resolve(text, actors)] == [actor]


def test_strangers_are_named_people_who_speak_for_nobody_known() -> None:
    def said(speaker: str, kind: SpeakerKind, actor: str | None = None, id: str | None = None) -> Statement:
        return Statement("s1", ((0, 1),), (), speaker, kind, Voice.COMMENTARY, speaks_for=actor, speaker_id=id)

    strangers = Strangers()
    strangers.hear([said("Ana Berg", SpeakerKind.PERSON)] * 3 + [said("Per Ek", SpeakerKind.PERSON)] * 4)
    strangers.hear([said("Per Ek", SpeakerKind.PERSON, "Holm"), said("Jon Lie", SpeakerKind.PERSON)])
    strangers.hear([said("Ola Dahl", SpeakerKind.EXPERT), said("Emmanuel Macron", SpeakerKind.PERSON, id="macron")] * 3)
    assert strangers.most(5) == [("Ana Berg", 3)]


@pytest.mark.parametrize(
    ("marked", "speaker", "actor", "voice"),
    [
        # deeds and postures of a body are the narrator's word, what it says, thinks or wants is its own
        ("<s>Germany</s> <q>blocked</q> <c>the transfer of howitzers</c>.", "narrator", "Germany", "narrated"),
        ("<s>Slovakia</s> <q>also doesn't like</q> <c>the idea</c>.", "narrator", "Slovakia", "narrated"),
        ("<s>The Kenyan government</s> <q>is weighing</q> <c>whether to come</c>.", "narrator", "Kenya", "narrated"),
        ("<s>Germany</s> <q>opposes</q> <c>the transfer of howitzers</c>.", "Germany", "Germany", "first-hand"),
        ("<s>Kenya</s> <q>keeps saying</q> <c>that the road is open</c>.", "Kenya", "Kenya", "first-hand"),
        ("<s>Slovakia</s> <q>would like</q> <c>to see the map</c>.", "Slovakia", "Slovakia", "first-hand"),
        ("<s>Keir Starmer</s> <q>is considering</q> <c>whether to come</c>.", "Keir Starmer", "United Kingdom", "first-hand"),
        # descriptions of people are people
        ("<s>European officials</s> <q>said</q> <c>the fund was empty</c>.", "anonymous European officials", "European states", "unnamed"),
        ("<s>An aide to Keir Starmer</s> <q>said</q> <c>the fund was empty</c>.", "anonymous aide to Keir Starmer", "United Kingdom", "unnamed"),
        ("Ann Lee, <s>an analyst in Nairobi</s>, <q>said</q> <c>the fund was empty</c>.", "Ann Lee", None, "commentary"),
        ("At a meeting with Ann Lee, <s>the Kenyan president</s> <q>said</q> <c>the fund was empty</c>.", "William Ruto", "Kenya", "first-hand"),
        ("<s>One Canadian</s> <q>said</q> <c>the fund was empty</c>.", "anonymous Canadian", None, "unnamed"),
        ("<s>Six in 10</s> <q>say</q> <c>the fund is empty</c>.", "Six in 10", None, "unnamed"),
        ("<s>Some courses</s> <q>have sought</q> <c>more water</c>.", "Some courses", None, "unnamed"),
        ("<s>Reporters</s> <q>say</q> <c>the fund is empty</c>.", "Reporters", None, "unnamed"),
        ("<s>Judge Okoye</s> <q>said</q> <c>the fund was empty</c>.", "Okoye", None, "commentary"),
        ("<s>Republican Ann Lee</s> <q>said</q> <c>the fund was empty</c>.", "Ann Lee", None, "commentary"),
        # names with a nation or place in them
        ("<s>the U.S.</s> <q>said</q> <c>the fund was empty</c>.", "United States", "United States", "first-hand"),
        ("<s>The American Legion</s> <q>said</q> <c>the fund was empty</c>.", "American Legion", "American Legion", "first-hand"),
        ("<s>The Washington Examiner</s> <q>said</q> <c>the fund was empty</c>.", "Washington Examiner", None, "commentary"),
        ("<s>The American embassy</s> <q>said</q> <c>the fund was empty</c>.", "American embassy", "United States", "first-hand"),
    ],
)  # fmt: skip
def test_deeds_people_and_names_that_only_look_like_actors(
    marked: str, speaker: str, actor: str | None, voice: str, actors: Actors
) -> None:
    [statement] = resolve(marked, actors, "2025-03-01")
    assert (statement.speaker, statement.speaks_for, statement.voice) == (speaker, actor, Voice(voice))


def test_the_us_that_speaks_is_not_whoever_spoke_before(actors: Actors) -> None:
    found = resolve("<s>Moscow</s> <q>said</q> <c>no</c>. <s>The U.S.</s> <q>said</q> <c>it would sign</c>.", actors)
    assert [s.speaks_for for s in found] == ["Russia", "United States"]


def test_a_second_verb_without_a_subject_is_the_first_ones(actors: Actors) -> None:
    found = resolve(
        "<s>Kenya</s> <q>denounced</q> <c>the toll</c> but <q>said</q> <c>the road is open</c>, <q>adding</q> <c>that it stays so</c>. "
        "The port, <q>it is said</q>, <c>will close</c>.",
        actors,
    )
    assert [s.speaks_for for s in found] == ["Kenya", "Kenya", "Kenya", None]


def test_the_leaders_the_source_and_the_expert_are_whom_the_text_named_before(actors: Actors) -> None:
    found = resolve(
        "<s>European leaders</s> <q>said</q> <c>no</c>. <s>The leaders</s> <q>added</q> <c>that time was short</c>. "
        "<s>Economist Jan Weller</s> <q>said</q> <c>grain would pass</c>. <s>The source</s> <q>believes</q> <c>that it will</c>. "
        "<s>The Kenyan expert</s> <q>concluded</q> <c>that it must</c>.",
        actors,
    )
    assert [s.speaker for s in found] == ["European states", "European states", "Jan Weller", "Jan Weller", "Jan Weller"]


def test_without_a_date_an_office_is_held_by_the_holder_whom_the_text_names(actors: Actors) -> None:
    marked = "<s>The American president</s> <q>said</q> <c>no</c>. {} had been clear."
    assert [resolve(marked.format(name), actors)[0].speaker for name in ("Biden", "Trump", "Nobody")] == [
        "Joe Biden",
        "Donald Trump",
        "The American president",
    ]
