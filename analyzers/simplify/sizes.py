"""How large a program is, in nodes, cells, score rows and lines."""

from __future__ import annotations

import re
from math import prod

from tpdebug.findings import (
    Size,
)
from tpdebug.nodes import Embedding, LookupTable
from tpdebug.program import Program
from tpdebug.write import write


def size_of_program(program: Program) -> Size:
    """How large a program is."""
    known, cells = program.variables, 0
    for node in program.nodes:
        if isinstance(node, LookupTable):
            cells += prod(len(known[name].values) for name in node.inputs)
        elif not isinstance(node, Embedding):
            cells += len(known[node.query].values) * len(known[node.key].values)
    code = re.split("(?:# fmt: off\n)?SCORES = ", write(program.with_about("")).code)
    lines = code[0].rstrip().count("\n") + 1
    return Size(len(program.nodes), cells, len(program.classifier.rows), lines)
