"""The functions of a program file: the predicate of each head, and each table."""

from __future__ import annotations

import re

from tpdebug.nodes import SINGULAR, CategoricalHead, Head, LookupTable
from tpdebug.program import Program
from tpdebug.write.conditions import Decision, expression
from tpdebug.write.grids import grid_expression, grid_lines
from tpdebug.write.layout import Call, call_lines, decision_lines, fits
from tpdebug.write.names import parameters
from tpdebug.write.predicates import predicate_body
from tpdebug.write.tables import table_body


def function_lines(program: Program, node: Head | LookupTable, name: str) -> list[str]:
    """The predicate of a head, or a table, as a function."""
    names = parameters(node)
    constant: list[str] = []
    if isinstance(node, LookupTable):
        values = [program.variables[v].values for v in node.inputs]
        body = table_body(node, names, values)
        if body is None:
            if not fits(f"    return {grid_expression(name.upper(), names)}"):
                names = tuple(f"x{i}" for i in range(len(names)))
            constant = [*grid_lines(name.upper(), node, names, values), "", ""]
            looked_up = grid_expression(name.upper(), names)
            body = [Decision((), expression(looked_up))]
        says = f"The value of {node.name}."
    else:
        queries = program.variables[node.query].values
        keys = program.variables[node.key].values
        body = predicate_body(node.predicate, names[0], queries, names[1], keys)
        says = _head_doc(node, body)
    used = {word for d in body for word in re.findall(r"\w+", _names_only(d))}
    unused = len(set(names) - used)
    taken = [n if n in used else "_" if unused == 1 else f"_{n}" for n in names]
    lines = [line for decision in body for line in decision_lines("    ", decision)]
    head = call_lines("def ", Call(name, tuple(taken)), ":")
    return [*constant, *head, f'    """{says}"""', *lines]


def _names_only(decision: Decision) -> str:
    """A decision without its string literals."""
    return re.sub(r"'(\\.|[^'\\])*'|\"(\\.|[^\"\\])*\"", "", decision.text)


def _head_doc(head: Head, body: list[Decision]) -> str:
    if isinstance(head, CategoricalHead):
        return f"{head.name} copies {head.value} from the nearest match."
    if head.value != "ones":
        return f"{head.name} sums {head.value} from every match."
    if [d.text for d in body] == ["k_token == q_token"] and head.key == "tokens":
        return f"{head.name} counts the tokens equal to this one."
    if head.key in SINGULAR:
        return f"{head.name} counts the {head.key} that match."
    return f"{head.name} counts the matches in {head.key}."
