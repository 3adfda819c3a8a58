"""What a repair claims, checked by looking at every input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analyzers.alter import alter
from tests.test_localize import naive
from tests.test_verify import everything
from tpdebug.evaluate import Evaluator, answers
from tpdebug.findings import Collision, Repair
from tpdebug.inputs import encode
from tpdebug.nodes import (
    Rule,
)
from tpdebug.oracles import FunctionOracle, Oracle
from tpdebug.program import Program


def answered_by(program: Program) -> FunctionOracle:
    """What another program says is right."""
    inputs = everything(program.domain)
    known = dict(zip(inputs, answers(program, inputs), strict=True))
    pooled = program.classifier.pooled
    return FunctionOracle(
        program.domain, lambda letters: known[tuple(letters)], pooled=pooled
    )


def wrongs(program: Program, oracle: Oracle) -> int:
    """Wrong answers, looking at every input."""
    inputs = everything(program.domain)
    return sum(
        want is not None and want != said
        for letters, got in zip(inputs, answers(program, inputs), strict=True)
        for want, said in zip(oracle(letters), got, strict=True)
    )


def rows_at(program: Program, letters: Sequence[str], place: int) -> Counter[Rule]:
    """How often an answer counts each possible score row, from a trace."""
    trace = Evaluator(program).trace(encode(program.domain, [letters]))
    whole = range(len(trace.variables["tokens"][0]))
    pooled = program.classifier.pooled
    at = whole if pooled else [place + program.domain.offset]
    found: Counter[Rule] = Counter()
    for name in program.scored:
        variable = program.variables[name]
        for value in (int(trace.variables[name][0, p]) for p in at):
            if variable.numerical:
                found[Rule("score", name, ())] += value
            else:
                found[Rule("score", name, (variable.values[value],))] += 1
    return +found


def check(program: Program, oracle: Oracle, found: Repair) -> None:
    """What a repair claims is so."""
    before, after = wrongs(program, oracle), wrongs(found.program, oracle)
    assert (found.wrong, found.left) == (before, after)
    effect = naive(program, found.program, oracle)
    assert (found.fixes, found.breaks) == (effect.fixes, effect.breaks)
    again = program
    for change in found.changes:
        assert change.to != change.now
        again = alter(again, change.to)
    assert again == found.program
    assert found.left < before or not found.changes
    assert found.least is None or found.least <= before
    for pair in found.collisions:
        collides(program, pair)
    if found.rows == found.changes:
        assert found.least is None or found.left >= found.least
    if found.contradiction:
        contradicts(program, found)


def collides(program: Program, pair: Collision) -> None:
    first, second = pair.first, pair.second
    assert first.expected != second.expected
    seen = [rows_at(program, side.input, side.place) for side in (first, second)]
    assert seen[0] == seen[1]
    if not program.classifier.pooled:
        traces = [
            Evaluator(program).trace(encode(program.domain, [side.input])).variables
            for side in (first, second)
        ]
        at = [side.place + program.domain.offset for side in (first, second)]
        differ = {
            name
            for name in program.variables
            if traces[0][name][0, at[0]] != traces[1][name][0, at[1]]
        }
        assert differ == set(pair.unscored)


def contradicts(program: Program, found: Repair) -> None:
    """What the requirements ask of each score cancels out, and one is strict."""
    total: Counter[tuple[Rule, str]] = Counter()
    strict = 0
    order = program.classifier.classes.index
    for each in found.contradiction:
        answer = each.answer
        assert each.times > 0
        for rule, count in rows_at(program, answer.input, answer.place).items():
            total[rule, answer.expected] += count * each.times
            total[rule, each.rival] -= count * each.times
        strict += each.times * (order(each.rival) < order(answer.expected))
    assert not any(total.values())
    assert strict > 0
