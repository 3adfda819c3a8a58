"""The sentence about its accuracy in the docstring of a program file that we wrote."""

from __future__ import annotations

import ast
import re
import textwrap

from tpdebug.write.texts import Edits

WIDTH = 88
_SHARE = r"[\d.]+ %"
_COUNT = r"[\d,]+"
_SENTENCE = (
    rf"(Test cases: )?Right on (all {_COUNT} inputs of its domain \(proved\)"
    rf"|all {_COUNT} listed inputs"
    rf"|({_SHARE} of letters and on )?{_COUNT} of {_COUNT} inputs(, {_SHARE})? "
    r"\((proved|sampled|on )[^()]*\))\."
)
OURS = re.compile(r"^" + _SENTENCE.replace(" ", r"\s+") + r"(?=\s*$)", re.MULTILINE)
"""An `Accuracy.sentence` on lines of its own, whatever line breaks it has."""


def restated(text: str, sentence: str) -> str:
    """The text of a program file that states another accuracy.

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
    found = list(OURS.finditer(text[start:end]))
    if len(found) != 1:
        return text
    lines = textwrap.wrap(sentence, WIDTH, break_on_hyphens=False)
    place = found[0].span()
    edits.replace(start + place[0], start + place[1], edits.newline.join(lines))
    return edits.result()
