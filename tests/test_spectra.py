"""Rule spectra are what the trace says, one input and one rule at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from analyzers.spectra import Spectra
from analyzers.ways import WaysBack
from tests.cases import CASES
from tests.strategies import programs_and_inputs
from tpdebug.domain import Domain
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Place
from tpdebug.inputs import encode
from tpdebug.nodes import Classifier, LookupTable, Rule
from tpdebug.program import Program


@given(programs_and_inputs())
def test_executed_is_the_union_over_all_positions(
    case: tuple[Program, list[tuple[str, ...]]],
) -> None:
    program, inputs = case
    letters = inputs[0]
    trace = Evaluator(program).trace(encode(program.domain, [letters]))
    spectra = Spectra(program)
    (taken,) = spectra.executed(trace)
    expected = set()
    width = trace.variables["tokens"].shape[1]
    answered = (
        range(width)
        if program.classifier.pooled
        else range(width)[program.domain.letters]
    )
    for position in range(width):
        for rule in trace.rules(0, position):
            zero = not rule.key and trace.variables[rule.node][0, position] == 0
            if rule.kind != "score" or (position in answered and not zero):
                expected.add(rule)
    assert {spectra.rules[i] for i in np.flatnonzero(taken)} == expected


@given(programs_and_inputs())
def test_the_way_back_of_an_answer_is_in_its_spectrum(
    case: tuple[Program, list[tuple[str, ...]]],
) -> None:
    program, inputs = case
    letters = inputs[0]
    trace = Evaluator(program).trace(encode(program.domain, [letters]))
    spectra = Spectra(program)
    pooled = program.classifier.pooled
    width = trace.variables["tokens"].shape[1]
    for place in range(1 if pooled else len(letters)):
        (behind,) = spectra.behind(trace, place)
        found = {spectra.rules[i] for i in np.flatnonzero(behind)}
        at = range(width) if pooled else [place + program.domain.offset]
        starts = [Place(name, p) for p in at for name in program.scored]
        ways = {s.rule for s in WaysBack(program, trace, None).steps(starts)} - {None}
        assert ways <= found
    (all_of,) = spectra.behind(trace)
    assert (spectra.executed(trace)[0] | ~all_of).all()


def test_what_an_answer_does_not_need_is_not_behind_it() -> None:
    nodes = (
        LookupTable.of("used", ("tokens",), {("a",): "b"}, "a"),
        LookupTable.of("unused", ("tokens",), {("a",): "b"}, "a"),
    )
    scores = {("used", "a"): [1, 0], ("used", "b"): [0, 1]}
    domain = Domain(("a", "b"), (1, 2))
    program = Program(domain, nodes, Classifier.of("xy", scores))
    trace = Evaluator(program).trace(encode(domain, [("a", "b")]))
    spectra = Spectra(program)
    first = {spectra.rules[i] for i in np.flatnonzero(spectra.behind(trace, 0)[0])}
    assert first == {Rule("entry", "used", ("a",)), Rule("score", "used", ("b",))}
    taken = {spectra.rules[i] for i in np.flatnonzero(spectra.executed(trace)[0])}
    assert {r.key for r in taken if r.node == "unused"} == {("a",), ("b",)}


def test_many_inputs_at_once_are_the_same_as_each_alone() -> None:
    for case in CASES:
        program = case.program
        shortest = program.domain.lengths[0]
        inputs = [i for i in case.inputs if len(i) == shortest][:5]
        if not inputs:
            continue
        spectra, evaluator = Spectra(program), Evaluator(program)
        block = spectra.behind(evaluator.trace(encode(program.domain, inputs)))
        for row, letters in zip(block, inputs, strict=True):
            alone = spectra.behind(evaluator.trace(encode(program.domain, [letters])))
            assert (row == alone[0]).all()
