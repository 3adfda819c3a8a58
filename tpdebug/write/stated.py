"""The sentence about its accuracy in the docstring of a program file that we wrote."""

from __future__ import annotations

import ast
import re
import textwrap

from tpdebug.write.texts import Edits

WIDTH = 88
COUNT = r"[\d,]+"
_SHARE = r"[\d.]+ %"
ACCURACY = (
    rf"(?:Test cases: )?Right on (?:all {COUNT} inputs of its domain \(proved\)"
    rf"|all {COUNT} listed inputs"
    rf"|(?:{_SHARE} of letters and on )?{COUNT} of {COUNT} inputs(?:, {_SHARE})? "
    r"\((?:proved|sampled|on )[^()]*\))\."
)
"""An `Accuracy.sentence`; any white space may stand for a space."""
SAME = (
    rf"(?:The same answers on|{COUNT} of {COUNT} (?:drawn )?inputs? (?:is|are)"
    rf" answered differently)[^().]*\([^()]*\)(?:; {COUNT} (?:was|were) allowed)?\."
)
"""A `Simplification.sentence`."""
CHANGED = "Repaired since, so that some answers differ."
"""What is true then of a program that was simplified."""


def on_own_lines(sentence: str) -> re.Pattern[str]:
    """A sentence on lines of its own, whatever line breaks it has."""
    spaced = sentence.replace(" ", r"\s+")
    return re.compile(rf"^{spaced}(?=\s*$)", re.MULTILINE)


def restated(text: str, sentence: str) -> str:
    """The text of a program file that states another accuracy.

    What it says of the program that it was simplified from is no longer true, either.
    Only a sentence that is recognisably ours is replaced, and only if it is the one of
    its kind; what a person wrote stays.
    """
    body = ast.parse(text).body
    first = body[0] if body else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return text
    if not isinstance(first.value.value, str):
        return text
    edits = Edits(text)
    start, end = edits.span(first)
    for kind, says in ((ACCURACY, sentence), (SAME, CHANGED)):
        found = list(on_own_lines(kind).finditer(text[start:end]))
        if len(found) == 1:
            lines = textwrap.wrap(says, WIDTH, break_on_hyphens=False)
            place = found[0].span()
            said = edits.newline.join(lines)
            edits.replace(start + place[0], start + place[1], said)
    return edits.result()
