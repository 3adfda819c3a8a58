"""What a decision of a table may return: an output, an input as it is, or a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tpdebug.nodes import Value
from tpdebug.write.boxes import Cells
from tpdebug.write.conditions import Condition, expression
from tpdebug.write.formulas import LARGEST, formulas
from tpdebug.write.layout import WIDTH

LINE = 12
"""A line costs as much as so many letters."""

OPERATION = 8
"""And so does an operation of a formula."""

_NOTHING = -(2**40)


@dataclass(frozen=True, slots=True)
class Form:
    """What a decision may return, and the cells of the table for which it is right."""

    result: Condition
    right: Cells
    operations: int = 0

    @property
    def cost(self) -> int:
        """Length; a formula must be worth the thought that it takes to read it."""
        return LINE + len(self.result.text) + OPERATION * self.operations

    @property
    def pattern(self) -> bool:
        """Whether it is right so often that this is no chance."""
        missing = 1 - float(self.right.mean())
        return not self.operations or missing <= (
            1 / 4 if self.operations < 3 else 1 / 8
        )

    @property
    def widespread(self) -> bool:
        """Whether it may be one case of a few: this is no chance if there are few."""
        right = int(self.right.sum())
        return 3 * right >= self.right.size and right >= 3 + 2 * self.operations


def amount(axis: Sequence[Value]) -> bool:
    """Whether an input has integers that one may compute with."""
    return all(isinstance(value, int) and abs(value) <= LARGEST for value in axis)


def formula_forms(
    grid: NDArray[np.int32],
    outputs: Sequence[Value],
    names: Sequence[str],
    values: Sequence[Sequence[Value]],
    amounts: Sequence[bool],
) -> list[Form]:
    """Formulas that are right for a good part of the table, the best first."""
    found = []
    for i, (name, axis) in enumerate(zip(names, values, strict=True)):
        if not amounts[i]:  # an output may still be a copy of an input
            place = {value: code for code, value in enumerate(outputs)}
            codes = np.array([place.get(value, -1) for value in axis], dtype=np.int32)
            shape = [-1 if k == i else 1 for k in range(grid.ndim)]
            right = grid == codes.reshape(shape)
            if right.any():
                found.append(Form(expression(name), right))
    if not any(amounts) or grid.size == 1:
        return found
    numbers = np.array([v if amount([v]) else _NOTHING for v in outputs], np.int64)
    wanted = numbers[grid].reshape(-1)
    places = np.unravel_index(np.arange(grid.size), grid.shape)
    columns = [
        np.array(axis if amount else range(len(axis)), np.int64)[place]
        for axis, amount, place in zip(values, amounts, places, strict=True)
    ]
    room = WIDTH - 4 * (grid.ndim + 1) - len("return ")
    for formula in formulas(names, amounts, columns, wanted):
        if len(formula.text) <= room:
            right = (formula.at(columns) == wanted).reshape(grid.shape)
            said = expression(formula.text)
            found.append(Form(said, right, formula.operations))
    return sorted(found, key=lambda form: -int(form.right.sum()))
