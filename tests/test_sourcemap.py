"""`file:line` of a rule is the line that Python itself runs for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from hypothesis import given

from tests.running import execute, text_of
from tests.strategies import programs
from tpdebug.evaluate import Evaluator
from tpdebug.inputs import blocks
from tpdebug.nodes import (
    CategoricalHead,
    LookupTable,
    NumericalHead,
    Predicate,
    Rule,
    Value,
)
from tpdebug.program import Program
from tpdebug.read import read
from tpdebug.write.names import function_names


def last_line(function: Callable[..., Any], *values: Any) -> int:
    """The line that a function returns from, as Python's own tracing says."""
    lines = []

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code is function.__code__ and event == "line":
            lines.append(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*values)
    finally:
        sys.settrace(before)
    return lines[-1]


@given(programs())
def test_each_rule_stands_where_python_decides_it(program: Program) -> None:
    text = text_of(program)
    source = read(text)
    names, functions = execute(text), function_names(program)
    for rule in source.program.rules():
        span = source.map.rules[rule]
        if rule.kind == "entry":
            function = names[functions[rule.node]]
            line = last_line(function, *rule.key)
            assert span.line <= line <= span.end_line
        elif rule.kind == "case":
            head = source.program.writers[rule.node]
            assert isinstance(head, CategoricalHead | NumericalHead)
            wanted: tuple[Value, ...] = rule.key[1:]
            if isinstance(head.predicate, Predicate):
                wanted = head.predicate.keys_for(rule.key[0])
            for key in wanted:
                line = last_line(names[functions[rule.node]], rule.key[0], key)
                assert span.line <= line <= span.end_line
    assert set(source.map.rules) == set(source.program.rules())


@given(programs())
def test_a_score_row_stands_where_its_numbers_are(program: Program) -> None:
    text = text_of(program)
    source = read(text)
    lines = text.splitlines()
    for row in source.program.classifier.rows:
        rule = Rule("score", row.variable, () if row.value is None else (row.value,))
        span = source.map.rules[rule]
        stands = " ".join(lines[span.line - 1 : span.end_line])
        assert all(str(score) in stands for score in row.scores)


@given(programs())
def test_the_rules_of_a_trace_are_rules_of_the_program(program: Program) -> None:
    known = set(program.rules())
    block = next(blocks(program.domain, 1))
    trace = Evaluator(program).trace(block)
    for position in range(trace.variables["tokens"].shape[1]):
        hit = list(trace.rules(0, position))
        assert set(hit) <= known
        heads_and_tables = sum(
            isinstance(node, CategoricalHead | NumericalHead | LookupTable)
            for node in program.nodes
        )
        assert sum(rule.kind != "score" for rule in hit) == heads_and_tables
