"""The smallest edit that mends a program: score rows, rules, or rules and then rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from analyzers.alter import current
from analyzers.looked import Looked, judged, look
from analyzers.repair.features import collisions
from analyzers.repair.offers import Offer, Offers
from analyzers.survey import Progress
from analyzers.verify import inputs_of
from tpdebug.errors import UserError
from tpdebug.findings import Alteration, Change, Effect, Repair
from tpdebug.inputs import decode
from tpdebug.oracles import Function, Oracle, oracle_for
from tpdebug.program import Program
from tpdebug.sourcemap import SourceMap

MOST = 500_000
SAMPLES = 20_000
MOST_CHANGES = 3
MOST_INPUTS = 100_000


def repair(
    program: Program,
    oracle: Oracle | Function,
    *,
    scores: bool = True,
    rules: bool = True,
    most_changes: int = MOST_CHANGES,
    allow_breaking: int = 0,
    name: str = "the oracle",
    most: int = MOST,
    samples: int = SAMPLES,
    seed: int = 0,
    cases: Sequence[Sequence[str]] | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    fitting: Progress | None = None,
    altering: Progress | None = None,
    source: SourceMap | None = None,
) -> Repair:
    """Find the smallest change of a program after which fewer answers are wrong.

    First the read-out alone: the fewest score rows that make every answer right, by an
    integer program with cutting planes. Where that takes more than one row, or cannot
    be, one rule that mends everything; then rules after which no answers collide, with
    the read-out fitted on top; then several rules, each the best one.

    Args:
        program: what answers wrong.
        oracle: the right answers: see `verify`.
        scores: whether score rows may change.
        rules: whether cases of heads and entries of tables may change.
        most_changes: how many of these at most.
        allow_breaking: how many right answers may become wrong.
        name: what the oracle is called in the result.
        most: a domain with more inputs than this is sampled.
        samples, seed: what to draw from such a one.
        cases: look at these inputs only; `Cases`, as an oracle, bring their own.
        jobs: how many threads; default: one for each core.
        progress: is told how many inputs are done, and how many there are.
        fitting, altering: the same about rounds of fitting and rules that are tried.
        source: where the rules stand, for `file:line`.

    Raises:
        UserError: the oracle fails or scores nothing, or nothing may change.

    >>> from tpdebug.domain import Domain
    >>> from tpdebug.nodes import Classifier
    >>> held = {("tokens", "a"): [1, 0], ("tokens", "b"): [1, 0]}
    >>> echo = Program(Domain(("a", "b"), (1, 3)), (), Classifier.of("ab", held))
    >>> found = repair(echo, lambda letters: letters)
    >>> [str(change.rule) for change in found.changes], found.left, found.fewest
    (["score of tokens['b']"], 0, True)
    """
    if not (scores or rules):
        raise UserError("neither scores nor rules may change: nothing to repair with")
    oracle = oracle_for(oracle, program.domain, program.classifier.pooled, name)
    parts, evidence = inputs_of(program.domain, oracle, cases, most, samples, seed)

    def again(other: Program, shown: Progress | None = None) -> Looked:
        return look(other, oracle, parts, jobs=jobs, progress=shown)

    start = again(program, progress)
    if not start.right + start.wrong:
        raise UserError(f"{name} scores no letter of these inputs: nothing to repair")
    work = Offers(
        start,
        again,
        lambda other: judged(other, oracle, parts, jobs=jobs),
        scores,
        rules,
        most_changes,
        allow_breaking,
        jobs,
        fitting,
        altering,
    )
    best = min(work, key=_rank, default=None) if start.wrong else None
    found = work.found
    changes = best.alterations if best is not None else ()
    effect = best.effect if best is not None else Effect(0, 0)
    return Repair(
        name,
        evidence,
        start.right + start.wrong,
        start.wrong,
        start.failing,
        tuple(_change(program, each, source) for each in changes),
        effect.fixes,
        effect.breaks,
        best.program if best is not None else program,
        work.least,
        () if found is None else tuple(collisions(found, start.blocks)),
        work.opposed,
        best.fewest if best is not None else None,
        work.tried,
        tuple(_failing(start)),
        work.screened,
        work.stepwise,
    )


def _failing(looked: Looked) -> Iterator[tuple[str, ...]]:
    """Failing inputs, the shortest first."""
    left = MOST_INPUTS
    for block in looked.blocks:
        rows = np.flatnonzero(block.failing)[:left]
        left -= len(rows)
        if len(rows):
            yield from decode(looked.program.domain, block.part.letters(rows))


def _rank(offer: Offer) -> tuple[int, int, int]:
    """The fewest wrong answers, then the fewest changes, then rows before rules."""
    rules = sum(each.rule.kind != "score" for each in offer.alterations)
    return -offer.effect.net, len(offer.alterations), rules


def _change(program: Program, to: Alteration, source: SourceMap | None) -> Change:
    where = None if source is None else source.where(to.rule)
    return Change(to.rule, where, current(program, to.rule), to)
