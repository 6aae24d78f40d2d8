"""In which voice a source speaks: for itself, as commentary on others, or through the narrator's words.

Rules over the words of the utterance, the same for every actor.
"""

from __future__ import annotations

import re

_SELF = re.compile(
    r"(?i)\b(?:we|our|ours|us|ourselves|i|my|me|mine|myself|(?:his|her|its|their) (?:country|government|party|ministry|troops|side|own|position|members)"
    r"|he|she|it (?:will|would|has|had|was|is|wants?))\b"
)
_WILL = re.compile(
    r"(?i)\b(?:should|must|ought|needs? to|have to|has to|wants?|demands?|calls? (?:for|on)|ready|willing|prepared|supports?|opposes?|rejects?|"
    r"agrees?|accepts?|unacceptable|acceptable|important|essential|necessary|not (?:send|accept|agree|allow|support|join|sign)|no longer|never|"
    r"let|please|rule[sd]? out|propos\w+|offer\w*|red line|welcome\w*|refus\w+|commit\w*|guarantee\w*|in favou?r|against|cannot|can’t|can't|"
    r"right to|deserves?|belongs?|condition\w*|only if|unless|no (?:troops|deal|soldiers|plans?|need|place|talks|question))\b"
)
_ACCUSE = re.compile(r"(?i)\b(?:accus\w+|blam\w+|denounc\w+)\b")
_POSTURE_CUE = re.compile(
    r"(?i)^(?:(?:has|have|had|is|are|was|were|been|attracted|with|from|of|an?|the|some|its|their|his|her|strong|deep|burning|keen|great|little|growing) )*"
    r"(?:interests?|concerns?|objections?|reluctan\w+|desire|wish(?:es)?|ambitions?|willingness|readiness|unwilling\w*|wary|keen|ready|willing|"
    r"prepared|proposed(?: by)?|put forward(?: by)?|answered evasively|evasive|unacceptable|enthusias\w+|scepticism|skepticism|opposition|support|"
    r"hesita\w+|in favou?r|against)(?: (?:to|from|by|for|in|of|about|over|towards?))?$"
)


def is_posture(cue: str) -> bool:
    """Whether a cue reports how an actor stands and not that it spoke: "concerns from", "is wary of"."""
    return bool(_POSTURE_CUE.match(cue.strip()))


_ASSERT = re.compile(
    r"(?i)\b(?:sa(?:id|ys?|ying)|told|tells|according to|add(?:s|ed|ing)|not(?:ed|es|ing)|warn(?:s|ed|ing)|stat(?:ed|es|ing)|claim(?:s|ed)|"
    r"point(?:s|ed) out|emphasi[sz]\w+|stress\w+|describ\w+|call(?:s|ed)|believ\w+|argu\w+|replied|assess\w+|predict\w+|voic\w+|explain\w+|went on)\b"
)


_DEMAND = re.compile(
    r"(?i)\b(?:urg(?:e[sd]?|ing)|ask(?:s|ed|ing)?|call(?:s|ed|ing)? (?:on|upon|for)|demand\w*|appeal\w*|press(?:es|ed|ing)|push\w*|"
    r"plead\w*|invit\w+|encourag\w+|want(?:s|ed)?|expect(?:s|ed)?)\b"
)
_TO_DO = re.compile(r"^[^,.;:]{2,60}? to (?!be\b|the\b|a\b|an\b)[a-z]{3,}")


def comments(cue: str, content: str, *, leads: bool, others: bool, own: int | None) -> bool:
    """Whether an office-holder only comments on somebody else: an accusation, a forecast or account of another's deeds.

    `leads` says that the content begins with another actor or person, `others` that it names one at all, and `own` is
    the place in it of the first mention of the speaker's own side.  Commentary begins with another, speaks of its own
    side late or never, and wants, promises or judges nothing; what others are asked to do is what the speaker wants.
    """
    if own is not None and own <= 40:
        return False
    if _DEMAND.search(cue) and _TO_DO.match(content):
        return False
    if _ACCUSE.search(cue):
        return others
    return leads and bool(_ASSERT.search(cue)) and not _SELF.search(content) and not _WILL.search(content)
