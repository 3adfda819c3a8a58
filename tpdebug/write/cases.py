"""Rules that are changed as cases that come before everything that a function does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from tpdebug.findings import Alteration, Keys, Output
from tpdebug.nodes import Head, Key, LookupTable, Value
from tpdebug.program import Program
from tpdebug.write.boxes import Cells, Region, boxes
from tpdebug.write.conditions import Condition, Decision, condition, expression
from tpdebug.write.literals import literal

_SEEDS = 32


def cases(
    program: Program,
    node: Head | LookupTable,
    names: Sequence[str],
    alterations: Sequence[Alteration],
) -> tuple[list[Decision], bool]:
    """Say what some rules shall do; those that do the same are said together.

    Args:
        program: the program as it was.
        node: the head or table as it shall be.
        names: the parameters.
        alterations: the rules: all of a predicate, or all of a table.

    Returns:
        The cases, and whether they leave something to what comes after them.
    """
    groups: dict[Key, list[Key]] = {}
    for each in alterations:
        assert isinstance(each, Keys | Output)
        does = each.keys if isinstance(each, Keys) else (each.output,)
        groups.setdefault(does, []).append(each.rule.key)
    read = node.inputs if isinstance(node, LookupTable) else (node.query,)
    known = [program.variables[name].values for name in read]
    place = [{value: i for i, value in enumerate(axis)} for axis in known]
    found, left = [], np.ones([len(axis) for axis in known], bool)
    for does, keys in groups.items():
        wanted = np.zeros_like(left)
        for key in keys:
            wanted[tuple(p[v] for p, v in zip(place, key, strict=True))] = True
        allowed = wanted
        if isinstance(node, LookupTable):
            says = expression(literal(does[0]))
            allowed = wanted | _same(node, does[0], place, wanted.shape)
        else:
            says = condition(names[1], does, does, program.variables[node.key].values)
        if len(keys) == 1:
            found.append(Decision(_is(names[: len(read)], keys[0]), says))
            left &= ~wanted
            continue
        for region in _cover(wanted, allowed, names[: len(read)], known):
            found.append(Decision(region.when, says))
            left &= ~region.cells
    return found, bool(left.any())


def _same(
    table: LookupTable,
    output: Value,
    place: Sequence[dict[Value, int]],
    shape: tuple[int, ...],
) -> Cells:
    """The cells in which a table gives this output."""
    found = np.full(shape, table.default == output)
    for key, written in table.entries:
        found[tuple(p[v] for p, v in zip(place, key, strict=True))] = written == output
    return found


def _cover(
    wanted: Cells,
    allowed: Cells,
    names: Sequence[str],
    values: Sequence[Sequence[Value]],
) -> Iterator[Region]:
    """Boxes that hold all cells that are wanted: the one with most of them first."""
    left = wanted.copy()
    while left.any():
        found = boxes(left, allowed, _SEEDS, names, values)
        best = max(found, key=lambda region: int((region.cells & left).sum()))
        yield best
        left &= ~best.cells


def _is(names: Iterable[str], values: Iterable[Value]) -> tuple[Condition, ...]:
    pairs = zip(names, values, strict=True)
    return tuple(Condition(f"{n} == {literal(v)}", frozenset([v])) for n, v in pairs)
