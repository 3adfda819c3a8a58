"""Lookup tables as Python: a list of decisions, and what holds where none applies.

Each decision is a region of cells (`position <= 2 and token == "3"`, `a == b`) with a
result: an output, or a formula that is right for all of them. What earlier decisions
took is free for later ones. Regions are picked greedily, by how many cells they settle
for their length, once for every result that may stand last; the shortest list wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tpdebug.nodes import LookupTable, Value, order
from tpdebug.write.boxes import Cells, Region, boxes
from tpdebug.write.conditions import Decision, expression
from tpdebug.write.forms import LINE, OPERATION, Form, amount, formula_forms
from tpdebug.write.layout import WIDTH
from tpdebug.write.literals import literal, width
from tpdebug.write.relations import Relation, equalities, relations, within

KEPT = 1_000
"""So many bodies are kept, for who writes a program again after a small change."""

MAX_SEEDS = 128
MAX_DECISIONS = 40
MAX_RELATED = 200_000
"""Tables with more cells are not searched for relations."""

_GRID = 6
"""The lines of a grid besides its rows, about."""


def table_body(
    table: LookupTable, names: Sequence[str], values: Sequence[Sequence[Value]]
) -> list[Decision] | None:
    """Return the body of a table: decisions on the inputs, the first that applies.

    A table of several inputs that takes very many, or far more lines than a grid, has
    no short form: None.

    Args:
        table: what to write, in normal form.
        names: the parameter of each input.
        values: every value that each input can take.

    >>> table = LookupTable.of("t", ["a", "b"], {(0, 0): 1, (0, 1): 1, (0, 2): 1}, 0)
    >>> [d.text for d in table_body(table, ["x", "y"], [range(3), range(3)])]
    ['int(x == 0)']
    >>> table = LookupTable.of("t", ["a"], {(x,): min(x, 5) for x in range(9)}, 5)
    >>> [d.text for d in table_body(table, ["x"], [range(9)])]
    ['min(x, 5)']
    """
    body = _body(table, tuple(names), tuple(map(tuple, values)))
    return None if body is None else list(body)


@lru_cache(maxsize=KEPT)
def _body(
    table: LookupTable, names: tuple[str, ...], values: tuple[tuple[Value, ...], ...]
) -> tuple[Decision, ...] | None:
    """The body of a table."""
    outputs = sorted({table.default, *(v for _, v in table.entries)}, key=order)
    grid = _grid(table, values, outputs)
    amounts = [amount(axis) for axis in values]
    fixed = [
        Form(expression(literal(output)), grid == code)
        for code, output in enumerate(outputs)
    ]
    default = outputs.index(table.default)
    found = formula_forms(grid, outputs, names, values, amounts)
    if found and len(outputs) > 3 and found[0].right.all():
        return (Decision((), found[0].result),)
    often = fixed[default].right.sum()
    last = [form for form in found if form.right.sum() > often and form.pattern]
    rarer = [form for form in found if form not in last and form.widespread]
    last += fixed if len(outputs) == 2 else [fixed[default]]
    related = []
    if grid.size <= MAX_RELATED:
        related = relations(names, values, amounts)
    search = _Search(grid, [*fixed, *found], related, names, values)
    best: list[Decision] | None = None
    least = float("inf")
    for form in last:
        body = search.body(form, least)
        if body is not None:
            best, least = body
    for form in rarer:
        body = search.body(form, least, most_cases=2)
        if body is not None and not any(c.items for d in body[0] for c in d.when):
            best, least = body
    return None if best is None else tuple(best)


class _Search:
    """Lists of decisions of one table.

    Args:
        grid: the table as output codes.
        forms: what decisions may return.
        related: relations that they may ask for.
        names: the parameter of each input.
        values: every value that each input can take.
    """

    def __init__(
        self,
        grid: NDArray[np.int32],
        forms: Sequence[Form],
        related: Sequence[Relation],
        names: Sequence[str],
        values: Sequence[Sequence[Value]],
    ) -> None:
        self.grid = grid
        self.forms = forms
        self.related = related
        self.same = equalities(related, grid.shape)
        self.names = names
        self.values = values
        lines = grid.size // grid.shape[-1] + _GRID
        short = min(MAX_DECISIONS, 3 * lines // 4)  # up to half as long again
        self.most = short if grid.ndim > 1 else grid.size
        self.room = WIDTH - 4 * len(names) - len("if :")

    def body(
        self, last: Form, most: float, most_cases: float = np.inf
    ) -> tuple[list[Decision], float] | None:
        """Decisions that leave only what `last` is right for, if they cost less."""
        most_cases = min(most_cases, self.most)
        free = np.zeros_like(last.right)
        body: list[Decision] = []
        cost = float(last.cost)
        while (left := ~last.right & ~free).any():
            decision, region, settled, price = self._best(free, left)
            body.append(decision)
            cost += price
            free |= region.cells
            lines = len(body) + int(left.sum()) / settled - 1
            if cost >= most or lines > most_cases:
                return None
        body.append(Decision((), last.result))
        code = _as_code(body)
        if code is not None:
            body, cost = [code], LINE + len(code.text)
        return (body, cost) if cost < most else None

    def _best(self, free: Cells, left: Cells) -> tuple[Decision, Region, int, int]:
        """The decision that settles most of what is left, for its length."""
        best, worth = None, 0.0
        for form, region in self._choices(free, left):
            settles = region.cells & left & form.right
            count = int(np.count_nonzero(settles))
            decision = Decision(region.when, form.result)
            cost = LINE + len(decision.text) + OPERATION * form.operations
            if count / cost > worth and self._fits(form, settles):
                best, worth = (decision, region, count, cost), count / cost
        assert best is not None  # one cell by itself is a box
        return best

    def _fits(self, form: Form, settles: Cells) -> bool:
        """Whether a formula says more than an output or two would."""
        cells = self.grid[settles]
        many = len(cells) >= 3 + 2 * form.operations
        return not form.operations or (many and len(np.unique(cells)) > 2)

    def _choices(self, free: Cells, left: Cells) -> Iterator[tuple[Form, Region]]:
        """Regions for every result, each with something of what is left."""
        most = MAX_SEEDS // len(self.forms) + 1
        for form in self.forms:
            wanted = left & form.right
            if not wanted.any():
                continue
            allowed = free | form.right
            for region in boxes(wanted, allowed, most, self.names, self.values):
                yield form, region
            for relation in self.related:
                for region in relation.regions(wanted, allowed):
                    if width(region.when[0].text) <= self.room:
                        yield form, region
            for same in self.same:
                if width(same.when[0].text) <= self.room:
                    for region in within(same, self.related, wanted, allowed):
                        yield form, region


def _as_code(body: Sequence[Decision]) -> Decision | None:
    """`int(...)` for 1 where one decision applies, and 0 elsewhere."""
    if [decision.result.text for decision in body] != ["1", "0"]:
        return None
    parts = body[0].when
    texts = [f"({c.text})" if c.joined and len(parts) > 1 else c.text for c in parts]
    text = f"int({' and '.join(texts)})"
    fits = width(text) + len("    return ") <= WIDTH
    return Decision((), expression(text)) if fits else None


def _grid(
    table: LookupTable, values: Sequence[Sequence[Value]], outputs: Sequence[Value]
) -> NDArray[np.int32]:
    """The table as an array of output codes, one axis for each input."""
    places = [{value: i for i, value in enumerate(axis)} for axis in values]
    code = {value: i for i, value in enumerate(outputs)}
    shape = tuple(len(axis) for axis in values)
    grid = np.full(shape, code[table.default], dtype=np.int32)
    for key, output in table.entries:
        grid[tuple(p[v] for p, v in zip(places, key, strict=True))] = code[output]
    return grid
