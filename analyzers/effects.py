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

from analyzers.alter import altered_head, alternatives, current
from analyzers.judged import Judged, judge_again, probes, some_of
from analyzers.margins import Margins
from analyzers.rewrites import behind
from analyzers.states import States
from analyzers.taking import keys_seen, taking
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Alteration, Effect, Output, Scores
from tpdebug.nodes import CategoricalHead, LookupTable, NumericalHead, Rule, Value
from tpdebug.program import Program

PROBES = 2_000
"""About how many right inputs are looked at before all of them."""

ROUNDS = 4
"""So often an alternative is altered further, as long as that helps."""

NOTHING = Effect(0, 0)


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
        self.behind = lru_cache(maxsize=None)(
            lambda name: tuple(behind(self.evaluator, (name,)))
        )
        some = (some_of(block, block.failing) for block in blocks)
        self._failing = [block for block in some if block is not None]
        self._probes = list(probes(blocks, PROBES, seed))

    @cached_property
    def margins(self) -> Margins:
        """What score rows do; only they ask for what the read-out sees."""
        return Margins(States(self.program, self.blocks))

    def effect(self, alteration: Alteration) -> Effect:
        """What an alteration does, counted on all inputs."""
        if isinstance(alteration, Scores):
            return self.margins.effect(alteration)
        return self._on(alteration, self.blocks)

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
        failing = taking(self.program, rule, self._failing)
        keys = keys_seen(self.program, rule, failing)
        for _ in range(ROUNDS):
            better = self._better(found, failing, keys)
            if better is None:
                break
            found = better
            if found.effect == Effect(self.wrong, 0):
                break
        return found

    def _better(
        self, found: Best, failing: Sequence[Judged], keys: Sequence[Value] | None
    ) -> Best | None:
        """The best alternative to what was found, if one is better."""
        better: Best | None = None
        least = found.effect.net
        tried = alternatives(self.program, found.alteration, keys)
        on_failing = [(self._on(a, failing), a) for a in tried]
        for hopes, alteration in sorted(on_failing, key=lambda pair: -pair[0].net):
            if hopes.net <= least:
                break
            probed = self._on(alteration, self._probes)
            if hopes.net - probed.breaks <= least:
                continue
            effect = self.effect(alteration)
            if effect.net > least:
                better, least = Best(alteration, effect), effect.net
        return better

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
