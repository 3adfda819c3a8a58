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
    table: LookupTable | None = None
    body: list[Decision] | None
    if isinstance(node, LookupTable):
        values = [program.variables[v].values for v in node.inputs]
        table, body = node, table_body(node, names, values)
        says = f"The value of {node.name}."
    else:
        values = [program.variables[v].values for v in (node.query, node.key)]
        if isinstance(node.predicate, Preference):
            table, body = preference_body(node.predicate, names, values)
        else:
            (q, k), (queries, keys) = names, values
            body = predicate_body(node.predicate, q, queries, k, keys)
        says = _head_doc(node, body or [])
    constant: list[str] = []
    if body is None:
        assert table is not None
        constant, names, body = _grid(table, name.upper(), names, values)
    used = {word for d in body for word in re.findall(r"\w+", _names_only(d))}
    unused = len(set(names) - used)
    taken = [n if n in used else "_" if unused == 1 else f"_{n}" for n in names]
    lines = [line for decision in body for line in decision_lines("    ", decision)]
    head = call_lines("def ", Call(name, tuple(taken)), ":")
    return [*constant, *head, f'    """{says}"""', *lines]


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


def _head_doc(head: Head, body: list[Decision]) -> str:
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
