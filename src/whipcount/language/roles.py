"""Words and patterns by which texts tell who somebody is: titles, roles, bodies, and what stands around names.

English, and the same for every actor.  `cast` reads with them, `speakers` resolves with them.
"""

from __future__ import annotations

import re

PARTICLE = r"(?:von|van|der|den|de|da|do|di|la|le|el|al|bin|ibn|ben|della|del|dos|ter|zu)"
CAPITAL = (
    r"(?:(?:[A-Z]\.){2,}|(?:Mr|Mrs|Ms|Dr|Gen|Sen|Gov|Lt|Col|Prof|Rep|St|Adm|Maj|Capt|[A-Z])\.|[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]*"
    r"|al-[A-Z]\w+)"
)
"""A capitalised word; a stop belongs to it in initials and abbreviated titles only, else it ends the sentence."""
RUN = re.compile(rf"{CAPITAL}(?:[ \u00a0]+(?:{PARTICLE}[ \u00a0]+){{0,2}}{CAPITAL}){{0,8}}")

# fmt: off
TITLE_WORDS = frozenset(
    (
        "president prime minister premier chancellor foreign defence defense interior finance energy economy "
        "secretary general state deputy vice first second senior chief head high representative commissioner ambassador "
        "envoy special spokesman spokeswoman spokesperson senator congressman congresswoman rep sen gov governor "
        "mayor king queen prince princess emperor pope admiral colonel major lieutenant captain commander corporal sergeant "
        "marshal mr mrs ms miss madam madame dr prof professor sir lord dame lady judge speaker leader chairman "
        "chairwoman chairperson chair director analyst expert scholar economist historian lawyer journalist "
        "secretary-general director-general commander-in-chief former ex acting interim incoming outgoing new "
        "then-president then-prime vice-president vice-chancellor under-secretary vice-admiral "
        "top official diplomat negotiator the a an its his her their our president-elect potus minister-president "
        "candidate nominee justice researcher fellow attorney counsel treasurer whip mp mep moderator veteran retired councillor delegate boss"
    ).split()
)
STARTERS = frozenset(
    (
        "in at on for from to of by with without within under over after before during since until about against between "
        "but and or nor either neither so yet as if when while where whether because although though however meanwhile then now here there "
        "even only just also still not no nobody some many several most all both few other another any each every "
        "this that these those what which who whose why how yesterday today tomorrow earlier later last next according "
        "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september "
        "october november december poor once unlike like despite asked speaking one two three four five six seven eight "
        "nine ten did does do has have had is was are were can could would should will may might must through across amid beyond inside outside around above below behind beside near toward towards upon via per nobody everyone everybody nothing everything somebody someone anyone something none police article chapter annex i we you he she it they my your our his her their its"
    ).split()
)
BODY_NOUNS = frozenset(
    (
        "ministry council commission committee parliament union party federation association agency network institute "
        "university company corporation bank court congress senate assembly office department board league movement front "
        "alliance group organisation organization authority secretariat bundestag duma rada diet chamber tribunal fund "
        "centre center foundation bloc executive government cabinet delegation presidency church trust club society college "
        "army navy police guard left right greens liberals democrats socialists conservatives coalition republic guild "
        "confederation syndicate forum list concord pact community commonwealth bureau treasury embassy consortium "
        "cooperative academy observatory lobby caucus unions workers employers pensioners citizens farmers nurses "
        "gas oil marine cement steel energy media biologics yards power motors foods airlines systems capital partners "
        "holdings industries technologies water rail railways shipping telecom pharma petroleum mining electric labs "
        "renewal alternative future house nations states command mission pool service services times post herald gazette "
        "tribune news daily journal press radio television mercury bugle courant echo argus telegraph tv media channel courier chronicle"
    ).split()
)
PUBLIC_NOUNS = frozenset(
    (
        "ministry government parliament senate congress army cabinet presidency delegation embassy treasury navy police duma rada "
        "bundestag diet assembly council house court"
    ).split()
)
LOCAL_NOUNS = frozenset("chamber bank university institute commission agency authority union federation office board".split())
"""With PUBLIC_NOUNS, bodies that are named after a place: the place's name is not short for them."""
REGIONS = frozenset(
    (
        "europe european europeans western westerners eastern northern southern west east north south asia asian asians africa african "
        "africans america americas arab arabs latin atlantic pacific caucasus balkans balkan mediterranean christian muslim jewish "
        "parliament ministry republican republicans democrat democrats democratic internet"
    ).split()
)
OUTLET_NOUNS = frozenset(
    (
        "times post herald gazette tribune news daily journal press radio television mercury bugle courant echo argus telegraph "
        "courier chronicle observer mail tv channel weekly online broadcasting standard examiner standaard zeitung"
    ).split()
)
PLACE_FIRST = frozenset(
    (
        "free new open north south east west northern southern eastern western saint san port lake fort mount cape united "
        "national social civic democratic global central green upper lower greater grand"
    ).split()
)
EXPERT = re.compile(
    r"(?i)\b(?:analysts?|experts?|professors?|scholars?|scientists?|researchers?|research (?:director|fellow)|economists?|historians?|"
    r"political scientist|commentators?|columnists?|journalists?|observers?|pundits?|fellow|lecturer|think[- ]tank|institute|university|cent(?:re|er) for|observatory|academy|"
    r"pollsters?|academics?|specialists?|lawyer|author|former|ex-\w+|retired|scientific (?:director|adviser)|demographers?|"
    r"political (?:scientist|scholar|expert)|consultants?)\b"
)
EXPERT_HERE = re.compile(EXPERT.pattern + r"(?: [\w-]+){0,2},? $|\b(?:former|retired|ex-\w+) [^,;]{0,45}$")
OFFICIAL_NOUN = (
    r"(?:minister(?:-president)?s?|ministress|president|premier|chancellor|spokes(?:man|woman|person)|secretary(?:-general)?|commissioner|ambassador|"
    r"envoy|representative|negotiator|chief(?: executive)?|leader|head|chair(?:man|woman|person)?|governor|mayor|senator|lawmaker|"
    r"mp|mep|deputy|speaker|king|queen|director(?:-general)?|advis[eo]r|boss|commander|admiral|general|official|diplomat|whip|"
    r"treasurer|potus|councillor|rapporteur|delegate|counsel|manager|coordinator|founder|owner|convenor|co-leader|executive|"
    r"pm|attorney|emissary|organiser|captain|operative)"
)
EPITHETS = frozenset(
    "republican democrat democratic conservative liberal tory socialist communist independent presumptive editor correspondent columnist".split()
)
"""What stands before a name without being a title or part of it: "Republican Jane Doe"."""
SURNAME_TITLE = r"mr|mrs|ms|dr|madam|prof(?:essor)?|judge|justice|sen|rep|gov|gen|col|lt|sgt|rev|sheriff|sir|lord|dame|lady"
"""Titles after which a single word is a surname, beside those of office: "Judge Okoye"."""
NO_STATE = re.compile(r"^[A-Z]{2,6}$|(?:crats|icans|ists|ians|tives|rals)$")
"""A single word that is the name of an organisation or of many people: "NAACP", "Democrats"."""
OFFICIAL = re.compile(rf"(?i)\b{OFFICIAL_NOUN}\b")
# fmt: on

TITLED = "|".join(
    sorted(
        {w.capitalize() for w in TITLE_WORDS if w.isalpha()} - {"The", "A", "An", "New", "General", "State", "House"}
    )
)
NAME = (
    rf"(?!(?:{TITLED})\b|[A-Z]\w+ (?:and [A-Z]\w+ )?(?:[Mm]inister|[Ss]ecretary|[Cc]ommissioner|[Ss]tate [Ss]ecretary)\b)[A-Z][\w-]*"
    r"(?:[’']s?(?=\s(?:[A-Z][\w-]*\s)?(?:Union|Assembly|League|Party|Committee|Association|Guild|Group|Club|Alliance|Federation|Confederation|Forum|Bloc|International|Front|"
    r"Movement|Network|Council|Congress|Chamber|Society|Institute|Trust|Board|Democrats|List|Pool|Fund|Bank|Coalition|Rally|Court|Pension)\b))?"
)
OWNER_NAME = rf"{NAME}(?: (?:(?:of|for) (?:the )?|and (?=[A-Z][\w-]* (?:Union|Party|League|List|Group)\b))?{NAME}){{0,5}}"
OWNER = re.compile(OWNER_NAME)
ORGAN = re.compile(
    r"\b(?P<organ>(?:[Ee]xecutive |[Gg]overning |[Nn]ational )?(?:[Cc]ouncil|[Bb]oard|[Ee]xecutive|[Ss]ecretariat|[Cc]ommittee|[Aa]ssembly|[Cc]ongress|[Pp]residium|[Bb]ureau))"
    rf" of (?:the )?(?P<owner>{OWNER_NAME})"
)
"""An organ and the body whose position it states: "the council of the Green Forum"."""
PORTFOLIOS = frozenset(
    (
        "foreign home interior trade transport fisheries health finance economy energy justice agriculture environment education "
        "climate defence defense industry culture development security treasury water digital science tourism housing infrastructure "
        "commerce budget migration social european external internal affairs and media sport forestry planning labour labor state"
    ).split()
)
"""Words of what ministers are in charge of: they name no actor."""
PORTFOLIO = rf"(?i:{'|'.join(sorted(PORTFOLIOS - {'and'}))})"
FIELD = rf"(?:the )?(?:veterans? |{PORTFOLIO} )?{PORTFOLIO}"
ROLE = (
    r"\b(?:(?!(?:is|are|was|were|be|with|and|that|said|says|the|an?|of|to|by|he|she|it|also|as|for|in|on|but|who|whose|its|their|his|her|our)\b)"
    rf"[\w-]+ ){{0,3}}(?:{OFFICIAL_NOUN})(?:-elect)?"
    rf"(?: (?:of|for) (?!the\b)(?:(?-i:[a-z]+)(?: (?:and )?(?!of\b)(?-i:[a-z]+))?|{FIELD}(?: (?:and|&) {FIELD})?))?"
)
PERSON = r"(?:man|woman|lady|strongman|number two|voice|face)\b"
"""Who stands for an actor without an office: "Kesumba's iron lady, Grace Anuole"."""
THEIRS = r"(?:its|their|his|her|our|whose|the (?:party|union|group|company|country|federation|firm|city|body)[’']s)"

BEFORE = tuple(
    re.compile(pattern + r"$")
    for pattern in (
        rf"(?P<owner>{OWNER_NAME})(?:[’']s?)? (?P<role>(?i:{ROLE})) (?:in|to|at) (?:the )?{OWNER_NAME},? ",
        rf"(?P<owner>{OWNER_NAME})[’']s? (?P<role>(?i:{ROLE}|(?:[a-z][\w-]* )?{PERSON})),? ",
        rf"(?P<role>(?i:{ROLE})) of (?:the )?(?P<owner>{OWNER_NAME}) (?:at|to|with) (?:the )?{OWNER_NAME},? ",
        rf"(?P<role>(?i:{ROLE})) (?:of|at|for|to|in|from) (?:the )?(?P<owner>{OWNER_NAME}),? ",
        rf"(?P<role>(?i:{ROLE})) of the (?P<noun>[a-z]+),? ",
        rf"(?i:{THEIRS}) (?P<theirs>(?i:{ROLE})),? ",
        rf"(?P<owner>{OWNER_NAME}) (?P<role>(?i:{ROLE})),? ",
        rf"(?P<owner>{OWNER_NAME})[’']s? ",
        rf"(?P<role>(?i:{ROLE})),? ",
    )
)
"""What may stand right before a name: owner and role, most particular first."""

AFTER = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:,|\s\(| —| –)? (?:(?:who )?(?:is|was|has been) )?(?:the |an? |now |then )?(?P<role>(?i:{ROLE})) (?:of|at|for|in|from|with|to) (?:the )?(?P<owner>{OWNER_NAME})",
        rf", (?P<owner>{OWNER_NAME})[’']s? (?P<role>(?i:{ROLE}|{PERSON}))",
        rf"(?:,| —| –) (?i:{THEIRS}) (?P<theirs>(?i:{ROLE}))\b",
        rf", (?:the |an? )(?P<owner>{OWNER_NAME}) (?P<role>(?i:{ROLE}))\b",
        rf"(?:, who)? (?:now )?(?:(?:has )?(?:led|headed|run|chaired)|leads|heads|runs|chairs|represents|speaks for|negotiates for|presides over) (?:the )?(?P<owner>{OWNER_NAME})",
        rf" (?:of|from|for) (?:the )?(?P<owner>{OWNER_NAME})",
        rf" \((?:for |from )?(?:the )?(?P<owner>{OWNER_NAME})\)",
        rf", (?:of |from |for )?(?:the )?(?P<owner>{OWNER_NAME})(?=[,.;:—–]| said| told)",
        rf",? (?:the |an? )?(?P<role>(?i:{ROLE}))\b",
    )
)
"""What may stand right after a name."""


COURTESY = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|H\.E|Prof|Sir|Madam|Madame)\.? $")

STATE_ROLE = re.compile(
    r"(?i)\b(?:minister\w*|president|premier|chancellor|foreign|ambassador|secretary of state|king|queen|mayor|governor|government|ministry|pm)\b"
)
STATE_WIDE = re.compile(r"(?i)\b(?:minister|prime minister|chancellor|government|ministry|pm|cabinet|treasury)\b")
"""Offices that a state has one of, or none below it."""
BODY_ROLE = re.compile(
    r"(?i)\b(?:chair\w*|chief executive|director\w*|boss|secretary-general|general secretary|manager|founder|owner|whip)\b"
)


LEADS = re.compile(
    r"(?i)\b(?:minister\w*|president|premier|chancellor|pm|leader|chair\w*|spokes\w+|whip|chief executive|director|boss|secretary|negotiator)\b"
)
"""Roles that speak for the actor named last where nothing says for whom."""

VOUCHES = re.compile(
    r",? (?:[\w-]+ ){0,3}?(?:confirm|assur|declar|announc|promis|pledg|reaffirm|reiterat|vow)\w* (?:[\w-]+ ){0,3}?that (?:the )?"
)
"""What goes before the name of one's own side: "confirmed that Peru supports"."""

SINGLE = re.compile(
    r"(?<![\w’'-])(?<![A-Z][a-z] )(?P<name>[A-Z][^\W\d_A-Z]{3,})(?![\w-])(?![’'](?!s))(?! [A-Z])(?P<owner>[’']s (?=[a-z]))?"
)
"""A capitalised word that stands alone."""

STATE_OFFICE = (
    rf"(?:(?:[Pp]rime|{PORTFOLIO}) [Mm]inist(?:er|ry)|[Pp]resident|[Pp]remier|[Cc]hancellor|"
    r"[Pp]arliament|[Aa]mbassador|(?:chief |permanent )?(?:envoy|negotiator|representative)|[Gg]overnor|delegation)"
)
GOVERNED = re.compile(
    rf"[’']s (?:(?:deputy|former|new|then|acting|outgoing) )?{STATE_OFFICE}\b"
)
GOVERNING = re.compile(
    rf"\b{STATE_OFFICE}(?: for [A-Z]?[a-z]+(?: [A-Z]?[a-z]+)?)? of (?:the (?:republic|kingdom|province) of )?$"
)
"""What follows or goes before the name of a state: "Tarvia's finance minister", "the Foreign Minister of Mbelani"."""

ACTS = re.compile(
    r",? (?:where|which|whose|(?:has|had|is|was|will|would|could|may|wants|took|held|saw|gave|made|went|came|stood|kept|left|let|put|won|"
    r"lost|said|says|told|found|felt|thinks|sees|broke|stays|did|does|no longer|also|still|now|[a-z]{2,}ed|[a-z]{3,}(?<!s)s)\b)|, (?:the|an?|for|whose) "
)
"""What follows a name that acts: "Ostrel, where", "Hesk took"."""


NO_PLACE = STARTERS | TITLE_WORDS | BODY_NOUNS | REGIONS
