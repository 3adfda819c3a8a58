"""A program in which everything that never occurs is changed at random."""

from __future__ import annotations

import random
from dataclasses import replace

from analyzers.lint.seen import see
from tpdebug.nodes import Embedding, LookupTable, Predicate
from tpdebug.parts import all_parts
from tpdebug.program import Program
from tpdebug.restrict import fitted


def scrambled(program: Program, seed: int) -> Program:
    """Change all cells that no input of the domain reaches."""
    draw = random.Random(seed)
    seen = see(program, list(all_parts(program.domain)))
    nodes = []
    for node in program.nodes:
        if isinstance(node, LookupTable):
            outputs = program.variables[node.name].values
            other = {key: draw.choice(outputs) for key in seen.unreached(node)}
            entries = dict(node.entries) | other
            node = LookupTable.of(node.name, node.inputs, entries, node.default)
        elif not isinstance(node, Embedding) and isinstance(node.predicate, Predicate):
            cases = {q: set(keys) for q, keys in node.predicate.cases}
            for query, key in seen.unreached(node):
                if draw.random() < 0.5:
                    cases.setdefault(query, set()).symmetric_difference_update({key})
            node = replace(node, predicate=Predicate.of(cases))
        nodes.append(node)
    return fitted(program, program.domain, nodes)
