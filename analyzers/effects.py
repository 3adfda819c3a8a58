"""What altering one rule does to all answers that were looked at: exactly, and fast.

Only what comes behind the altered rule is computed again. Most alternatives are settled
early: on the failing inputs it shows what they fix at the most, on a few right ones
that they break more than that. Only what can still be the best is counted on all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from functools import cached_property, lru_cache
from threading import Event

import numpy as np
from numpy.typing import NDArray

from analyzers.alter import altered_head, alternatives, current
from analyzers.judged import Judged, judge_again, probes, some_of
from analyzers.margins import Margins
from analyzers.states import States
from tpdebug.columns import Column, align, expand
from tpdebug.evaluate import Evaluator
from tpdebug.evaluate.codes import index_of
from tpdebug.findings import Alteration, Effect, Keys, Output, Scores
from tpdebug.nodes import (
    CategoricalHead,
    LookupTable,
    Node,
    NumericalHead,
    Preference,
    Rule,
    Value,
    inputs_of,
    outputs_of,
)
from tpdebug.program import Program

PROBES = 2_000
"""About how many right inputs are looked at before all of them."""

ROUNDS = 4
"""So often an alternative is altered further, as long as that helps."""

NOTHING = Effect(0, 0)
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Best:
    """The best alternative of a rule; the rule as it is if none helps.

    Attributes:
        alteration: what the rule should be.
        effect: what that does.
    """

    alteration: Alteration
    effect: Effect


class Effects:
    """The effects of alterations of a program, on inputs that were judged.

    Attributes:
        program: the program.
        blocks: the inputs.
        right, wrong: how many answers are, on all of them.
        stopped: when this is set, what is being counted is broken off.
    """

    def __init__(
        self, program: Program, blocks: Sequence[Judged], *, seed: int = 0
    ) -> None:
        self.program = program
        self.evaluator = Evaluator(program)
        self.blocks = blocks
        self.right = sum(block.counts[0] for block in blocks)
        self.wrong = sum(block.counts[1] for block in blocks)
        self.stopped = Event()
        self.behind = lru_cache(maxsize=None)(self._find_behind)
        some = (some_of(block, block.failing) for block in blocks)
        self._failing = [block for block in some if block is not None]
        self._probes = list(probes(blocks, PROBES, seed))

    @cached_property
    def margins(self) -> Margins:
        """What score rows do; only they ask for what the read-out sees."""
        return Margins(States(self.program, self.blocks))

    def effect(self, alteration: Alteration) -> Effect:
        """What an alteration does, counted on all inputs."""
        found = self._bounded(alteration, self._taking(alteration.rule), None)
        assert found is not None
        return found

    def sparing(self, alteration: Alteration, most: int) -> Effect | None:
        """What an alteration does, or None if it breaks more answers than so many."""
        evaluator = self.altered(alteration)
        behind = self.behind(alteration.rule.node)
        fixes = breaks = 0
        for block in sorted(self.blocks, key=lambda block: -block.size):
            self.check()
            found = judge_again(evaluator, behind, block)
            fixes, breaks = fixes + found[0], breaks + found[1]
            if breaks > most:
                return None
        return Effect(fixes, breaks)

    def best(self, rule: Rule) -> Best:
        """The best alternative of a rule.

        Of equally good ones the nearest to what the rule is: see `alternatives`. An
        alternative that helps is altered further, as long as that helps. For a score
        row the scores of one class after another are changed, each by the number of
        points that is best.
        """
        found = Best(current(self.program, rule), NOTHING)
        if isinstance(found.alteration, Scores):
            return Best(*self.margins.best(found.alteration))
        taking = self._taking(rule)
        keys = self._keys(rule, taking)
        for _ in range(ROUNDS):
            better = self._better(found, taking, keys)
            if better is None:
                break
            found = better
            if found.effect == Effect(self.wrong, 0):
                break
        return found

    def _better(
        self, found: Best, taking: Sequence[Judged], keys: Sequence[Value] | None
    ) -> Best | None:
        """The best alternative to what was found, if one is better."""
        better: Best | None = None
        least = found.effect.net
        tried = alternatives(self.program, found.alteration, keys)
        on_failing = [(self._on(a, taking), a) for a in tried]
        for hopes, alteration in sorted(on_failing, key=lambda pair: -pair[0].net):
            if hopes.net <= least:
                break
            effect = self._bounded(alteration, taking, least, hopes)
            if effect is not None and effect.net > least:
                better, least = Best(alteration, effect), effect.net
        return better

    def _bounded(
        self,
        alteration: Alteration,
        taking: Sequence[Judged],
        least: int | None,
        hopes: Effect | None = None,
    ) -> Effect | None:
        """The effect of an alteration, or None if it is no better than `least`.

        Args:
            alteration: what to alter.
            taking: the failing inputs that take the rule.
            least: the net effect that was reached already; None: count all.
            hopes: what it does on `taking`, if that is known.
        """
        if isinstance(alteration, Scores):
            return self.margins.effect(alteration)
        if least is not None:
            hopes = hopes or self._on(alteration, taking)
            probed = self._on(alteration, self._probes)
            if hopes.net - probed.breaks <= least:
                return None
        return self._on(alteration, self.blocks)

    def _on(self, alteration: Alteration, blocks: Iterable[Judged]) -> Effect:
        """The effect on some inputs."""
        evaluator = self.altered(alteration)
        behind = self.behind(alteration.rule.node)
        fixes = breaks = 0
        for block in blocks:
            self.check()
            found = judge_again(evaluator, behind, block)
            fixes, breaks = fixes + found[0], breaks + found[1]
        return Effect(fixes, breaks)

    def check(self) -> None:
        """Break off if that was asked for.

        Raises:
            CancelledError: `stopped` is set.
        """
        if self.stopped.is_set():
            raise CancelledError

    def altered(self, alteration: Alteration) -> Evaluator:
        """The program with an altered case or entry."""
        node = self.program.writers[alteration.rule.node]
        if isinstance(alteration, Output):
            assert isinstance(node, LookupTable)
            return self.evaluator.with_entry(
                node, alteration.rule.key, alteration.output
            )
        assert isinstance(node, CategoricalHead | NumericalHead)
        return self.evaluator.with_head(altered_head(node, alteration))

    def _find_behind(self, name: str) -> tuple[Node, ...]:
        """A node, and all that read what it writes, if the answer depends on them."""
        changed = {name}
        found: list[Node] = []
        for node in self.program.nodes:
            if name in outputs_of(node) or changed.intersection(inputs_of(node)):
                changed.update(outputs_of(node))
                found.append(node)
        needed, kept = set(self.program.scored), list[Node]()
        for node in reversed(found):
            if needed.intersection(outputs_of(node)):
                needed.update(inputs_of(node))
                kept.append(node)
        return tuple(reversed(kept))

    def _taking(self, rule: Rule) -> list[Judged]:
        """The failing inputs that take a rule, or see its key."""
        if rule.kind == "score":
            return []
        found = []
        for block in self._failing:
            some = some_of(block, expand(self._takes(rule, block), block.size))
            found += [] if some is None else [some]
        return found

    def _takes(self, rule: Rule, block: Judged) -> Column:
        """Which inputs take a rule anywhere: bool, a column."""
        node = self.program.writers[rule.node]
        if isinstance(node, LookupTable):
            pairs = list(zip(node.inputs, rule.key, strict=True))
            places = range(len(block.values["tokens"]))
            return _any(
                _all(self._is(block, name, value, p) for name, value in pairs)
                for p in places
            )
        assert isinstance(node, CategoricalHead | NumericalHead)
        taken = self._anywhere(block, node.query, rule.key[0])
        if isinstance(node.predicate, Preference):
            taken = _all([taken, self._anywhere(block, node.key, rule.key[1])])
        return taken

    def _anywhere(self, block: Judged, name: str, value: Value) -> Column:
        places = range(len(block.values[name]))
        return _any(self._is(block, name, value, p) for p in places)

    def _is(self, block: Judged, name: str, value: Value, place: int) -> Column:
        number = index_of(self.program.variables[name])[value]
        found: Column = block.values[name][place] == number
        return found

    def _keys(self, rule: Rule, taking: Sequence[Judged]) -> list[Value] | None:
        """The key values that the failing inputs of a case have: no others can help."""
        node = self.program.writers[rule.node]
        if rule.kind != "case" or not isinstance(current(self.program, rule), Keys):
            return None
        assert isinstance(node, CategoricalHead | NumericalHead)
        seen: set[int] = set()
        for block in taking:
            for column in block.values[node.key]:
                seen.update(np.unique(column).tolist())
        return [self.program.variables[node.key].values[i] for i in sorted(seen)]


def _any(columns: Iterable[Column]) -> Column:
    found = np.zeros(1, bool)
    for column in columns:
        found = np.logical_or(*align(found, column))
    return found


def _all(columns: Iterable[Column]) -> Column:
    found = np.ones(1, bool)
    for column in columns:
        found = np.logical_and(*align(found, column))
    return found
