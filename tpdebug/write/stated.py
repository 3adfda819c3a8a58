"""What tpdebug says of accuracy and origin in the docstring of a program file."""

from __future__ import annotations

import ast
import re
import textwrap

from tpdebug.domain import Domain
from tpdebug.findings import Accuracy
from tpdebug.write.layout import WIDTH
from tpdebug.write.texts import Edits

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
SOME = r"(?:(?!\n\s*\n).)*?"
"""Anything in one paragraph."""
PART = (
    rf"(?:Repaired|Finetuned): right on {COUNT} of {COUNT} inputs that were looked at\."
)
"""What `accuracy_of_part` says."""
FINETUNED = (
    rf"(?P<origin>Finetuned from {SOME})"
    rf"(?:, which was right on {COUNT} of these inputs|, and repaired since)\."
)
"""Which inputs are meant is no longer known after a repair."""
CHANGED = "Repaired since, so that some answers differ."
"""What is true then of a program that was simplified."""
_ANEW = ((SAME, CHANGED), (FINETUNED, r"\g<origin>, and repaired since."))


def accuracy_of_part(accuracy: Accuracy, part: Domain, whole: Domain, done: str) -> str:
    """How often a program is right; of some inputs, that it is these.

    Args:
        accuracy: how often it is right.
        part: the inputs that were looked at.
        whole: all that the program takes.
        done: what was done to it: `Repaired` or `Finetuned`.
    """
    if part == whole:
        return accuracy.sentence
    right = f"{accuracy.inputs_right:,} of {accuracy.inputs:,}"
    return f"{done}: right on {right} inputs that were looked at."


def on_own_lines(sentence: str) -> re.Pattern[str]:
    """A sentence on lines of its own, whatever line breaks it has."""
    spaced = sentence.replace(" ", r"\s+")
    return re.compile(rf"^(?P<indent>[ \t]*){spaced}(?=\s*$)", re.MULTILINE | re.DOTALL)


def restated(text: str, sentence: str) -> str:
    """The text of a program file that states another accuracy.

    What it says of the program that it was made from is no longer true, either. Only a
    sentence that is recognisably ours is replaced, and only if it is the one of its
    kind; what a person wrote stays.
    """
    body = ast.parse(text).body
    first = body[0] if body else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return text
    if not isinstance(first.value.value, str):
        return text
    edits = Edits(text)
    start, end = _inside(edits, first)
    for kind, says in ((f"(?:{ACCURACY}|{PART})", sentence), *_ANEW):
        found = list(on_own_lines(kind).finditer(text[start:end]))
        if len(found) == 1:
            indent = found[0]["indent"]
            said = re.sub(r"\s+", " ", found[0].expand(says))
            lines = textwrap.wrap(said, WIDTH - len(indent), break_on_hyphens=False)
            place = found[0].span()
            anew = edits.newline.join(f"{indent}{line}" for line in lines)
            edits.replace(start + place[0], start + place[1], anew)
    return edits.result()


def _inside(edits: Edits, docstring: ast.Expr) -> tuple[int, int]:
    """What stands between the quotes of a docstring."""
    start, end = edits.span(docstring)
    opened = re.match(r"\w*(\"{3}|'{3}|\"|')", edits.text[start:end])
    assert opened is not None
    return start + opened.end(), end - len(opened[1])
