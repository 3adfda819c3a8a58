"""What the file of a circuit says of itself: what it answers, and the evidence."""

from __future__ import annotations

import textwrap

from tpdebug.findings import Circuit, Contribution
from tpdebug.nodes import CategoricalHead, LookupTable, NumericalHead, Value
from tpdebug.program import Program

WIDTH = 88


def about(cut: Program, circuit: Circuit, name: str) -> str:
    """Describe the program of a circuit, for its docstring.

    Args:
        cut: the program that was made of the circuit.
        circuit: the circuit.
        name: what to call the program that it is a part of.
    """
    answer = _quoted(circuit.chosen.answer)
    counts = []
    for kind, noun in (CategoricalHead | NumericalHead, "head"), (LookupTable, "table"):
        if count := sum(isinstance(node, kind) for node in cut.nodes):
            counts.append(f"{count} {noun}{'' if count == 1 else 's'}")
    first = f"A circuit of {name}, enough for the answer {answer}"
    first = f"{first}: {', '.join(counts)}." if counts else f"{first}."
    lines = (_says(circuit, cut), _certificate(circuit, name), _outside(circuit))
    wrapped = (textwrap.fill(line, WIDTH, break_long_words=False) for line in lines)
    return "\n\n".join([first, "\n".join(wrapped)])


def _says(circuit: Circuit, cut: Program) -> str:
    """Which values the answer is given for."""
    answer, other = map(_quoted, cut.classifier.classes)
    if not circuit.kept:
        return f"Answers {answer} always."
    placed = circuit.chosen.position is None
    values = [_value(value, placed) for value in circuit.kept]
    return f"Answers {answer} where {' and '.join(values)}, and {other} elsewhere."


def _value(value: Contribution, placed: bool) -> str:
    at = f" at {value.place.position}" if placed else ""
    return f"{value.place.variable}{at} is {_quoted(value.value)}"


def _quoted(value: Value) -> str:
    """A value in double quotes, if it is text that allows them."""
    plain = isinstance(value, str) and value.isprintable() and '"' not in value
    return f'"{value}"' if plain and "\\" not in str(value) else repr(value)


def _certificate(circuit: Circuit, name: str) -> str:
    """What was checked."""
    position = circuit.chosen.position
    at = "on" if position is None else f"at position {position} of"
    seen = "These values are seen" if circuit.kept else "That was looked at"
    letters = f'"{" ".join(circuit.letters)}"'
    answers = f"there {name} answers {_quoted(circuit.chosen.answer)}"
    evidence = f"({circuit.evidence.sentence})."
    if circuit.alike == 1:
        only = f"no input of length {circuit.length} but {letters}"
        return f"{seen} {at} {only}: {answers} {evidence}"
    some = f"{circuit.alike:,} inputs of length {circuit.length}, {letters} among them"
    return f"{seen} {at} {some}: {answers} on every one {evidence}"


def _outside(circuit: Circuit) -> str:
    """What was not."""
    where = "lengths" if circuit.chosen.position is None else "positions and lengths"
    return f"At other {where}, where this file answers too, nothing was compared."
