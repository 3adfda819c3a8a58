"""What things are called in a written program: functions, parameters, constants."""

from __future__ import annotations

from tpdebug.nodes import (
    SINGULAR,
    CategoricalHead,
    Embedding,
    Head,
    LookupTable,
    Node,
    NumericalHead,
    Preference,
)
from tpdebug.normal import RESERVED
from tpdebug.program import Program

_CALLED = frozenset({"abs", "int", "max", "min"})


def parameters(node: Head | LookupTable) -> tuple[str, ...]:
    """The parameter names of a predicate (query, key) or a table (its inputs)."""
    if isinstance(node, LookupTable):
        names = tuple(SINGULAR.get(name, name) for name in node.inputs)
        return _apart(names if len(set(names)) == len(names) else node.inputs)
    query, key = (SINGULAR.get(name, name) for name in (node.query, node.key))
    return f"q_{query}", f"k_{key}"


def _apart(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names that hide nothing that a formula calls."""
    found: list[str] = []
    for name in names:
        while name in _CALLED or name in found:
            name += "_"
        found.append(name)
    return tuple(found)


def function_names(program: Program) -> dict[str, str]:
    """The function that holds the predicate or the table of each node.

    `attn_0_1` has the predicate `attends_0_1`, or the scores `prefers_0_1`; `mlp_0_1`
    has the table `table_0_1`.
    """
    taken = {*program.variables, *RESERVED}
    names: dict[str, str] = {}
    for node in program.nodes:
        if isinstance(node, Embedding):
            continue
        name = _function_name(node)
        while name in taken:
            name += "_"
        taken.add(name)
        names[node.name] = name
    return names


def _function_name(node: CategoricalHead | NumericalHead | LookupTable) -> str:
    if isinstance(node, LookupTable):
        old, new = "mlp", "table"
    else:
        scored = isinstance(node.predicate, Preference)
        old, new = "attn", "prefers" if scored else "attends"
    return node.name.replace(old, new, 1) if old in node.name else f"{new}_{node.name}"


def layer(node: Node) -> str | None:
    """The layer in a name like `attn_1_3`, if it has one."""
    parts = ("" if isinstance(node, Embedding) else node.name).split("_")
    return parts[-2] if len(parts) > 2 and parts[-2].isdigit() else None
