"""Comparing two programs on every input where that can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analyzers.marked import Listing, Marked, atlas
from analyzers.survey import Progress, survey
from analyzers.verify import MOST, SAMPLES, expected, in_words, inputs_of
from tpdebug.columns import Column, align, columns_any, expand
from tpdebug.domain import Domain, shorten
from tpdebug.errors import DomainError
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Difference, Witness
from tpdebug.inputs import decode
from tpdebug.oracles import Function, Oracle, oracle_for
from tpdebug.parts import Part
from tpdebug.program import Program
from tpdebug.restrict import restrict

Counts = NDArray[np.int64]


def diff(
    first: Program,
    second: Program,
    oracle: Oracle | Function | None = None,
    *,
    most: int = MOST,
    samples: int = SAMPLES,
    seed: int = 0,
    cases: Sequence[Sequence[str]] | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Difference:
    """Compare the answers of two programs on the inputs that both take.

    Args:
        first, second: the programs; their begin and end tokens are their own affair.
        oracle: the right answers, as for `verify`.
        most: a domain with more inputs than this is sampled.
        samples, seed: what to draw from such a one.
        cases: look at these inputs only.
        jobs: how many parts to evaluate at a time; default: one for each core.
        progress: is told how many inputs are done, and how many there are.

    Raises:
        DomainError: there is no input that both take, or only one of them is pooled.
    """
    ours, theirs = common(first, second)
    apart = only_one(first.domain, second.domain)
    first, second = restrict(first, ours), restrict(second, theirs)
    right = None
    if oracle is not None:
        right = oracle_for(oracle, ours, first.classifier.pooled)
    pair = _Pair(Evaluator(first), Evaluator(second), right)
    parts, evidence = inputs_of(ours, right, cases, most, samples, seed)
    marked = Marked(parts)
    verdicts = np.zeros(3, np.int64)
    for number, (differs, counts) in survey(
        parts, lambda n: pair.compare(parts[n]), jobs=jobs, progress=progress
    ):
        marked.mark(number, differs)
        verdicts += counts
    known = [None] * 3 if oracle is None else verdicts.tolist()
    first_right, second_right, both_wrong = known
    whole = evidence.kind == "proved"
    return Difference(
        evidence,
        evidence.inputs,
        Listing(marked, lambda part: _witnesses(pair, part)),
        atlas(ours, marked) if whole else None,
        first_right,
        second_right,
        both_wrong,
        notes=tuple(apart),
    )


def common(first: Program, second: Program) -> tuple[Domain, Domain]:
    """The part of each program's domain that the other takes as well.

    Raises:
        DomainError: there is none, or only one of the programs is pooled.
    """
    ours, theirs = first.domain, second.domain
    if first.classifier.pooled != second.classifier.pooled:
        raise DomainError("one gives an answer for each letter, the other only one")
    alphabet = tuple(a for a in ours.alphabet if a in theirs.letter_index)
    shortest = max(ours.lengths[0], theirs.lengths[0])
    longest = min(ours.lengths[1], theirs.lengths[1])
    if not alphabet or shortest > longest:
        raise DomainError(
            "there is no input that both take: the letters are "
            f"{shorten(ours.alphabet)} and {shorten(theirs.alphabet)}, "
            f"the lengths {_span(ours)} and {_span(theirs)}"
        )
    keys = [
        tuple(a for a in alphabet if a in domain.keys)
        for domain in (ours, theirs)
        if domain.keys is not None
    ]
    if len(set(keys)) > 1:
        raise DomainError("there is no input that both take: the keys are others")
    return tuple(  # type: ignore[return-value]
        replace(
            domain,
            alphabet=alphabet,
            lengths=(shortest, longest),
            unknown=domain.unknown if domain.unknown in alphabet else None,
            keys=keys[0] if keys else None,
        )
        for domain in (ours, theirs)
    )


def only_one(first: Domain, second: Domain) -> list[str]:
    """Which inputs one of two programs takes and the other does not, in sentences."""
    return [*_only("first", first, second), *_only("second", second, first)]


def _only(name: str, ours: Domain, theirs: Domain) -> Iterator[str]:
    """Which inputs only one of them takes."""
    letters = [a for a in ours.alphabet if a not in theirs.letter_index]
    if letters:
        word = "letter" if len(letters) == 1 else "letters"
        yield f"only the {name} takes the {word} {shorten(letters)}: not compared"
    if ours.lengths[0] < theirs.lengths[0] or ours.lengths[1] > theirs.lengths[1]:
        spans = f"{_span(ours)} letters, the other only {_span(theirs)}"
        yield f"the {name} takes {spans}: not compared"
    if ours.keys is None and theirs.keys is not None:
        says = "takes inputs that are not keys and values in turns"
        yield f"only the {name} {says}: not compared"


def _span(domain: Domain) -> str:
    return f"{domain.lengths[0]} to {domain.lengths[1]}"


class _Pair:
    """Two programs on the same inputs."""

    def __init__(
        self, first: Evaluator, second: Evaluator, oracle: Oracle | None
    ) -> None:
        self.first = first
        self.second = second
        self.oracle = oracle
        classes = first.program.classifier.classes, second.program.classifier.classes
        self.labels = list(dict.fromkeys((*classes[0], *classes[1])))
        self.codes = [
            np.array([self.labels.index(name) for name in names]) for names in classes
        ]

    def compare(self, part: Part) -> tuple[Column, Counts]:
        """Which inputs are answered differently, and who is right how often.

        Returns:
            bool `[inputs]`; how often only the first is right, only the second, none.
        """
        columns = part.columns()
        ours, theirs = (
            [codes.take(answer) for answer, _ in evaluator.answer(columns)]
            for evaluator, codes in zip(
                (self.first, self.second), self.codes, strict=True
            )
        )
        wanted = [] if self.oracle is None else self._wanted(part, columns)
        differs = columns_any(_differ(a, b) for a, b in zip(ours, theirs, strict=True))
        differs = expand(differs, part.size)
        if self.oracle is None:
            return differs, np.zeros(3, np.int64)
        right = [
            expand(~columns_any(map(_wrong, found, wanted)), part.size)[differs]
            for found in (ours, theirs)
        ]
        counts = [right[0] & ~right[1], ~right[0] & right[1], ~right[0] & ~right[1]]
        return differs, np.array([np.count_nonzero(c) for c in counts])

    def _wanted(self, part: Part, columns: Sequence[Column]) -> list[Column]:
        """The codes of the right answers; -1 is not scored."""
        assert self.oracle is not None
        found = self.oracle.right(part, columns)
        known = {label: i for i, label in enumerate(self.labels)}
        codes = np.array([*(known.get(label, -2) for label in self.oracle.labels), -1])
        return [codes[column] for column in found]


def _differ(first: Column, second: Column) -> Column:
    left, right = align(first, second)
    return np.asarray(left != right)


def _wrong(answer: Column, wanted: Column) -> Column:
    left, right = align(answer, wanted)
    return np.asarray((left != right) & (right != -1))


def _witnesses(pair: _Pair, part: Part) -> Iterator[Witness]:
    """What both programs answer on inputs that they answer differently."""
    block = part.block()
    answers = [
        in_words(each.program.classifier.classes, each.answers(block).tolist())
        for each in (pair.first, pair.second)
    ]
    right: Sequence[tuple[str | None, ...] | None] = [None] * len(block)
    if pair.oracle is not None:
        right = expected(pair.oracle, part)
    inputs = decode(pair.first.program.domain, block)
    yield from map(Witness, inputs, *answers, right)
