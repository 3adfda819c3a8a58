"""Tables without a short form: a grid of outputs, to look values up in.

The last input runs across, the others down.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from tpdebug.nodes import Key, LookupTable, Value
from tpdebug.write.layout import aligned_lines
from tpdebug.write.literals import literal


def grid_lines(
    name: str,
    table: LookupTable,
    names: Sequence[str],
    values: Sequence[Sequence[Value]],
) -> list[str]:
    """Write the constant `name`, which holds the outputs of a table.

    Args:
        name: what to call it.
        table: a table of at least two inputs.
        names: the parameter of each input.
        values: every value that each input can take.
    """
    *down, across = values
    entries = dict(table.entries)
    keys = list(product(*down))
    rows = [
        [literal(entries.get((*k, a), table.default)) for a in across] for k in keys
    ]
    heads = [literal(value) for value in across]
    plain = list(across) == list(range(len(across)))
    if not plain:  # values that are no places: name each one in its cell
        rows = [
            [f"{head}: {cell}" for head, cell in zip(heads, row, strict=True)]
            for row in rows
        ]
        heads = [""] * len(heads)
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    labels = [f"    {_label(key)}:" for key in keys]
    margin = max(len(f"    # {names[-1]}"), *map(len, labels))
    lines = ["# fmt: off", f"{name} = {{"]
    if plain:
        start = f"    # {names[-1]}".ljust(margin + 2)
        lines += aligned_lines(start, heads, widths, "", " ")
    comma = "," if plain and len(across) == 1 else ""
    left, right = ("(", f"{comma}),") if plain else ("{", "},")
    for label, row in zip(labels, rows, strict=True):
        lines += aligned_lines(f"{label:<{margin}} {left}", row, widths, right, ",")
    return [*lines, "}", "# fmt: on"]


def grid_expression(name: str, parameters: Sequence[str]) -> str:
    """The expression that looks a value up in a grid.

    >>> grid_expression("TABLE", ["a", "b", "c"])
    'TABLE[a, b][c]'
    """
    *down, across = parameters
    return f"{name}[{', '.join(down)}][{across}]"


def _label(key: Key) -> str:
    inside = ", ".join(map(literal, key))
    return inside if len(key) == 1 else f"({inside})"
