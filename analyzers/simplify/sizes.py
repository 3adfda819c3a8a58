"""How large a program is, in nodes, cells, score rows and lines."""

from __future__ import annotations

import re
from math import prod

from tpdebug.findings import Size
from tpdebug.nodes import Embedding, Head, LookupTable
from tpdebug.program import Program
from tpdebug.write import write


def size_of_program(program: Program) -> Size:
    """How large a program is."""
    nodes = (node for node in program.nodes if not isinstance(node, Embedding))
    cells = sum(cells_of(program, node) for node in nodes)
    code = re.split("(?:# fmt: off\n)?SCORES = ", write(program.with_about("")).code)
    lines = code[0].rstrip().count("\n") + 1
    return Size(len(program.nodes), cells, len(program.classifier.rows), lines)


def cells_of(program: Program, node: Head | LookupTable) -> int:
    """Query values with key values, or combinations of the inputs of a table."""
    if isinstance(node, LookupTable):
        names = node.inputs
    else:
        names = (node.query, node.key)
    return prod(len(program.variables[name].values) for name in names)
