"""Every alternative of a rule tried on a sample of inputs: which ones are promising.

Where very many answers are wrong, counting on all inputs what each alternative does
takes too long. On a sample all alternatives of a rule are evaluated side by side, as
one block. What that shows is a guess: only what is counted on all inputs is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from analyzers.alter import alternatives, current
from analyzers.drawn import drawn
from analyzers.effects import Effects
from analyzers.judged import Judged
from tpdebug.columns import expand
from tpdebug.evaluate import Evaluation, Evaluator
from tpdebug.findings import Alteration, Effect
from tpdebug.nodes import Node, Rule, inputs_of, outputs_of

DRAWN = 2_000
"""About so many inputs are drawn."""

WORK = 2_000_000
"""If failing inputs times rules to try are more than this, they are screened first."""

ROWS = 65_536
"""So many inputs are evaluated side by side, counted once for each alternative."""

Tried = tuple[Effect, Alteration]
Counts = NDArray[np.int64]


def too_many(failing: int, rules: int) -> bool:
    """Whether so many rules are screened first, with so many failing inputs."""
    return failing * rules > WORK


class Screen:
    """Alternatives of the rules of a program, on a sample of its inputs.

    Attributes:
        effects: what counts on all inputs.
        blocks: the sample.
        size: how many inputs it has.
    """

    def __init__(self, effects: Effects, *, seed: int = 0) -> None:
        self.effects = effects
        self.blocks = drawn(effects.blocks, DRAWN, seed)
        self.size = sum(block.size for block in self.blocks)

    def tried(self, rule: Rule) -> list[Tried]:
        """What each alternative of a case or an entry does on the sample, best first.

        Of equally good ones the nearest to what the rule is: see `alternatives`.
        """
        program = self.effects.program
        some = list(alternatives(program, current(program, rule)))
        behind = self.effects.behind(rule.node)
        if not some or not behind:
            return []
        counts = np.zeros((2, len(some)), np.int64)
        for block in self.blocks:
            step = max(1, ROWS // block.size)
            for start in range(0, len(some), step):
                self.effects.check()
                part = slice(start, start + step)
                counts[:, part] += self._counted(some[part], behind, block)
        effects = (Effect(*pair) for pair in counts.T.tolist())
        found = list(zip(effects, some, strict=True))
        return sorted(found, key=lambda tried: -tried[0].net)

    def helping(self, rule: Rule) -> Iterator[Tried]:
        """Those after which fewer answers of the sample are wrong, best first."""
        return (tried for tried in self.tried(rule) if tried[0].net > 0)

    def _counted(
        self, some: Sequence[Alteration], behind: Sequence[Node], block: Judged
    ) -> Counts:
        """What alternatives fix and break in a block `[2, alternatives]`."""
        evaluators = [self.effects.altered(alteration) for alteration in some]
        done = _side_by_side(evaluators, behind, block)
        counts = np.zeros((2, len(some)), np.int64)
        for place, answer in enumerate(self.effects.evaluator.answered(done)):
            rows = expand(answer, len(some) * block.size).reshape(len(some), -1)
            columns = (block.labels[place], block.right[place], block.wrong[place])
            label, right, wrong = (expand(column, block.size) for column in columns)
            same = rows == label
            counts[0] += np.count_nonzero(same & wrong, axis=1)
            counts[1] += np.count_nonzero(right & ~same, axis=1)
        return counts


def _side_by_side(
    evaluators: Sequence[Evaluator], behind: Sequence[Node], block: Judged
) -> Evaluation:
    """A block as often as there are programs, which differ in one node.

    Args:
        evaluators: of the programs.
        behind: that node, and all that come behind it.
        block: the inputs.
    """
    first, *rest = behind
    values: dict[str, list[list[NDArray[np.generic]]]] = {}
    for evaluator in evaluators:
        done = Evaluation(dict(block.values))
        evaluator.compute(done, [first])
        for name in outputs_of(first):
            columns = [expand(column, block.size) for column in done.values[name]]
            values.setdefault(name, []).append(columns)
    joined = {
        name: [np.concatenate(column) for column in zip(*some, strict=True)]
        for name, some in values.items()
    }
    read = {name for node in rest for name in inputs_of(node)}
    read.update(evaluators[0].program.scored, ("tokens",))
    for name in read - joined.keys():
        if name in block.values:
            joined[name] = [
                column if len(column) == 1 else np.tile(column, len(evaluators))
                for column in (_whole(c, block.size) for c in block.values[name])
            ]
    found = Evaluation(joined)
    evaluators[0].compute(found, rest)
    return found


def _whole(column: NDArray[np.generic], size: int) -> NDArray[np.generic]:
    return column if len(column) == 1 else expand(column, size)
