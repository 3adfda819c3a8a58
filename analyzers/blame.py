"""How many failing and passing answers depend on each rule, and a failing example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzers.judged import Judged
from analyzers.spectra import Spectra
from tpdebug.columns import expand
from tpdebug.evaluate import Evaluator
from tpdebug.nodes import CategoricalHead, Preference, Rule

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
BLOCK = 4096
"""Traces are made of so many inputs at a time."""

FEW = 64
"""Up to so many rules, pairs are marked in a table; of more they are sorted."""

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
        for place in range(len(right)):
            failing, passing = wrong[place][rows], right[place][rows]
            answer = number * ROWS * PLACES + rows * PLACES + place
            for inputs, rules in spectra.pairs(trace, place):
                if len(rules):
                    once = _once(inputs, rules, len(rows))
                    _count(found, *once, failing, passing, answer)
    return found


def _once(inputs: Ints, rules: Ints, size: int) -> tuple[Ints, Ints]:
    """Pairs of an input and a rule without repetitions, by input."""
    if (np.diff(inputs) > 0).all():
        return inputs, rules
    first = int(rules.min())
    width = int(rules.max()) - first + 1
    if width <= FEW:
        marked = np.zeros((size, width), bool)
        marked[inputs, rules - first] = True
        found, place = np.nonzero(marked)
        return found, place + first
    found, place = np.divmod(np.unique(inputs * width + rules - first), width)
    return found, place + first


def _count(
    found: Blame,
    inputs: Ints,
    rules: Ints,
    failing: Bools,
    passing: Bools,
    answer: Ints,
) -> None:
    """Add pairs of one place to what was found; each is there once."""
    first = int(rules.min())
    part = slice(first, int(rules.max()) + 1)
    width, local = part.stop - first, rules - first
    found.passed[part] += np.bincount(local[passing[inputs]], minlength=width)
    fails = failing[inputs]
    if fails.any():
        found.failed[part] += np.bincount(local[fails], minlength=width)
        which, place = np.unique(local[fails], return_index=True)
        known = found.first[part]
        known[which] = np.minimum(known[which], answer[inputs[fails][place]])


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
