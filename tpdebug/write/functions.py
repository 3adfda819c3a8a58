"""The functions of a program file: the predicate of each head, and each table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tpdebug.nodes import (
    SINGULAR,
    CategoricalHead,
    Head,
    LookupTable,
    Preference,
    Value,
)
from tpdebug.program import Program
from tpdebug.write.conditions import Decision, expression
from tpdebug.write.grids import grid_expression, grid_lines
from tpdebug.write.layout import Call, call_lines, decision_lines, fits
from tpdebug.write.names import parameters
from tpdebug.write.predicates import predicate_body
from tpdebug.write.preferences import preference_body
from tpdebug.write.tables import table_body


def function_lines(program: Program, node: Head | LookupTable, name: str) -> list[str]:
    """The predicate or the scores of a head, or a table, as a function."""
    names = parameters(node)
    table, body = _body(program, node, names)
    says = _doc(node, body or [])
    constant: list[str] = []
    if body is None:
        assert table is not None
        constant, names, body = _grid(table, name.upper(), names, _known(program, node))
    used = {word for d in body for word in re.findall(r"\w+", _names_only(d))}
    unused = len(set(names) - used)
    taken = [n if n in used else "_" if unused == 1 else f"_{n}" for n in names]
    lines = [line for decision in body for line in decision_lines("    ", decision)]
    head = call_lines("def ", Call(name, tuple(taken)), ":")
    return [*constant, *head, f'    """{says}"""', *lines]


def function_doc(program: Program, node: Head | LookupTable) -> str:
    """The docstring of such a function."""
    if isinstance(node, LookupTable):
        return _doc(node, [])
    return _doc(node, _body(program, node, parameters(node))[1] or [])


def body_lines(
    program: Program, node: Head | LookupTable, names: Sequence[str]
) -> list[str] | None:
    """What such a function does, indented; None if that takes a constant beside it.

    Args:
        program: the program.
        node: the head or table.
        names: what the parameters are called.
    """
    _, body = _body(program, node, tuple(names))
    if body is None:
        return None
    return [line for decision in body for line in decision_lines("    ", decision)]


def _body(
    program: Program, node: Head | LookupTable, names: tuple[str, ...]
) -> tuple[LookupTable | None, list[Decision] | None]:
    """The decisions, or, if a grid says it better, the table that it holds."""
    values = _known(program, node)
    if isinstance(node, LookupTable):
        return node, table_body(node, names, values)
    if isinstance(node.predicate, Preference):
        return preference_body(node.predicate, names, values)
    (q, k), (queries, keys) = names, values
    return None, predicate_body(node.predicate, q, queries, k, keys)


def _known(program: Program, node: Head | LookupTable) -> list[Sequence[Value]]:
    """Every value that each parameter can take."""
    read = node.inputs if isinstance(node, LookupTable) else (node.query, node.key)
    return [program.variables[name].values for name in read]


def _grid(
    table: LookupTable,
    name: str,
    names: tuple[str, ...],
    values: Sequence[Sequence[Value]],
) -> tuple[list[str], tuple[str, ...], list[Decision]]:
    """The constant of a table without a short form, its parameters, and a look-up."""
    if not fits(f"    return {grid_expression(name, names)}"):
        names = tuple(f"x{i}" for i in range(len(names)))
    constant = [*grid_lines(name, table, names, values), "", ""]
    return constant, names, [Decision((), expression(grid_expression(name, names)))]


def _names_only(decision: Decision) -> str:
    """A decision without its string literals."""
    return re.sub(r"'(\\.|[^'\\])*'|\"(\\.|[^\"\\])*\"", "", decision.text)


def _doc(head: Head | LookupTable, body: list[Decision]) -> str:
    if isinstance(head, LookupTable):
        return f"The value of {head.name}."
    if isinstance(head.predicate, Preference):
        return f"{head.name} copies {head.value} from the key with the highest score."
    if isinstance(head, CategoricalHead):
        return f"{head.name} copies {head.value} from the nearest match."
    if head.value != "ones":
        return f"{head.name} sums {head.value} from every match."
    if [d.text for d in body] == ["k_token == q_token"] and head.key == "tokens":
        return f"{head.name} counts the tokens equal to this one."
    if head.key in SINGULAR:
        return f"{head.name} counts the {head.key} that match."
    return f"{head.name} counts the matches in {head.key}."
