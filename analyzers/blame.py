"""How many failing and passing answers depend on each rule, and a failing example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzers.judged import Judged
from analyzers.spectra import Spectra
from tpdebug.columns import expand
from tpdebug.evaluate import Evaluator
from tpdebug.nodes import CategoricalHead, Preference, Rule

Ints = NDArray[Any]
Bools = NDArray[np.bool_]
BLOCK = 4096
"""Traces are made of so many inputs at a time."""

FEW = 64
"""Up to so many rules, answers are marked in a table; of more they are sorted."""

TOGETHER = 64
"""So many answers of an input are followed back at a time, a bit each."""

COUNTS = np.array([number.bit_count() for number in range(256)], np.uint8)

NEVER = np.iinfo(np.int64).max
PLACES, ROWS = 1 << 12, 1 << 28


@dataclass(frozen=True, slots=True)
class Blame:
    """What was counted on some inputs; the order in which it is added does not matter.

    Attributes:
        failed, passed: wrong and right answers that depend on each rule `[rules]`.
        first: the first wrong answer that does, as a number: see `example` `[rules]`.
    """

    failed: Ints
    passed: Ints
    first: Ints

    @classmethod
    def none(cls, rules: int) -> Blame:
        """Before anything is counted."""
        zeros = np.zeros(rules, np.int64)
        return cls(zeros, zeros.copy(), np.full(rules, NEVER))

    def __add__(self, other: Blame) -> Blame:
        """Both together."""
        failed, passed = self.failed + other.failed, self.passed + other.passed
        return Blame(failed, passed, np.minimum(self.first, other.first))

    def example(self, rule: int) -> tuple[int, int, int] | None:
        """The first wrong answer that depends on a rule, if there is one.

        Returns:
            The number of the part, the rank of the input in it, and the place.
        """
        found = int(self.first[rule])
        if found == NEVER:
            return None
        rest, place = divmod(found, PLACES)
        return (*divmod(rest, ROWS), place)


def blame(
    spectra: Spectra, evaluator: Evaluator, judged: Judged, number: int = 0
) -> Blame:
    """Count the answers of a block that depend on each rule.

    Args:
        spectra, evaluator: of the program.
        judged: the inputs, and which answers are right.
        number: which part they are.
    """
    found = Blame.none(len(spectra.rules))
    right = [expand(column, judged.size) for column in judged.right]
    wrong = [expand(column, judged.size) for column in judged.wrong]
    for start in range(0, judged.size, BLOCK):
        rows = np.arange(start, min(start + BLOCK, judged.size))
        trace = evaluator.trace(judged.part.letters(rows))
        for first in range(0, len(right), TOGETHER):
            places = range(len(right))[first : first + TOGETHER]
            passing, failing = (
                _bits([columns[place][rows] for place in places])
                for columns in (right, wrong)
            )
            answer = (number * ROWS + rows) * PLACES + first
            for rules, bits in spectra.depending(trace, places):
                if bits.any():
                    _count(found, rules, bits, failing, passing, answer)
    return found


def _bits(columns: Sequence[Bools]) -> Ints:
    """Truth values side by side, as the bits of numbers."""
    kind = np.min_scalar_type(2 ** len(columns) - 1)
    found = np.zeros(len(columns[0]), kind)
    for place, column in enumerate(columns):
        found |= column.astype(kind) << kind.type(place)
    return found


def _count(
    found: Blame, rules: Ints, bits: Ints, failing: Ints, passing: Ints, answer: Ints
) -> None:
    """Add what depends on the rules of a node to what was found.

    Args:
        found: what is added to.
        rules, bits: rules, and the answers that depend on them there
            `[inputs, positions]`.
        failing, passing: the answers that are wrong, and right `[inputs]`.
        answer: the number of the first answer `[inputs]`.
    """
    first = int(rules.min())
    width = int(rules.max()) - first + 1
    local, part = rules - first, slice(first, first + width)
    known = found.first[part]
    if width > FEW:
        inputs, local, bits = _sorted(local, bits, width)
        fails = bits & failing[inputs]
        found.passed[part] += _sums(local, bits & passing[inputs], width)
        found.failed[part] += _sums(local, fails, width)
        some = np.flatnonzero(fails)
        which, places = np.unique(local[some], return_index=True)
        places = some[places]
        firsts = zip(which, answer[inputs[places]], fails[places], strict=True)
    else:
        table = _table(local, bits, width)
        fails = table & failing[:, None]
        found.passed[part] += _ones(table & passing[:, None]).sum(
            axis=0, dtype=np.int64
        )
        found.failed[part] += _ones(fails).sum(axis=0, dtype=np.int64)
        which = np.flatnonzero((known > answer[0]) & fails.any(axis=0))
        rows = (fails[:, which] != 0).argmax(axis=0)
        firsts = zip(which, answer[rows], fails[rows, which], strict=True)
    for rule, number, bit in firsts:
        place = (int(bit) & -int(bit)).bit_length() - 1
        known[rule] = min(int(known[rule]), int(number) + place)


def _table(rules: Ints, bits: Ints, width: int) -> Ints:
    """The answers that depend on each rule, of those at each position.

    Returns:
        Bits `[inputs, rules]`.
    """
    inputs = np.arange(len(rules))
    table = np.zeros((len(rules), width), bits.dtype)
    for place, these in zip(rules.T, bits.T, strict=True):
        table[inputs, place] |= these
    return table


def _sorted(rules: Ints, bits: Ints, width: int) -> tuple[Ints, Ints, Ints]:
    """The same where there are many rules: input, rule and bits, by input."""
    inputs, positions = np.nonzero(bits)
    pairs = inputs * width + rules[inputs, positions]
    order = np.argsort(pairs, kind="stable")
    pairs, bits = pairs[order], bits[inputs, positions][order]
    starts = np.flatnonzero(np.diff(pairs, prepend=-1))
    found, place = np.divmod(pairs[starts], width)
    return found, place, np.bitwise_or.reduceat(bits, starts)


def _sums(rules: Ints, bits: Ints, width: int) -> Ints:
    """How many bits there are for each rule."""
    return np.bincount(rules, _ones(bits), width).astype(np.int64)


def _ones(bits: Ints) -> Ints:
    """How many bits of each number are set."""
    size = bits.dtype.itemsize
    counts = COUNTS[np.ascontiguousarray(bits).view(np.uint8)]
    if size == 1:
        return counts
    found: Ints = counts.reshape(*bits.shape, size).sum(axis=-1)
    return found


def in_question(spectra: Spectra, taken: NDArray[Any]) -> list[int]:
    """The rules whose change can make a difference, by number.

    Those that were taken; in a head with a preference that is every key of a query
    value: which one is read depends on all of them.

    Args:
        spectra: numbers the rules.
        taken: not zero where a rule was taken `[rules]`.
    """
    chosen = {
        node.name
        for node in spectra.program.nodes
        if isinstance(node, CategoricalHead) and isinstance(node.predicate, Preference)
    }

    def place(rule: Rule) -> tuple[str, str, object]:
        one = rule.kind == "case" and rule.node in chosen
        return rule.kind, rule.node, rule.key[:1] if one else rule.key

    found = {place(spectra.rules[i]) for i in np.flatnonzero(taken)}
    return [i for i, rule in enumerate(spectra.rules) if place(rule) in found]
