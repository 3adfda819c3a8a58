"""Tables that are fitted to data: which combinations of codes are alike.

A table that the read-out uses should keep what tells the classes apart: combinations
are merged, the pair that loses least first, until few enough codes are left
(agglomerative information bottleneck; Slonim, Tishby, NIPS 1999).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import permutations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trainers.search.sample import Ints, Sample
from trainers.search.terms import Copied, Mapped, Term

Floats: TypeAlias = NDArray[np.float64]
MOST_CELLS = 400
_EFFORT = 5.0


def fitted_table(
    inputs: tuple[Term, Term], sample: Sample, classes: int, codes: int, loss: float
) -> Term | None:
    """A table that tells apart what matters for the classes.

    Args:
        inputs: what it reads.
        sample: where it is fitted.
        classes: how many there are.
        codes: how many output codes it may have.
        loss: how many nats (over all cases) may be lost for fewer codes than that.

    Returns:
        None where there are too many combinations.
    """
    sizes = tuple(term.size for term in inputs)
    cells = np.ravel_multi_index([sample.at_cases(t) for t in inputs], sizes)
    used, which = np.unique(cells, return_inverse=True)
    if len(used) > MOST_CELLS:
        return None
    counts = np.zeros((len(used), classes))
    np.add.at(counts, (which, sample.cases), 1)
    groups = _merge(counts, codes, loss)
    output = _spread(np.array(np.unravel_index(used, sizes)).T, groups, sizes)
    lines = _EFFORT + 0.25 * len(used)
    return Term(Mapped(inputs, output), "code", int(groups.max()) + 1, effort=lines)


def _spread(places: Ints, groups: Ints, sizes: tuple[int, ...]) -> Ints:
    """The groups of known cells, each other cell like the nearest of these."""
    cells = np.indices(sizes).reshape(len(sizes), -1).T
    far = abs(cells[:, None] - places[None]).sum(2)
    found: Ints = groups[far.argmin(1)].reshape(sizes)
    return found


def _merge(counts: Floats, most: int, loss: float) -> Ints:
    """Number groups of rows of counts, the largest group first."""
    rows, groups = counts.copy(), [[i] for i in range(len(counts))]
    entropy = _entropy(rows)
    cost = _entropy(rows[:, None] + rows[None]) - entropy[:, None] - entropy[None]
    np.fill_diagonal(cost, np.inf)
    lost = 0.0
    while len(groups) > 1:
        i, j = sorted(np.unravel_index(cost.argmin(), cost.shape))
        if len(groups) <= most and lost + cost[i, j] > loss:
            break
        lost += cost[i, j]
        rows[i] += rows[j]
        groups[i] += groups.pop(j)
        rows, entropy = np.delete(rows, j, 0), np.delete(entropy, j)
        cost = np.delete(np.delete(cost, j, 0), j, 1)
        entropy[i] = _entropy(rows[i])
        cost[i] = _entropy(rows + rows[i]) - entropy - entropy[i]
        cost[i, i] = np.inf
        cost[:, i] = cost[i]
    found = np.zeros(len(counts), np.int64)
    order = np.argsort(-rows.sum(1), kind="stable")
    for code, group in enumerate(order):
        found[groups[group]] = code
    return found


def _entropy(counts: Floats) -> Floats:
    """Of the class, in nats, times the number of cases."""
    total = counts.sum(-1, keepdims=True)
    share = np.divide(counts, total, out=np.ones_like(counts), where=counts > 0)
    found: Floats = -(counts * np.log(share)).sum(-1)
    return found


class Codes:
    """Terms that others have as a matter of course: each is made once, when asked for.

    Args:
        codes: how many codes a number has; the last stands for all from there on.
    """

    def __init__(self, codes: int) -> None:
        self._codes = codes
        self._made: dict[Term, Term] = {}
        self._before: dict[Term, Term] = {}

    @property
    def known(self) -> list[Term]:
        """Those that were made."""
        return [*self._made.values(), *self._before.values()]

    def before(self, term: Term, positions: Term) -> Term:
        """What a categorical term was one position before."""
        if term not in self._before:
            shift = np.eye(positions.size, k=-1, dtype=bool)
            made = Copied(positions, positions, term, shift)
            self._before[term] = Term(made, term.kind, term.size, effort=4.1)
        return self._before[term]

    @property
    def made(self) -> Collection[Term]:
        """The codes that were made of numbers."""
        return self._made.values()

    @property
    def numbers(self) -> list[Term]:
        """The numbers that they are of."""
        return list(self._made)

    def of(self, term: Term) -> Term:
        """A categorical term itself, of a number a table that makes a code of it."""
        if not term.numerical:
            return term
        if term not in self._made:
            size = min(term.size, self._codes)
            made = Mapped((term,), np.arange(size))
            self._made[term] = Term(made, "number", size, effort=3.0)
        return self._made[term]

    def forget(self, terms: Iterable[Term], kept: Collection[Term]) -> None:
        """Forget the codes of some terms, but not of those that are kept."""
        for term in terms:
            if term not in kept:
                self._made.pop(term, None)


def arithmetic(terms: Sequence[Term], codes: int) -> list[Term]:
    """Tables that compute with two numbers.

    Difference, sum, quotient, the larger, the smaller, comparisons; how much one is
    more than half of the other (of what was counted, more than of all the rest); and
    one where the other is 1 (2, 3), with the last code everywhere else.
    """
    found = []
    for left, right in permutations(terms, 2):
        a, b = np.arange(left.size)[:, None], np.arange(right.size)[None]
        tables = [a // np.maximum(b, 1), (a > b) * 1, (a > b) + (a >= b) * 1]
        if terms.index(left) < terms.index(right):
            tables += [a + b, np.maximum(a, b), np.minimum(a, b), (a == b) * 1]
        found += [_number((left, right), table, codes, 4.0) for table in tables]
        for value in range(1, min(right.size, 4)):
            gated = np.where(b == value, np.minimum(a, codes - 2), codes - 1)
            found.append(_number((left, right), gated, codes, 4.0))
        for difference in (a - b, 2 * a - b):
            found.append(_number((left, right), difference, codes, 4.0))
            if difference.min() < 0:  # less than none is a code of its own
                found.append(_number((left, right), difference + 1, codes, 4.2))
    return found


def _number(inputs: tuple[Term, Term], table: Ints, codes: int, lines: float) -> Term:
    """A table of numbers below `codes`."""
    output = np.clip(table, 0, codes - 1)
    size = int(output.max()) + 1
    return Term(Mapped(inputs, output), "number", size, effort=lines)
