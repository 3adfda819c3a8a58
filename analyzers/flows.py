"""The way from a wrong answer back to a rule that it depends on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from analyzers.ways import WaysBack
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Place, Step, Wrong
from tpdebug.inputs import encode
from tpdebug.nodes import CategoricalHead, NumericalHead, Rule
from tpdebug.program import Program
from tpdebug.sourcemap import SourceMap


class Flows:
    """Ways back in one program."""

    def __init__(self, program: Program, source: SourceMap | None = None) -> None:
        self.program = program
        self.source = source
        self.evaluator = Evaluator(program)
        self.rows = {rule for rule in program.rules() if rule.kind == "score"}

    def flow(self, wrong: Wrong, rule: Rule) -> tuple[Step, ...]:
        """The shortest way from an answer back to a rule, both ends included.

        It begins with a variable that is scored, whose rule is its score row. A head
        depends on its query, on what it read, and on the keys of all positions that it
        sees. Nothing if the answer does not depend on the rule.
        """
        letters = encode(self.program.domain, [wrong.input])
        trace = self.evaluator.trace(letters)
        ways = WaysBack(self.program, trace, self.source)
        positions = trace.variables["tokens"].shape[1]
        starts = self._scored(ways, wrong, positions)
        before: dict[Place, Step | None] = {}
        waiting: deque[Step] = deque()
        for start in starts:
            if start.rule == rule:
                return (start,)
            before.setdefault(start.place, start)
            waiting.append(ways.step(start.place))
        while waiting:
            step = waiting.popleft()
            if step.rule == rule:
                return self._way(ways, before, step, starts)
            for place in self._reads(step, positions):
                if place not in before:
                    before[place] = step
                    waiting.append(ways.step(place))
        return ()

    def _way(
        self,
        ways: WaysBack,
        before: dict[Place, Step | None],
        last: Step,
        starts: list[Step],
    ) -> tuple[Step, ...]:
        found, step = [last], last
        while step not in starts:
            previous = before[step.place]
            assert previous is not None
            found.append(previous)
            step = previous
        return tuple(reversed(found))

    def _scored(self, ways: WaysBack, wrong: Wrong, positions: int) -> list[Step]:
        """The score rows that the answer is made of."""
        program = self.program
        pooled = program.classifier.pooled
        offset = program.domain.offset
        at = range(positions) if pooled else [wrong.place + offset]
        steps = []
        for place in (Place(name, p) for p in at for name in program.scored):
            value = ways.trace.value(place.variable, 0, place.position)
            numerical = program.variables[place.variable].numerical
            rule = Rule("score", place.variable, () if numerical else (value,))
            where = ways.where(rule) if rule in self.rows else None
            steps.append(Step(place, value, rule, where))
        return steps

    def _reads(self, step: Step, positions: int) -> Iterator[Place]:
        """What a step depends on."""
        yield from (place for _, place in step.reads)
        node = self.program.writers.get(step.place.variable)
        if isinstance(node, CategoricalHead | NumericalHead):
            causal = self.program.domain.causal
            seen = range(step.place.position + 1 if causal else positions)
            yield from (Place(node.key, position) for position in seen)
