"""Quotation marks: which characters stand inside them, and what type of quotation a content is."""

from __future__ import annotations

import re

from whipcount.model import QuoteType, Span, Spans

OPENING = "“«„‟❝「『"
CLOSING = "”»❞」』"
DASHES = "—–―-"

_DASH_DIALOGUE = re.compile(r"[ \t]*[—–―-]{1,2}\s+\S")


def trim(text: str, span: Span) -> Span:
    """The span without blanks at its ends."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def whole_words(text: str, span: Span, edge: str = "") -> Span:
    """The span grown to whole words, then without blanks and the characters of `edge` at its end."""
    start, end = span
    while start > 0 and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    while end > start and (text[end - 1] in edge or text[end - 1].isspace()):
        end -= 1
    return trim(text, (start, end))


def inside_marks(line: str) -> list[bool]:
    """For each character of a line whether it is inside double quotation marks of any style.

    A quotation left open runs to the end of the line, never beyond it: one stray mark costs one paragraph at most.
    A line that opens with a dash is spoken by somebody up to a dash or comma that hands over to the reporter; that
    part is left to the reader's spans, so dash dialogue is judged by `quote_type`.
    """
    inside = False
    flags = []
    for index, char in enumerate(line):
        if char in OPENING and not inside:
            inside = True
            flags.append(False)
        elif char in CLOSING and inside:
            inside = False
            flags.append(False)
        elif char == '"' or (char == "“" and inside):
            opens = not inside and (index + 1 < len(line) and not line[index + 1].isspace())
            inside = opens
            flags.append(False)
        else:
            flags.append(inside)
    return flags


def quote_type(text: str, content: Spans) -> QuoteType:
    """Direct if at least four fifths of the letters and digits are quoted, indirect if none are, else mixed.

    Lines of dash dialogue ("— We will not, he argues") count as quoted.
    """
    total = quoted = 0
    for start, end in content:
        line_start = text.rfind("\n", 0, start) + 1
        while line_start < end:
            line_end = text.find("\n", line_start)
            line_end = len(text) if line_end < 0 else line_end
            line = text[line_start:line_end]
            spoken = bool(_DASH_DIALOGUE.match(line)) and start - line_start <= 4
            flags = inside_marks(line)
            for at in range(max(start, line_start), min(end, line_end)):
                if text[at].isalnum():
                    total += 1
                    quoted += spoken or flags[at - line_start]
            line_start = line_end + 1
    if not quoted:
        return QuoteType.INDIRECT
    return QuoteType.DIRECT if quoted >= 0.8 * total else QuoteType.MIXED
