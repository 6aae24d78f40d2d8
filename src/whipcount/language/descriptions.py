"""Words and patterns by which texts mean a source without naming it: pronouns, the unnamed, papers, the press, minutes.

English, and the same for every actor.
"""

from __future__ import annotations

import re

MARKS = "\"“”«»„‟‘’'`—–- \t\n\r\u00a0,.;:!?…()[]"
HE = {"he", "him", "his", "himself"}
SHE = {"she", "her", "herself"}
THEY = {"they", "them", "their", "theirs"}
WE = {"we", "us", "our", "i", "it", "its"}
RELATIVE = {"who", "which", "that", "whose", "whom"}
UNNAMED = re.compile(
    r"(?i)\b(?:sources?|officials?|diplomats?|insiders?|aides?|people|persons?|interlocutors?|lawmakers?|politicians?|advisers?|"
    r"representatives?|observers?|negotiators?|staffers?|operatives?|residents?|witnesses|delegates?|envoys?|soldiers?|critics?|"
    r"supporters?|voters?|friends|those|somebody|someone|pals)\b"
)
COLLECTIVE = re.compile(
    r"(?i)\b(?:officials|authorities|government|leadership|side|administration|cabinet|leaders|ministry|delegation|parliament|army|"
    r"military|foreign office|embassy|presidency|lawmakers|senators|ministers|people)\b"
)
MINISTRY = re.compile(
    r"(?i)\b(?:ministry|department|foreign office|government|authorities|embassy|parliament|army|military|presidency|cabinet|senate|"
    r"treasury|delegation|mission)\b"
)
SINGULAR = re.compile(
    r"(?i)^(?:the|this|that|same|the same|our|his|her|its|their)?\s*(?:[\w’'-]+\s+){0,3}?(?:diplomat|official|expert|analyst|scholar|professor|scientist|"
    r"interlocutor|source|minister|ministress|president|premier|chancellor|spokes\w+|secretary|politician|leader|senator|ambassador|envoy|"
    r"commissioner|historian|economist|researcher|specialist|chief|head|representative|observer|author|general|admiral|candidate|"
    r"mayor|governor|negotiator|lawmaker|adviser|director|chair\w*|boss|deputy|captain|officer|whip|clerk|judge|lawyer|pm|rapporteur)\b"
)
DIPLOMAT = re.compile(
    r"(?i)\b(?:foreign|ambassador|envoy|diplomat\w*|representative|spokes\w+|state secretary|consul)\b"
)
BODY_NOUN = re.compile(
    r"(?i)^(?:the|this|that|our)?\s*(?:\w+ )?(?P<noun>union|party|ministry|company|firm|group|council|commission|committee|federation|"
    r"association|agency|authority|board|chamber|league|alliance|bloc|coalition|government|cabinet|court|parliament|presidency|"
    r"executive|institute|network|club|fund|bank|exporter|movement|organi[sz]ation|department|guild|office|senate)$"
)
PAPER = re.compile(
    r"(?i)^(?:the|a|an|this|its|their|his|her)?\s*(?:[\w’'-]+ ){0,2}(?:statement|resolution|document|communiqu[eé]|letter|declaration|press release|"
    r"note|notice|draft|paper|memo|memorandum|report|text|bulletin|readout|article|proposal)$"
)
_OUTLET = r"newspaper|daily|weekly|magazine|outlet|broadcaster|(?:press|news) agency|portal|website|publication|channel|tabloid"
APPOSED = re.compile(r"(?P<name>(?:[Tt]he )?[A-Z][\w&’'-]*(?: [A-Z][\w&’'-]*)*), (?:an?|the|which|who|whose) ")
SAY = re.compile(r" (?:\w+ly |also )?(?:say|are|have|were|believe|think|want|show|see|do|fear|expect|call|blame|know|agree|feel|hope|warn|argue|suggest|find)\b")
"""A verb of several."""
BESIDE = re.compile(r"\b(?:with|to|by|of|from|for|against|alongside|between|about|on|after|unlike|like|meets?|met)\s+(?:[\w’'-]+\s+){0,5}$")
"""What makes a name that follows somebody else than the one who speaks next."""
PLURAL = re.compile(r"(?:[\w’'-]+ ){0,3}?[\w’'-]*[a-z]{2}s(?: (?:who|of|in|at|from|with|on|cited|quoted|interviewed|briefed|close|familiar)\b.*)?$")
"""A description of several: "experts interviewed by the agency"."""
STUDY = re.compile(r"(?i)\b(?:report|paper|article|bulletin)$")
"""Papers that need not be of the state or body that spoke last."""
PRESS = re.compile(rf"(?i)^(?:the|this|our|its|same|a)\s+(?:\w+ )?(?:{_OUTLET}|paper)$")
NEWSROOM = re.compile(rf"\b(?:{_OUTLET}|newspapers|television|media)\b")
"""Nouns of outlets, which speak for no state beside whose adjective they stand."""
HERE = re.compile(r"(?i)^(?:this|our)\b")
BETWEEN = re.compile(r",|\b(?:(?<!state )and(?! government)|or|as well as|but also)\b", re.IGNORECASE)
SUBJECT = re.compile(r"(?:^|[\s“”\"])((?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|[Tt]he (?:[\w’'-]+ )?[\w’'-]+))$")
ALONE = frozenset(
    "ministry council commission committee parliament group organisation organization office department board court assembly "
    "conference government cabinet delegation presidency authority agency secretariat panel chamber senate mission directorate "
    "authorities others critics opponents supporters mourners protesters demonstrators residents neighbours neighbors witnesses viewers readers poll polls "
    "pollsters survey surveys newspaper newspapers reports report experts analysts observers officials diplomats sources lawmakers voters investigators "
    "prosecutors doctors scientists researchers economists lawyers activists campaigners organisers organizers leaders members workers students teachers "
    "farmers traders investors markets families relatives friends people men women police media".split()
)
"""Nouns that by themselves are no name, capitalised or not: "The Ministry", "Mourners"."""
_STATELY = re.compile(
    r"(?i)\b(?:ministry|department|office|government|parliament|army|navy|military|forces?|guard|senate|senators?|congress\w*|house|chamber|embassy|consulate|"
    r"treasury|cabinet|council|state|foreign|defen[cs]e|interior|presiden\w+|prime|ministers?|leaders?|officials?|diplomats?|authorities|side|delegation|"
    r"administration|leadership|mission|command|staff|chiefs?|court|bank|commission\w*|agency|service|assembly|duma|rada|security|intelligence|police|republic|"
    r"federation|kingdom|union|states?|allies|countries|nations|partners|members|capitals|officials?|spokes\w+|ambassador|secretary|envoy|chancell\w+)\b"
)


def named_after(source: str, mention: str) -> bool:
    """Whether a source is the name of a body of its own that only has a nation or place in it: "the American Legion"."""
    name = re.fullmatch(rf"(?:[Tt]he )?{re.escape(mention)} ((?:[A-Z][\w&’'-]+|of|for|the|and)(?: (?:[A-Z][\w&’'-]+|of|for|the|and))*)", source)
    return bool(name and name[1][0].isupper() and not _STATELY.search(name[1]))


DASHED = re.compile(r"[—–]\s*$")
"""What goes before words that are spoken in dash dialogue."""
QUESTION = re.compile(r"\?[*_”’\"]{0,3}[ \t]*(?:\n|$)")
QUESTIONS = 3
"""Paragraphs that end in a question mark, from which a text is taken for an interview: answers have no marks there."""
NUMBER = {"both": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
PASSIVE = "unnamed source"
POSTURE = re.compile(
    r"(?i)^[^.]{0,60}?\b(?:is|are|was|were)?\s*(?:ready|willing|prepared|reluctant|unwilling|wants?|intends?|plans?|hopes?|seeks?|"
    r"refus\w+|oppos\w+|support\w+|reject\w+|agree\w*|consider\w+|going to|will|would|wish\w*|accept\w*|interest\w*|discussing|might|may|"
    r"cool\w*|favou?r\w*|back\w*|demand\w*|object\w*|united|committed|determined|resolved)\b"
)
INDEFINITE = re.compile(
    r"(?i)^(?:an?|one|some|several|many|two|three|senior|unnamed|anonymous|unidentified|other|few|various)\b"
)
SOMEBODY_OF = re.compile(
    r"(?i:an?|one|two|three|some|several|another) (?:[a-z-]+ )*(?:aides?|advis[eo]rs?|assistants?|colleagues?|ally|allies|confidante?s?|friends?|members?|staff) "
    r"(?:to|of|for|close to) (?=[^,]*[A-Z])"
)
"""Somebody unnamed who is whose a name tells: "an aide to Ann Lee"."""
THE_SEVERAL = re.compile(r"(?:[Tt]he|[Tt]hese|[Tt]hose) (?:leaders|allies|countries|members|states|governments|capitals|partners|nations)$")
SEVERAL = re.compile(r"\b(?:states|allies|countries|members|nations|governments)$")
"""How the name of a group of states ends; "United States", with a capital, is none."""
JOINED = re.compile(
    r"(?:\b(?:and|but) (?:\w+ly |then |also |later )?(?=(?:has |had |have )?[a-z]+(?:ed|es|s|aid|old)\b)(?!is\b|was\b|has been\b|had been\b)|"
    r", (?:\w+ly |and )?(?=[a-z]+ing\b))(?P<verb>)"
)
"""What joins a verb to the one before it, whose subject it has too: "denounced it but said"; `verb` is where it begins."""
FIRST = re.compile(r"\b(?:I|I'm|I’m|my|we|our|We)\b")
SOMEBODY = re.compile(
    r"^[Aa]n? (?:(?:[A-Z][\w-]+ |[a-z-]+ )?[a-z]+(?!\w)(?! (?:group|party|union|coalition|body|committee))|"
    r"(?:[A-Z][\w-]+ ){2,3}(?:[a-z-]+ )?(?:deputy|member|veteran|supporter|voter|activist|insider|colleague|employee|worker|backbencher|candidate)\b)"
)
DISOWNS = re.compile(
    r"(?i)\b(?:(?:did|does|do) not (?:reflect|represent)|not (?:our|the government[’']s|official) (?:position|policy)|(?:his|her|their) (?:own|personal|"
    r"private) (?:opinion|view)|sp(?:oke|eaks|oken) (?:only )?for (?:himself|herself|themselves)|in a (?:personal|private) capacity)\b"
)
TRANSCRIPT = re.compile(
    r"^(?:(?:MR|MRS|MS|DR|SEN|Mr|Mrs|Ms|Dr|Sen)\.? )?(?P<name>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?)"
    r" \((?P<body>[A-Z][\w’' -]+?)(?:,[^()]*)?\)?$"
)
"""A speaker as minutes name them: "MS TULL (Velpower, witness)"."""
UNNAMED_OF = re.compile(
    r"^(?:[Aa]n?|[Tt]he|[Oo]ne|[Tt]wo|[Ss]ome|[Ss]everal)? ?(?:senior |top |unnamed |high-ranking )*"
    r"(?P<owner>[A-Z][\w-]{3,}(?<!an)(?<!ean)(?<!ish)(?<!ese)(?<!i)(?<!ic)(?: [A-Z][\w-]+)*)"
    r" (?:government |foreign ministry |party |company )?(?:officials?|diplomats?|delegates?|envoys?|negotiators?|spokes(?:man|woman|person|people)|"
    r"representatives?|lawmakers?|ministers?|aides?|sources?|insiders?)\b"
)
"""Somebody unnamed of an actor that no data know, if its name is no adjective: "a Norrgas spokeswoman"."""
HEADED = re.compile(r"^(?P<owner>(?:[Tt]he )?[A-Z][^,]*?)[’']s? (?P<head>[a-z][a-z -]*)$")
GOES_ON = re.compile(r"(?i)\b(?:add(?:s|ed|ing)|continu(?:es|ed|ing)|went on|goes on|conclud\w+)\b")
"""Cues of somebody who has just spoken: "he added"."""
CLAUSE = re.compile(r"(?i)\b(?:whether|that|if|because|while|when|whom?|which|whose|after|before|as|since|although|though)\b")
"""What opens a clause inside a sentence."""
WITHIN = re.compile(r"(?i)\b(?:of|in|to|with|from|against|for|by|on|near|at|between|over|about|into|towards?)\s+(?:[a-z]+\s+){0,2}$")
"""What makes the name after it part of a phrase, not the first of a list that acts."""
