"""The failing inputs that take a rule: altering it fixes no others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analyzers.judged import Judged, some_of
from tpdebug.columns import Column, columns_all, columns_any, expand
from tpdebug.evaluate.codes import index_of
from tpdebug.nodes import (
    CategoricalHead,
    LookupTable,
    NumericalHead,
    Preference,
    Rule,
    Value,
)
from tpdebug.program import Program


def taking(program: Program, rule: Rule, blocks: Sequence[Judged]) -> list[Judged]:
    """The inputs that take a case or an entry anywhere, or see its key.

    Args:
        program: the program.
        rule: one of its rules; for a score row none are looked for.
        blocks: the inputs to choose from.
    """
    if rule.kind == "score":
        return []
    found = []
    for block in blocks:
        some = some_of(block, expand(_takes(program, rule, block), block.size))
        found += [] if some is None else [some]
    return found


def keys_seen(
    program: Program, rule: Rule, blocks: Sequence[Judged]
) -> list[Value] | None:
    """The key values that inputs have: no others matter to a case of a predicate.

    Args:
        program: the program.
        rule: one of its rules.
        blocks: the inputs that take it.

    Returns:
        None if the rule is none that looks for keys.
    """
    if rule.kind != "case":
        return None
    node = program.writers[rule.node]
    assert isinstance(node, CategoricalHead | NumericalHead)
    if isinstance(node.predicate, Preference):
        return None
    seen: set[int] = set()
    for block in blocks:
        for column in block.values[node.key]:
            seen.update(np.unique(column).tolist())
    return [program.variables[node.key].values[i] for i in sorted(seen)]


def _takes(program: Program, rule: Rule, block: Judged) -> Column:
    """Which inputs take a rule anywhere: bool, a column."""

    def at(name: str, value: Value, place: int) -> Column:
        number = index_of(program.variables[name])[value]
        found: Column = block.values[name][place] == number
        return found

    def anywhere(name: str, value: Value) -> Column:
        return columns_any(at(name, value, p) for p in range(len(block.values[name])))

    node = program.writers[rule.node]
    if isinstance(node, LookupTable):
        pairs = list(zip(node.inputs, rule.key, strict=True))
        return columns_any(
            columns_all(at(name, value, p) for name, value in pairs)
            for p in range(len(block.values["tokens"]))
        )
    assert isinstance(node, CategoricalHead | NumericalHead)
    taken = anywhere(node.query, rule.key[0])
    if isinstance(node.predicate, Preference):
        taken = columns_all([taken, anywhere(node.key, rule.key[1])])
    return taken
