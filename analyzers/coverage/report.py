"""What a set of inputs exercises of a program, and what it could."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

import numpy as np

from analyzers.coverage.edges import Edge, Pairs
from analyzers.coverage.reach import Reach, reach
from analyzers.coverage.recorder import RuleCoverage
from analyzers.coverage.suggest import suggest
from analyzers.survey import Progress
from tpdebug.findings import (
    ContextUse,
    Coverage,
    EdgeUse,
    NodeUse,
    RuleUse,
    Share,
    Status,
)
from tpdebug.nodes import LookupTable, Rule
from tpdebug.sourcemap import SourceMap

MOST = 5_000_000
SAMPLES = 100_000


def rule_coverage(
    recorded: RuleCoverage,
    source: SourceMap | None = None,
    *,
    suggestions: int = 0,
    most: int = MOST,
    samples: int = SAMPLES,
    seed: int = 0,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Coverage:
    """Say which rules were exercised, which could be, and by which inputs.

    If the domain has at most `most` inputs, all are looked at, and a rule that none of
    them exercises is unreachable (proved). Else a sample is, and every rule counts.
    Of pairs those count that were seen at all.

    Args:
        recorded: what was exercised, test by test.
        source: where the rules stand.
        suggestions: how many inputs that would raise the coverage to look for.
        most: a domain with more inputs than this is sampled.
        samples, seed: what to draw from such a one.
        jobs: how many parts to evaluate at a time; default: one for each core.
        progress: is told how many inputs are done, and how many there are.
    """
    program, spectra, pairs = recorded.program, recorded.spectra, recorded.pairs
    reached = reach(
        *(program, spectra, pairs),
        most=most,
        samples=samples,
        seed=seed,
        jobs=jobs,
        progress=progress,
    )
    uses = list(_uses(recorded, reached, source))
    hit = (recorded.hits > 0, recorded.pairs_hit)
    found = suggest(program, spectra, pairs, hit, reached, suggestions, seed)
    return Coverage(
        recorded.inputs,
        tuple(_contexts(recorded, uses)),
        tuple(_nodes(recorded, uses)),
        None if pairs is None else tuple(_edges(recorded, pairs, reached)),
        reached.evidence,
        tuple(found),
    )


def _uses(
    recorded: RuleCoverage, reached: Reach, source: SourceMap | None
) -> Iterator[RuleUse]:
    hits, contexts = recorded.hits.tolist(), recorded.by_rule()
    for number, rule in enumerate(recorded.spectra.rules):
        first = int(reached.rules[number])
        status: Status = "exercised" if hits[number] else "missing"
        if status == "missing" and first < 0 and reached.proved:
            status = "unreachable"
        span = None if source is None else source.span(rule)
        yield RuleUse(
            rule,
            None if span is None else span.line,
            None if source is None else source.where(rule),
            hits[number],
            tuple(contexts.get(number, ())),
            status,
            reached.input(first) if status == "missing" and first >= 0 else None,
        )


def _contexts(recorded: RuleCoverage, uses: Iterable[RuleUse]) -> Iterator[ContextUse]:
    only = Counter(use.contexts[0] for use in uses if len(use.contexts) == 1)
    for name, one in sorted(recorded.contexts.items()):
        yield ContextUse(name, one.inputs, len(one.rules), only[name])


def _nodes(recorded: RuleCoverage, uses: Iterable[RuleUse]) -> Iterator[NodeUse]:
    writers = recorded.program.writers

    def owner(use: RuleUse) -> tuple[bool, str]:
        return use.rule.kind == "score", use.rule.node

    in_order = sorted(uses, key=lambda use: use.rule.kind == "score")  # stable
    for (scores, name), group in groupby(in_order, key=owner):
        rules = tuple(group)
        table = isinstance(writers.get(name), LookupTable)
        kind = "scores" if scores else "table" if table else "head"
        yield NodeUse(name, kind, _share(rules), rules)  # type: ignore[arg-type]


def _share(rules: Iterable[RuleUse]) -> Share:
    states = [use.status for use in rules]
    return Share(len(states), states.count("unreachable"), states.count("exercised"))


def _edges(recorded: RuleCoverage, pairs: Pairs, reached: Reach) -> Iterator[EdgeUse]:
    hit = recorded.pairs_hit
    assert reached.pairs is not None
    for edge in pairs.edges:
        span = slice(edge.first, edge.first + edge.size)
        known = hit[span] | (reached.pairs[span] >= 0)
        count = Share(int(known.sum()), 0, int(hit[span].sum()))
        missing = np.flatnonzero(known & ~hit[span])
        example = _example(edge, pairs, reached, missing.tolist())
        yield EdgeUse(edge.producer, edge.consumer, edge.role, count, example)


def _example(
    edge: Edge, pairs: Pairs, reached: Reach, missing: list[int]
) -> tuple[Rule, Rule, tuple[str, ...]] | None:
    """A missing pair that the smallest input exercises."""
    if not missing:
        return None
    assert reached.pairs is not None
    firsts = reached.pairs
    number = min((edge.first + place for place in missing), key=lambda n: firsts[n])
    before, after, _ = pairs.pair(number)
    return before, after, reached.input(int(firsts[number]))
