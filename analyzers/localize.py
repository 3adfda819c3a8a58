"""From right and wrong answers to the rules at fault: by altering each, or by counting.

A rule is in question if a wrong answer depends on it. `interventional` ranks by what is
left wrong after the best change of the one rule; the formulas rank by how many failing
and passing answers depend on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np

from analyzers.alter import current
from analyzers.altering import Altered, altered
from analyzers.blame import Blame
from analyzers.effects import Effects
from analyzers.judged import Judged
from analyzers.looked import look
from analyzers.survey import Progress
from analyzers.suspicion import FORMULAS, Floats
from analyzers.verify import expected, in_words, inputs_of
from tpdebug.errors import UserError
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Counts, Localization, Suspect, Wrong
from tpdebug.inputs import decode
from tpdebug.oracles import Function, Oracle, oracle_for
from tpdebug.program import Program
from tpdebug.sourcemap import SourceMap

MOST = 500_000
SAMPLES = 20_000
INTERVENTIONAL = "interventional"
TIEBREAK = "ochiai"
CHOICES = (INTERVENTIONAL, *FORMULAS)


def localize(
    program: Program,
    oracle: Oracle | Function,
    *,
    formula: str = INTERVENTIONAL,
    name: str = "the oracle",
    most: int = MOST,
    samples: int = SAMPLES,
    seed: int = 0,
    cases: Sequence[Sequence[str]] | None = None,
    alter: int | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    altering: Progress | None = None,
    source: SourceMap | None = None,
) -> Localization:
    """Rank the rules that wrong answers depend on, the most suspicious first.

    Args:
        program: what answers wrong.
        oracle: the right answers: see `verify`.
        formula: `interventional`: by the wrong answers that are left after the best
            change of the rule, ties by Ochiai; or `ochiai`, `tarantula`, `dstar` or
            `op2`, which alter nothing.
        name: what the oracle is called in the result.
        most: a domain with more inputs than this is sampled.
        samples, seed: what to draw from such a one.
        cases: look at these inputs only; `Cases`, as an oracle, bring their own.
        alter: how many rules to alter, the most suspicious by Ochiai; default: all in
            question.
        jobs: how many threads; default: one for each core.
        progress: is told how many inputs are done, and how many there are.
        altering: the same about the rules that are altered.
        source: where the rules stand, for `file:line`.

    Raises:
        UserError: the oracle fails or scores nothing, or there is no such formula.

    >>> from tpdebug.domain import Domain
    >>> from tpdebug.nodes import Classifier
    >>> scores = {("tokens", "a"): [1, 0], ("tokens", "b"): [1, 0]}
    >>> echo = Program(Domain(("a", "b"), (1, 3)), (), Classifier.of("ab", scores))
    >>> found = localize(echo, lambda letters: letters)
    >>> found.wrong, str(found.suspects[0].rule), found.suspects[0].effect
    (17, "score of tokens['b']", Effect(fixes=17, breaks=0))
    """
    if formula not in CHOICES:
        raise UserError(f"there is no formula {formula!r}; use {', '.join(CHOICES)}")
    oracle = oracle_for(oracle, program.domain, program.classifier.pooled, name)
    parts, evidence = inputs_of(program.domain, oracle, cases, most, samples, seed)
    looked = look(program, oracle, parts, jobs=jobs, progress=progress)
    evaluator, spectra, found = looked.evaluator, looked.spectra, looked.blame
    listed, right, wrong = looked.blocks, looked.right, looked.wrong
    if not right + wrong:
        raise UserError(f"{name} scores no letter of these inputs: nothing to localize")
    scores = {
        key: count(found.failed, found.passed, wrong, right)
        for key, count in FORMULAS.items()
    }
    blamed = looked.in_question()
    blamed.sort(key=lambda number: -scores[TIEBREAK][number])
    tried = Altered({})
    if formula == INTERVENTIONAL and wrong:
        effects = Effects(program, listed, seed=seed)
        tried = altered(
            effects,
            spectra,
            blamed[:alter],
            jobs,
            altering,
            failing=looked.failing,
            seed=seed,
        )
    bests = tried.bests
    known = _examples(evaluator, oracle, listed, found, blamed)
    suspects = [
        Suspect(
            spectra.rules[number],
            None if source is None else source.where(spectra.rules[number]),
            first,
            last,
            _counts(found, number, wrong, right),
            {key: float(score[number]) for key, score in scores.items()},
            current(program, spectra.rules[number]),
            bests[number].alteration if number in bests else None,
            bests[number].effect if number in bests else None,
            known[number],
        )
        for number, first, last in _ranked(blamed, formula, scores, tried)
    ]
    counts = (right + wrong, wrong, looked.failing)
    rules = len(spectra.rules)
    return Localization(
        name, evidence, *counts, formula, rules, tuple(suspects), tried.screened
    )


def _ranked(
    numbers: Sequence[int],
    formula: str,
    scores: Mapping[str, Floats],
    tried: Altered,
) -> Iterator[tuple[int, int, int]]:
    """Rules by number, the most suspicious first, each with its range of ranks."""

    def key(number: int) -> tuple[float, ...]:
        if formula != INTERVENTIONAL:
            return (-float(scores[formula][number]),)
        best = tried.bests.get(number)
        net = 0 if best is None else best.effect.net
        guess = tried.guesses.get(number, 0)
        return (-net, best is None, -guess, -float(scores[TIEBREAK][number]))

    first = 1
    for _, group in groupby(sorted(numbers, key=lambda n: (key(n), n)), key):
        same = list(group)
        yield from ((number, first, first + len(same) - 1) for number in same)
        first += len(same)


def _counts(found: Blame, number: int, wrong: int, right: int) -> Counts:
    failed, passed = int(found.failed[number]), int(found.passed[number])
    return Counts(failed, passed, wrong - failed, right - passed)


def _examples(
    evaluator: Evaluator,
    oracle: Oracle,
    blocks: Sequence[Judged],
    found: Blame,
    numbers: Sequence[int],
) -> dict[int, Wrong]:
    """A wrong answer for each rule, that depends on it or at least on its case."""
    if not numbers:
        return {}
    examples = {number: found.example(number) for number in numbers}
    some = min(example for example in examples.values() if example is not None)
    starts = {number: example or some for number, example in examples.items()}
    known = _answered(evaluator, oracle, blocks, set(starts.values()))
    return {number: known[start] for number, start in starts.items()}


def _answered(
    evaluator: Evaluator,
    oracle: Oracle,
    blocks: Sequence[Judged],
    starts: Iterable[tuple[int, int, int]],
) -> dict[tuple[int, int, int], Wrong]:
    """What is answered at some places of some rows of blocks; a block at a time."""
    program = evaluator.program
    found = {}
    for number, group in groupby(sorted(starts), key=lambda start: start[0]):
        places = list(group)
        rows = sorted({row for _, row, _ in places})
        part = blocks[number].part.some(np.array(rows))
        block = part.block()
        letters = decode(program.domain, block)
        classes = program.classifier.classes
        said = in_words(classes, evaluator.answers(block).tolist())
        wanted = expected(oracle, part)
        for start in places:
            _, row, place = start
            at = rows.index(row)
            right, answer = wanted[at][place] or "", said[at][place]
            found[start] = Wrong(letters[at], place, right, answer)
    return found
