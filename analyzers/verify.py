"""Comparing a program with the right answers, on every input where that can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from analyzers.checkpoint import Checkpointed
from analyzers.closed_world import gaps
from analyzers.marked import Listing, atlas
from analyzers.survey import Progress, survey
from tpdebug import __version__
from tpdebug.cases import Cases
from tpdebug.columns import Column, stack
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.evaluate import Evaluator
from tpdebug.findings import (
    ClassCount,
    Evidence,
    Failure,
    LeastMargin,
    LengthCount,
    Verification,
)
from tpdebug.inputs import decode, encode
from tpdebug.measure import accuracy_of
from tpdebug.oracles import Function, Oracle, oracle_for
from tpdebug.parts import PART, Part, all_or_sample, listed_parts
from tpdebug.program import Program
from tpdebug.tally import MISSING, Tally, tally

MOST = 5_000_000
SAMPLES = 100_000


def verify(
    program: Program,
    oracle: Oracle | Function,
    *,
    name: str = "the oracle",
    most: int = MOST,
    samples: int = SAMPLES,
    seed: int = 0,
    cases: Sequence[Sequence[str]] | None = None,
    needed: Domain | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
) -> Verification:
    """Compare a program with the right answers on all inputs of its domain.

    Args:
        program: what to verify.
        oracle: the right answers: an oracle, or a function from the letters of an
            input to the right label of each (None: not scored); pooled, to one label.
        name: what the oracle is called in the result.
        most: a domain with more inputs than this is sampled.
        samples, seed: what to draw from such a one.
        cases: look at these inputs only; `Cases`, as an oracle, bring their own.
        needed: the inputs that the task has; some may be outside of the program's.
        jobs: how many parts to evaluate at a time; default: one for each core.
        progress: is told how many inputs are done, and how many there are.
        checkpoint: a file that holds what has been done, every minute, at the end and
            when it is interrupted; if it exists, the work goes on from there.

    Raises:
        UserError: the oracle fails, it scores nothing, or the checkpoint belongs to
            another work.
    """
    oracle = oracle_for(oracle, program.domain, program.classifier.pooled, name)
    parts, evidence = inputs_of(program.domain, oracle, cases, most, samples, seed)
    evaluator = Evaluator(program)
    right = (name, oracle.version, oracle.domain, cases)
    asked = (__version__, program, right, most, samples, seed)
    state = Checkpointed(checkpoint, asked, oracle, parts)
    oracle.stopped.clear()

    def work(number: int) -> tuple[Tally, Column]:
        return tally(evaluator, oracle, parts[number], number)

    with state:
        for number, (counted, fails) in survey(
            parts,
            work,
            jobs=jobs,
            progress=progress,
            waiting=state.waiting,
            stopped=oracle.stopped,
        ):
            state.add(number, counted, fails)
    found, failing = state.tally, state.marked
    if not found.totals[2]:
        raise UserError(f"{name} scores no letter of these inputs: nothing to verify")
    whole = evidence.kind == "proved"
    return Verification(
        name,
        accuracy_of(found, evidence),
        tuple(_by_length(found)),
        tuple(_by_class(program, oracle, found)),
        Listing(failing, lambda part: _failures(evaluator, oracle, part)),
        atlas(program.domain, failing) if whole else None,
        _least(evaluator, found, parts),
        tuple(gaps(program, oracle, found, needed, whole)),
        program.classifier.pooled,
    )


def inputs_of(
    domain: Domain,
    oracle: Oracle | None,
    cases: Sequence[Sequence[str]] | None,
    most: int,
    samples: int,
    seed: int,
) -> tuple[list[Part], Evidence]:
    """The inputs to look at, and what a statement about them rests on."""
    if isinstance(oracle, Cases):
        return oracle.parts(), Evidence("listed", len(oracle.cases))
    if cases is None:
        size = PART if oracle is None else oracle.part
        return all_or_sample(domain, most=most, samples=samples, seed=seed, size=size)
    by_length: dict[int, list[Sequence[str]]] = {}
    for letters in cases:
        by_length.setdefault(len(letters), []).append(letters)
    blocks = (encode(domain, by_length[length]) for length in sorted(by_length))
    return list(listed_parts(domain, blocks)), Evidence("listed", len(cases))


def _failures(evaluator: Evaluator, oracle: Oracle, part: Part) -> Iterator[Failure]:
    """What is expected and answered on inputs that fail."""
    program, block = evaluator.program, part.block()
    answers = in_words(program.classifier.classes, evaluator.answers(block).tolist())
    inputs = decode(program.domain, block)
    yield from map(Failure, inputs, expected(oracle, part), answers)


def in_words(
    names: Sequence[str], rows: Sequence[Sequence[int]]
) -> list[tuple[str, ...]]:
    """Rows of class indices as rows of names."""
    return [tuple(names[i] for i in row) for row in rows]


def expected(oracle: Oracle, part: Part) -> list[tuple[str | None, ...]]:
    """The right answers of some inputs, in words."""
    columns = oracle.right(part, part.columns())
    labels = (*oracle.labels, None)  # -1, the last, is not scored
    rows = stack(columns, part.size).tolist()
    return [tuple(labels[i] for i in row) for row in rows]


def _by_length(found: Tally) -> Iterator[LengthCount]:
    for length, counts in sorted(found.lengths.items()):
        yield LengthCount(length, *(int(count) for count in counts))


def _by_class(program: Program, oracle: Oracle, found: Tally) -> Iterator[ClassCount]:
    classes = program.classifier.classes
    for label, row in zip(oracle.labels, found.confusion.tolist(), strict=False):
        if not sum(row):
            continue
        place = classes.index(label) if label in classes else MISSING
        counted = enumerate(zip(classes, row, strict=True))
        others = [pair for i, pair in counted if pair[1] and i != place]
        others.sort(key=lambda pair: -pair[1])
        right = row[place] if place != MISSING else 0
        yield ClassCount(label, sum(row), right, tuple(others))


def _least(
    evaluator: Evaluator, found: Tally, parts: Sequence[Part]
) -> LeastMargin | None:
    if found.least is None:
        return None
    program = evaluator.program
    part = parts[found.least.part]
    block = part.letters(np.array([found.least.rank]))
    pooled = program.classifier.pooled
    position = None if pooled else found.least.place + program.domain.offset
    scores = evaluator.trace(block).scores[0, 0 if pooled else position]
    first, second = np.argsort(-scores, kind="stable")[:2]
    return LeastMargin(
        decode(program.domain, block)[0],
        position,
        program.classifier.classes[first],
        program.classifier.classes[second],
        found.least.lead,
        program.classifier.scale,
    )
