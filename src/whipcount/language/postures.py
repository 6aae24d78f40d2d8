"""Positions that the narrator states without anybody speaking: "Italy and Finland have ruled out joining".

The reader finds reported speech and thought.  What it leaves are postures told as facts, which these patterns take up
where no attribution covers them: precise rather than greedy, one record an actor, lists expanded, groups kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from whipcount.language.actors import Sense
from whipcount.language.cast import Cast
from whipcount.language.quotes import inside_marks, trim
from whipcount.model import Attribution, QuoteType, Span, Spans

_SENTENCE = re.compile(r"[^\n.!?;]+(?:\.(?=\w)[^\n.!?;]*|(?<=\b[A-Z])\.[^\n.!?;]*)*[.!?;]?")
_ADVERB = r"(?:(?:now|also|still|actively|firmly|strongly|clearly|openly|already|long|again|now|all|both|reportedly|repeatedly|not|so far|\w+ly)\s+)*"
_TO_BE = r"(?:is|are|was|were|remains?|remained|has been|have been|had been)\s+"
_HAVE = r"(?:(?:has|have|had)\s+)?"
_ACTS = re.compile(
    rf",?\s*(?P<who>who |which )?(?:,[^,]{{3,60}},\s*)?(?:"
    rf"{_TO_BE}{_ADVERB}(?:against|opposed to|in favou?r of|ready|willing|unwilling|reluctant|prepared|unprepared|open to|closed to|"
    r"committed to|hostile to|cool towards|undecided|divided|split|wary of|sceptical|skeptical|keen|among the|"
    r"promoting|pushing|pressing|lobbying|weighing|considering|discussing|exploring|blocking|holding out|resisting|leaning)\b"
    rf"|{_HAVE}{_ADVERB}(?:ruled out|rejected|vetoed|blocked|abstained|voted (?:for|against|in favou?r)|opposed|backed|endorsed|refused to|"
    r"declined to join|dropped (?:its|their|his|her) (?:objections?|opposition|veto|resistance)|signed up to|pledged to|agreed to join|"
    r"passed a (?:resolution|law|bill)|come out (?:for|against)|cooled on|softened|hardened)\b"
    rf"|{_ADVERB}(?:opposes?|supports?|backs?|favou?rs?|rejects?|refuses?|rules? out|resists?|blocks?|holds? out for|pushes for|push for)\b"
    r"|(?:has|have) (?:yet to (?:decide|make up)|not (?:yet )?(?:decided|made up))\b"
    r"|(?:does|do|did) not (?:support|oppose|back|want|like|favou?r|rule out)\b"
    r")"
)
_BY = re.compile(
    r"\b(?:proposed|put forward|initiated|promoted|backed|supported|endorsed|opposed|rejected|vetoed|blocked|demanded|favou?red) by\s+(?:the\s+)?$"
)
_FOR = re.compile(r"\b(?:un)?acceptable (?:for|to)\s+(?:the\s+)?$")
_FROM = re.compile(
    r"\b(?:interest|concerns?|objections?|opposition|resistance|support|reluctance|scepticism|skepticism)(?:,? (?:in particular|including|notably))? "
    r"from\s+(?:(?:(?:other |several |some |many )?(?:allies|others|countries|members|states|governments|capitals)),? (?:including|such as|like)\s+)?(?:the\s+)?$"
)
_WISH = re.compile(
    r"^[’']s?\s+(?:[a-z]+\s+)?(?:desire|wish|opposition|refusal|support|reluctance|objections?|readiness|willingness|unwillingness|"
    r"ambition|resistance|push|demand)s?\b"
)
_JOINT = re.compile(r"^(?:\s*,)?\s*(?:and|or|as well as|,)\s*(?:the\s+)?$|^\s*,\s*(?:the\s+)?$")
_SENSES = (Sense.NAME, Sense.CAPITAL, Sense.SEAT, Sense.GROUP)


def postures(cast: Cast, body: Spans, attributions: Sequence[Attribution]) -> Iterator[Attribution]:
    """Narrated positions as attributions without cue, their sources the actors' mentions, where none is read yet."""
    text = cast.text
    for first, last in body:
        for match in _SENTENCE.finditer(text, first, last):
            sentence = trim(text, match.span())
            quoted = inside_marks(text[sentence[0] : sentence[1]])
            for source, content in _in_sentence(cast, sentence):
                if quoted[min(source[0][0], sentence[1] - 1) - sentence[0]]:
                    continue
                if not _covered(text, source, content, attributions):
                    yield Attribution("", source, (), (content,), QuoteType.INDIRECT, 0.5)


def _in_sentence(cast: Cast, sentence: Span) -> Iterator[tuple[Spans, Span]]:
    text, (start, end) = cast.text, sentence
    for actors in listed(cast, sentence):
        before, after = text[start : actors[0][0]], text[actors[-1][1] : end]
        acts = _ACTS.match(after)
        lead = re.match(
            r"(?i)\s*(?:in addition to|besides|along with|together with|like|as well as) (?:the )?$", before
        )
        if acts and (
            lead
            or not re.search(r"\b(?:if|whether|of|with|in|by|from|against|between|that|for|to)\s+(?:the\s+)?$", before)
        ):
            last = _clause_end(text, actors[-1][1] + acts.end(), end)
            comma = text.find(",", actors[-1][1] + acts.end(), last) if acts["who"] else -1
            yield actors, (start if lead else actors[0][0], comma if comma > 0 else last)
        elif _FOR.search(before):
            yield actors, (_clause_start(text, start, actors[0][0]), actors[-1][1])
        elif _FROM.search(before):
            yield actors, (start, actors[-1][1])
        elif _BY.search(before):
            yield actors, (_phrase_start(text, start, actors[0][0]), actors[-1][1])
        elif _WISH.match(after):
            yield actors, (actors[0][0], _clause_end(text, actors[-1][1], end))


def listed(cast: Cast, sentence: Span) -> Iterator[Spans]:
    """Actors and people in office of a sentence, neighbours in a list together."""
    spans = [m.span for m in cast.within(sentence) if m.sense in _SENSES]
    spans += [n.span for n in cast.names(sentence) if any(p.official for p in cast.by_name(n.name))]
    spans += [s for p in cast.people for s in p.spans if p.official and sentence[0] <= s[0] and s[1] <= sentence[1]]
    run: list[Span] = []
    for span in sorted(set(spans)):
        if run and span[0] < run[-1][1]:
            continue
        if run and not _JOINT.match(cast.text[run[-1][1] : span[0]]):
            yield tuple(run)
            run = []
        run.append(span)
    if run:
        yield tuple(run)


def _clause_end(text: str, at: int, end: int) -> int:
    stop = re.compile(
        r",? (?:but|while|whereas|although|because|since|after|before|and (?:it|they|he|she)) | [—–-] |: "
    ).search(text, at, end)
    return trim(text, (at, stop.start() if stop else end))[1] - (0 if stop else text[end - 1] in ".!?;")


def _clause_start(text: str, start: int, at: int) -> int:
    """After the last comma, dash or "that" that leaves more than a few words, else the start of the sentence."""
    cuts = [m.end() for m in re.finditer(r"(?:, (?:but |and |as )?| [—–-] |\bthat |: )", text[start:at])]
    kept = [start + cut for cut in cuts if at - start - cut > 25]
    return kept[-1] if kept else start


def _phrase_start(text: str, start: int, at: int) -> int:
    """The noun phrase before a participle: back to its article, at most eight words."""
    words = [m.start() for m in re.finditer(r"\S+", text[start:at])][-10:]
    for place in reversed(words[:-2]):
        if re.match(r"(?:the|an?|its|their|this|any)\b", text[start + place : at], re.IGNORECASE):
            return start + place
        if re.match(r"(?:of|in|on|to|for|about|with|over)\b", text[start + place : at]):
            return start + place + text[start + place : at].index(" ") + 1
    return start + words[0] if words else start


def _covered(text: str, source: Spans, content: Span, attributions: Sequence[Attribution]) -> bool:
    """Whether an attribution reads the same words, or says something of the same source beside them."""
    for attribution in attributions:
        if any(content[0] <= s and e <= content[1] and text[s:e].islower() for s, e in attribution.source):
            continue  # its source is a word for these very actors: "are among the states wishing to"
        shared = sum(max(0, min(e, content[1]) - max(s, content[0])) for s, e in attribution.content)
        if shared > 0.3 * min(content[1] - content[0], sum(e - s for s, e in attribution.content)):
            return True
        if any(s < source[-1][1] and source[0][0] < e for s, e in attribution.source) and shared:
            return True
    return False
