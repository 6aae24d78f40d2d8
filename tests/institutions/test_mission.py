"""The mechanisms that the five articles name, each as a rule, with an assignment that passes and one that does not.

A row says, in our own words, what a text reports; that it is so is nobody's claim here.  What members say is written
as `yes`, `no`, `?` (silent), `divided`, `if CONDITION` or a ballot; whoever is not named says what `*` says (`yes`).
What is no seat of the rule is a condition: `yes` if it holds, `no` if it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import pytest

from whipcount.institutions.ballots import TRUTH, Reading, cast, supposed
from whipcount.institutions.catalogue import Institution, find
from whipcount.institutions.conditions import web
from whipcount.institutions.formula import Ballot
from whipcount.institutions.outcome import Outcome, outcome
from whipcount.institutions.rules import AllOf, AllSign, AnyOf, Consensus, Elsewhere, Event, OptIn, QualifiedVote, Rule
from whipcount.institutions.verdict import Verdict, verdict
from whipcount.model import Codebook, Condition, Option, Position, Stance, Voice

DATE = "2025-03-17"
UK, US = "United Kingdom", "United States"
STANCE = {"yes": Stance.SUPPORT, "no": Stance.OPPOSE}
Says = Mapping[str, str]


def said(seat: str, words: str, option: str = "force") -> Position | None:
    """The position that a word of the table stands for."""
    own = (Voice.FIRST_HAND,)
    if words.startswith("if "):
        conditions = tuple(words.removeprefix("if ").split(", "))
        return Position(seat, option, Stance.CONDITIONAL, conditions=conditions, voices=own)
    if words == "divided":
        return Position(seat, option, None, divided=True, voices=own)
    return Position(seat, option, STANCE[words], voices=own) if words in STANCE else None


def judged(rule: Rule, says: Says, reading: Reading | None = None) -> Verdict:
    """The verdict of `rule` on what is said; conditions nobody names are unknown."""
    reading = reading or Reading()
    facts = {key: TRUTH[word] for key, word in says.items() if key not in rule.seats and key != "*"}
    words = {seat: says.get(seat, says.get("*", "yes")) for seat in rule.seats}
    waited_for = {part for word in words.values() if word.startswith("if ") for part in word[3:].split(", ")}
    assert set(facts) <= waited_for, f"{set(facts) - waited_for} is neither a seat nor a condition"
    ballots = {str(ballot) for ballot in Ballot} - {"yes", "no"}
    casts = tuple(
        supposed(seat, word) if word in ballots else cast(seat, said(seat, word), facts, reading)
        for seat, word in words.items()
    )
    body = Institution("row", "A row", "the articles", ())
    reached = outcome(rule, {seat.seat: seat.ballot for seat in casts})
    return Verdict(body, "force", DATE, reached, rule, casts, reading, {})


def of(id: str, date: str = DATE) -> Rule:
    """The rule of an institution that ships."""
    rule = find(id).rule_at(date)
    assert rule is not None
    return rule


def one(*names: str) -> AllSign:
    return AllSign(names)


def both(*parts: Rule) -> AllOf:
    return AllOf(parts)


def then(*parts: Rule) -> AllOf:
    return AllOf(parts, staged=True)


def either(*parts: Rule) -> AnyOf:
    return AnyOf(parts)


def on(option: str, rule: Rule) -> Elsewhere:
    return Elsewhere(rule, option)


NATO, EU = find("nato").members_at(DATE), find("eu-qmv").members_at(DATE)
COALITION = tuple(sorted({*EU, UK, "Canada", "Norway", "Turkey", "Ukraine"} - {"Hungary", "Slovakia"}))
BLOCKED, OPEN = Outcome.BLOCKED, Outcome.OPEN


@dataclass(frozen=True)
class Row:
    """A mechanism: its number, what a text reports, its rule, what passes it, what does not, and who that hangs on."""

    number: str
    reports: str
    rule: Rule
    passing: Says
    failing: Says
    result: Outcome
    hangs: tuple[str, ...]


def blocked(number: int | str, reports: str, rule: Rule, passing: Says, failing: Says, *by: str) -> Row:
    return Row(str(number), reports, rule, passing, failing, BLOCKED, by)


def hanging(number: int | str, reports: str, rule: Rule, passing: Says, failing: Says, *who: str) -> Row:
    return Row(str(number), reports, rule, passing, failing, OPEN, who)


def offers(**troops: int) -> OptIn:
    """A force of states and the troops each could send, of which ten thousand are needed."""
    weights = {name.replace("_", " "): number for name, number in troops.items()}
    return OptIn(tuple(weights), 1, weights, 10_000)


# fmt: off
TABLE = [
    # ---- NATO
    blocked(1, "a force under NATO's flag needs all allies", of("nato"), {}, {"Hungary": "no"}, "Hungary"),
    blocked(2, "Italy is against joining a mission of NATO or the EU", either(of("nato"), of("eu-cfsp")),
        {"Hungary": "abstain"}, {"Italy": "no"}, "Italy"),
    blocked(3, "the alliance's guarantee does not reach peacekeepers outside the treaty area", of("nato-article-5"),
        {f"{US} on assisting": "no"}, {"armed attack in the treaty area": "no"}, "armed attack in the treaty area"),
    blocked(4, "soldiers may go only in a mission that is not NATO's", OptIn(NATO, 2),
        {"*": "no", UK: "yes", "France": "yes"}, {"*": "no", UK: "yes"}, *(ally for ally in NATO if ally != UK)),
    blocked(5, "no defence for an ally that will not spend", one(US), {US: "if ally-spends", "ally-spends": "yes"},
        {US: "if ally-spends", "ally-spends": "no"}, US),
    blocked(6, "some allies hesitate to invite Ukraine, and each must ratify", of("nato-accession"),
        {"Germany": "absent"}, {"Hungary": "no", "Germany on ratification": "no"}, "Hungary",
        "Germany on ratification"),
    hanging(7, "accession is a process: invited, but not yet ratified by the last", of("nato-accession"), {},
        {"Slovakia on ratification": "?"}, "Slovakia on ratification"),
    hanging(8, "Kyiv wants troops together with a way into NATO", of("host-consent:Ukraine"),
        {"Ukraine": "if nato-path", "nato-path": "yes"}, {"Ukraine": "if nato-path"}, "Ukraine"),
    hanging(9, "Washington repeats that the door is open: one yes, and nobody else's", of("nato-accession"), {},
        {"*": "?", US: "yes"}, *(ally for ally in NATO if ally != US), *(f"{ally} on ratification" for ally in NATO)),
    blocked(10, "Moscow wants Ukraine to renounce NATO, which is for a treaty: it has no seat in the alliance",
        on("renouncing NATO", of("treaty:Russia,Ukraine")), {}, {"Ukraine on renouncing NATO": "no"},
        "Ukraine on renouncing NATO"),
    blocked(11, "in 2003 allies let it happen, and some gave nothing",
        both(of("nato", "2003-03-01"), on("material", OptIn(find("nato").members_at("2003-03-01")))),
        {"*": "abstain", f"{US} on material": "yes"}, {"*": "abstain", f"{US} on material": "yes", "Belgium": "no"},
        "Belgium"),
    blocked(12, "ships, jets and troops on alert, to move if there is an invasion", then(Event("invasion"), one(US)),
        {}, {"invasion": "no"}, "invasion"),
    # ---- European Union
    blocked(16, "sending troops stays with each state, its parliament included",
        then(one("Germany"), one("Bundestag")), {}, {"Bundestag": "no"}, "Bundestag"),
    hanging(17, "whether EU states need the Security Council's leave was not answered",
        both(OptIn(EU, 2), either(Event("no mandate is required"), of("unsc"))), {"Russia": "no"},
        {"Russia": "no", "no mandate is required": "?"}, "no mandate is required"),
    blocked(18, "Hungary is against the military aid", of("eu-epf"), {}, {"Hungary": "no"}, "Hungary"),
    blocked(19, "ministers doubled the loans, which takes a qualified majority", of("eu-qmv"),
        {"Hungary": "no", "Slovakia": "no"}, {"Germany": "no", "France": "no", "Italy": "no", "Spain": "absent"},
        "France", "Germany", "Italy", "Spain"),
    blocked(20, "a force under the EU's name: all let a few of them go", of("eu-entrusted-group"),
        {"Ireland": "declared-abstention", "Malta on taking part": "no"}, {"Austria": "no"}, "Austria"),
    blocked(21, "from a mission that watches to one that deters",
        either(on("watching", OptIn(("France", "Italy"), 2)), on("deterring", OptIn(("France", "Italy"), 2))),
        {"Italy on deterring": "no"}, {"Italy on deterring": "no", "Italy on watching": "no"}, "Italy on watching",
        "Italy on deterring"),
    blocked(22, "a European army: unanimous, then ratified by each", of("eu-common-defence"), {"Denmark": "abstain"},
        {"Ireland on ratification": "no"}, "Ireland on ratification"),
    blocked(23, "the union's own peacekeeping corps, of those that want it", OptIn(EU, 9),
        {"Hungary": "no", "Austria": "no"}, {"*": "no", "France": "yes"},
        *(state for state in EU if state != "France")),
    blocked(24, "France's deterrent for others: its own decision, and theirs",
        both(of("individual:France"), on("being covered", one("Germany", "Poland"))), {}, {"France": "no"}, "France"),
    blocked(25, "the presidency of the Council sets the agenda and has no weight of its own",
        then(Event("the presidency puts it on the agenda"), of("eu-cfsp")), {"France": "abstain"},
        {"the presidency puts it on the agenda": "no"}, "the presidency puts it on the agenda"),
    blocked("25b", "duties as pressure, and the union's answer",
        then(on("duties", one(US)), on("counter-duties", of("eu-qmv"))), {"Hungary on counter-duties": "no"},
        {f"{US} on duties": "no"}, f"{US} on duties"),
    # ---- United Nations and monitoring
    hanging(26, "Italy: only as a UN mission in the buffer zone, and after the war",
        then(of("un-mission:Ukraine"), on("sending", OptIn(("Italy",)))),
        {"Italy on sending": "if un-mandate, war-over", "un-mandate": "yes", "war-over": "yes"},
        {"Italy on sending": "if un-mandate, war-over", "un-mandate": "yes"}, "Italy on sending"),
    blocked(27, "an expert expects Moscow's veto", of("unsc"), {"Russia": "abstain"}, {"Russia": "no"}, "Russia"),
    blocked(28, "Canada once served under the United Nations",
        then(of("unsc", "1992-02-21"), on("serving", OptIn(("Canada",)))), {"China": "abstain", "Zimbabwe": "no"},
        {"Canada on serving": "no"}, "Canada on serving"),
    blocked(29, "anything but blue helmets", OptIn(("France", UK), 2),
        {"France": "if no-blue-helmets", "no-blue-helmets": "yes"},
        {"France": "if no-blue-helmets", "no-blue-helmets": "no"}, "France"),
    hanging(30, "unarmed observers, once the parties agree", of("unarmed-observers:Russia,Ukraine"),
        {"Russia": "if agreement", "agreement": "yes", "Hungary": "no"}, {"Russia": "if agreement"}, "Russia"),
    blocked(31, "guarantees that the parties work out", on("guarantees", of("treaty:Russia,Ukraine")), {},
        {"Russia on guarantees": "no"}, "Russia on guarantees"),
    blocked(32, "international support, if the parties find that peace needs it",
        then(Event("the parties ask for support"), OptIn(COALITION, 2)), {"Italy": "no"},
        {"the parties ask for support": "no"}, "the parties ask for support"),
    blocked(33, "a truce of thirty days, to which Moscow attaches conditions", of("ceasefire:Russia,Ukraine"),
        {"Russia": "if watched, no-call-up, no-new-aid", "watched": "yes", "no-call-up": "yes", "no-new-aid": "yes"},
        {"Russia": "if watched, no-call-up, no-new-aid", "watched": "yes", "no-new-aid": "no"}, "Russia"),
    blocked(34, "someone counts the violations of the ceasefire",
        then(of("ceasefire:Russia,Ukraine"), on("observing", of("osce"))), {"Mongolia on observing": "abstain"},
        {"Belarus on observing": "no"}, "Belarus on observing"),
    hanging(35, "troops only once the guns are silent", then(Event("ceasefire"), OptIn(COALITION, 2)),
        {"Finland": "no"}, {"ceasefire": "?"}, "ceasefire"),
    # ---- coalitions and formats
    blocked(36, "about thirty meet, half of them are willing, two have ruled it out", OptIn(COALITION, 15),
        {"Italy": "no", "Finland": "no", "Malta": "no"}, {"*": "no", UK: "yes", "France": "yes"},
        *(state for state in COALITION if state not in {UK, "France"})),
    hanging(37, "without an American pledge it stalls", OptIn((*COALITION, US), 15, enablers=(US,)), {"Italy": "no"},
        {US: "?"}, US),
    blocked(38, "tens of thousands of soldiers are needed", offers(France=5_000, United_Kingdom=5_000, Poland=9_000),
        {"Poland": "no"}, {"Poland": "no", "France": "no"}, "France", "Poland"),
    hanging(39, "some thousands from each, London's for as long as it takes",
        offers(United_Kingdom=6_000, France=3_000, Denmark=1_000), {}, {"Denmark": "?"}, "Denmark"),
    blocked(40, "Ukraine holds the line of contact, the others stay behind it",
        both(on("line of contact", one("Ukraine")), on("rear areas", OptIn(("France", UK), 1))),
        {"France on rear areas": "no"}, {"Ukraine on line of contact": "no"}, "Ukraine on line of contact"),
    blocked(41, "clubs form inside the alliance: they act where it cannot",
        OptIn(("Estonia", "Latvia", "Lithuania", "Poland"), 3), {"Latvia": "no"}, {"Latvia": "no", "Estonia": "no"},
        "Estonia", "Latvia"),
    blocked(42, "a pact of France and Canada, like those France and Poland have with Britain",
        either(of("treaty:France,Canada"), both(of(f"treaty:France,{UK}"), of(f"treaty:{UK},Poland"))),
        {"Poland": "no"}, {"Canada": "no", UK: "no"}, UK, "Canada"),
    blocked(43, "France and Canada as powers that keep the peace",
        OptIn(("Australia", "Canada", "France"), 2, enablers=("Canada", "France")), {"Australia": "no"},
        {"Canada": "no"}, "Canada"),
    blocked(44, "a group that meets to pledge", of(f"ramstein-group:Germany,{UK}"), {"Germany": "no"},
        {"Germany": "no", UK: "no"}, "Germany", UK),
    hanging(46, "entry into the war by itself once the event occurs: no second decision",
        then(on("signing", one("Poland", "Ukraine")), Event("a new attack")), {}, {"a new attack": "?"},
        "a new attack"),
    blocked(47, "a guarantee that leaves it to Washington whether to come",
        then(on("signing", one(US, "Ukraine")), Event("a new attack"), on("coming to help", one(US))), {},
        {f"{US} on coming to help": "no"}, f"{US} on coming to help"),
    blocked(48, "help like Article 5 without accession, by a treaty", of(f"NATO-Lite:Ukraine,Germany,{US}"), {},
        {"Germany": "no"}, "Germany"),
    hanging(49, "a working group that has not agreed, whose members are not all named",
        Consensus((US, "Ukraine", "members not named")), {}, {"members not named": "?"}, "members not named"),
    blocked(50, "Europeans carry the lion's share",
        QualifiedVote(("Europeans", US), {"Europeans": 80, US: 20}, Fraction(0), Fraction(4, 5), unit="burden"),
        {US: "no"}, {"Europeans": "no"}, "Europeans"),
    blocked(51, "talks of four, none of whom can be left out", of("normandy-format"), {}, {"Russia": "no"}, "Russia"),
    hanging(52, "Moscow waits for an answer in writing", of(f"treaty:Russia,{US}"),
        {"Russia": "if answer-received", "answer-received": "yes"}, {"Russia": "if answer-received"}, "Russia"),
    blocked(53, "talks in Jeddah and by telephone bind those who hold them",
        both(on("Jeddah", one(US, "Ukraine")), on("the call", one(US, "Russia"))), {}, {"Russia on the call": "no"},
        "Russia on the call"),
    blocked(54, "the alliance across the Atlantic still stands", both(Event("the alliance stands"), one(US)), {},
        {"the alliance stands": "no"}, "the alliance stands"),
    blocked(55, "exercises of two allies", of("treaty:Russia,Belarus"), {}, {"Belarus": "no"}, "Belarus"),
    # ---- consents, limits at home, instruments
    blocked(56, "the host has the last word",
        both(of("host-consent:Ukraine"), on("sending", OptIn(("France", UK), 2))), {}, {"Ukraine": "no"}, "Ukraine"),
    blocked(59, "European troops are easier for Moscow than NATO membership",
        either(on("membership", one("Russia")), on("European troops", one("Russia"))), {"Russia on membership": "no"},
        {"Russia on membership": "no", "Russia on European troops": "no"}, "Russia on membership",
        "Russia on European troops"),
    blocked(60, "governments need their parliaments and their public",
        then(one(US), one("US Congress"), Event("public support")), {}, {"US Congress": "no"}, "US Congress"),
    hanging(61, "first the end of the war, then we shall see: no refusal", OptIn(("France", "Germany", "Italy"), 3),
        {"Germany": "if war-over", "Italy": "if war-over", "war-over": "yes"},
        {"Germany": "if war-over", "Italy": "if war-over"}, "Germany", "Italy"),
    hanging(62, "nobody has settled what happens if the force is attacked",
        both(OptIn(COALITION, 15), Event("the answer to an attack is agreed")), {"Italy": "no"},
        {"the answer to an attack is agreed": "?"}, "the answer to an attack is agreed"),
    blocked(63, "Germany did not license what Estonia would pass on", of("re-export-licence:Germany,Estonia,Ukraine"),
        {}, {"Germany": "absent"}, "Germany"),
    blocked(64, "arms and money, from each alone or from the union's fund",
        either(on("giving", OptIn(COALITION)), of("eu-epf")), {"Hungary": "no", "Italy on giving": "no"},
        {"Hungary": "no", **{f"{state} on giving": "no" for state in COALITION}},
        *(f"{state} on giving" for state in COALITION), "Hungary"),
    blocked(65, "sanctions: the union's take all of it, America's take one",
        either(on("American sanctions", one(US)), of("eu-sanctions")), {"Hungary": "no"},
        {"Hungary": "no", f"{US} on American sanctions": "no"}, f"{US} on American sanctions", "Hungary"),
    blocked(68, "one embassy is evacuated, the others stay: each decides for itself", OptIn((*EU, US)),
        {"*": "no", US: "yes"}, {"*": "no"}, *EU, US),
    hanging(69, "cheap gas is an interest: it weighs in Germany's yes and rules nothing", of("eu-sanctions"),
        {"Germany": "if other-gas", "other-gas": "yes"}, {"Germany": "if other-gas"}, "Germany"),
    blocked(70, "the cabinet withdrew its bill", then(one("Cabinet of Ministers of Ukraine"), one("Verkhovna Rada")),
        {}, {"Cabinet of Ministers of Ukraine": "no"}, "Cabinet of Ministers of Ukraine"),
    hanging(71, "Croatia's president and prime minister contradict each other", of("nato"), {},
        {"Croatia": "divided"}, "Croatia"),
    blocked(72, "Croatia's soldiers come home if it escalates", OptIn(("Croatia", "Poland"), 2),
        {"Croatia": "if no-escalation", "no-escalation": "yes"},
        {"Croatia": "if no-escalation", "no-escalation": "no"}, "Croatia"),
    hanging(73, "security for all is not settled by two", of(f"treaty:Russia,{US},France,Germany,{UK},Ukraine"), {},
        {"*": "?", "Russia": "yes", US: "yes"}, "France", "Germany", UK, "Ukraine"),
    blocked(74, "agreed on the terms, the last paper not signed",
        then(on("terms", one("Russia", "Ukraine")), on("signing", one("Russia", "Ukraine"))), {},
        {"Ukraine on signing": "no"}, "Ukraine on signing"),
    hanging(75, "negotiators wait for the guidelines of their head of state",
        then(one("President of Russia"), of(f"treaty:Russia,{US}")), {}, {"President of Russia": "?"},
        "President of Russia"),
    blocked(77, "land and the size of an army are items of one bargain",
        both(on("territory", one("Russia", "Ukraine")), on("force limits", one("Russia", "Ukraine"))), {},
        {"Ukraine on territory": "no"}, "Ukraine on territory"),
]
# fmt: on


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.number} {row.reports}")
def test_a_mechanism_passes_and_fails_as_its_row_says(row: Row) -> None:
    assert judged(row.rule, row.passing).outcome is Outcome.PASSES
    found = judged(row.rule, row.failing)
    assert found.outcome is row.result
    assert set(found.blockers or found.swing) == set(row.hangs)


# ---- rows that are about something other than one rule


def debate(*options: Option, conditions: tuple[Condition, ...] = (), at: str = DATE, **says: str) -> dict[str, Outcome]:
    """The outcome on each option of a debate in which `says` holds a word by `MEMBER on OPTION`."""
    positions = [
        found
        for key, word in says.items()
        for who, _, option in [key.partition(" on ")]
        if (found := said(who, word, option))
    ]
    return dict(web(Codebook("d", "d", options, conditions), positions, at).outcomes)


def test_13_a_new_order_is_an_option_for_which_no_text_states_a_rule() -> None:
    says = {f"{ally} on order": "yes" for ally in NATO}
    assert debate(Option("order", "A new security order"), **says) == {"order": OPEN}
    assert debate(Option("order", "A new security order", institution="nato"), **says) == {"order": Outcome.PASSES}


def test_14_that_clashes_would_draw_in_the_alliance_is_a_consequence_that_waits_for_an_attack() -> None:
    clash = (Condition("clash", "A clash of contributors with Russian troops", "troops"),)
    options = (
        Option("troops", "Troops", decision_body=("France",)),
        Option("drawn-in", "The alliance is drawn in", decision_body=("Poland",)),
    )
    says = {"Poland on drawn-in": "if clash"}
    for word, result in {"yes": Outcome.PASSES, "no": BLOCKED}.items():
        assert debate(*options, conditions=clash, **says, **{"France on troops": word})["drawn-in"] is result


def test_15_the_union_takes_no_decision_of_its_own_on_troops_and_each_state_does() -> None:
    refused = verdict("eu-national-forces", "troops", [], DATE)
    assert refused.outcome is Outcome.NOT_COMPETENT and "42(3)" in refused.explain()
    option = Option("troops", "Troops", decision_body=("EU, national forces; national governments",))
    assert debate(option, **{"France on troops": "yes", "Hungary on troops": "no"}) == {"troops": Outcome.PASSES}
    assert debate(option, **{"Hungary on troops": "no"}) == {"troops": OPEN}


def test_45_who_needs_the_american_backstop_waits_for_it() -> None:
    backstop = (Condition("backstop", "American support", "backstop"),)
    options = (
        Option("force", "A force", decision_body=("United Kingdom",)),
        Option("backstop", "American support", decision_body=("backstop of the United States",)),
    )
    for word, result in {"yes": Outcome.PASSES, "no": BLOCKED, "?": OPEN}.items():
        says = {f"{UK} on force": "if backstop", f"{US} on backstop": word}
        assert debate(*options, conditions=backstop, **says)["force"] is result


def test_57_whether_moscow_is_asked_is_disputed_so_both_rules_are_kept() -> None:
    says = {"Russia": "no"}
    unasked, asked = of("host-consent:Ukraine"), of("treaty:Ukraine,Russia")
    assert judged(unasked, {}).outcome is Outcome.PASSES
    assert judged(asked, says).blockers == ["Russia"]


@pytest.mark.parametrize(
    ("number", "cause", "decides", "consequence"),
    [
        ("58", "Troops without agreement", "France", "Contributors become parties to the conflict"),
        ("67", "Sanctions on a president", US, "Relations are severed"),
    ],
)
def test_58_67_a_consequence_somebody_claims_follows_from_an_option(
    number: str, cause: str, decides: str, consequence: str
) -> None:
    options = (
        Option("cause", cause, decision_body=(decides,)),
        Option("answer", consequence, decision_body=("Russia",)),
    )
    follows = (Condition("done", cause, "cause"),)
    for word, result in {"yes": Outcome.PASSES, "no": BLOCKED}.items():
        says = {f"{decides} on cause": word, "Russia on answer": "if done"}
        assert debate(*options, conditions=follows, **says)["answer"] is result


def test_66_levers_without_a_name_have_no_rule_until_one_is_named() -> None:
    says = {f"{US} on levers": "yes"}
    assert debate(Option("levers", "Levers of pressure"), **says) == {"levers": OPEN}
    assert debate(Option("levers", "Duties", institution=f"individual:{US}"), **says) == {"levers": Outcome.PASSES}
    says = {f"{US} on levers": "no"}
    assert debate(Option("levers", "Duties", institution=f"individual:{US}"), **says) == {"levers": BLOCKED}


def test_76_a_yes_that_holds_until_an_election_is_unknown_after_it() -> None:
    rule, says = one(US), {US: "if before-2028"}
    later = Reading(unmet=Ballot.UNKNOWN)
    assert judged(rule, {**says, "before-2028": "yes"}, later).outcome is Outcome.PASSES
    assert judged(rule, {**says, "before-2028": "no"}, later).swing == [US]


def test_78_who_has_no_seat_has_no_say() -> None:
    without, seated = of(f"treaty:Russia,{US}"), of(f"treaty:Russia,{US},France")
    assert "France" not in without.seats and judged(without, {}).outcome is Outcome.PASSES
    assert judged(seated, {"France": "no"}).blockers == ["France"]


def test_every_mechanism_of_the_articles_has_its_row() -> None:
    apart = {"13", "14", "15", "45", "57", "58", "66", "67", "76", "78"}
    rows = [row.number for row in TABLE]
    assert len(rows) == len(set(rows)) and not apart & set(rows)
    assert apart | set(rows) == {*map(str, range(1, 79)), "25b"}
