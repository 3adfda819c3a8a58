"""Rules and what they could be instead, in words and as JSON-ready data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tpdebug.findings import Alteration, Groups, Keys, Output, Scores
from tpdebug.nodes import (
    SINGULAR,
    CategoricalHead,
    LookupTable,
    NumericalHead,
    Rule,
    Value,
)
from tpdebug.program import Program
from tpdebug.render.numbers import points
from tpdebug.render.ways_back import show_value

MOST_NAMED = 8


def rule_view(program: Program, rule: Rule) -> str:
    """What a rule is about, without what it does.

    >>> from tpdebug.domain import Domain
    >>> from tpdebug.nodes import Classifier
    >>> program = Program(Domain(("a",), (1, 1)), (), Classifier.of("xy", {}))
    >>> rule_view(program, Rule("score", "tokens", ("a",)))
    'score of token "a"'
    """
    if rule.kind == "score":
        return (
            f"score of {_is(rule.node, rule.key[0])}" if rule.key else rule_name(rule)
        )
    node = program.writers[rule.node]
    if isinstance(node, LookupTable):
        pairs = zip(node.inputs, rule.key, strict=True)
        return f"{rule.node} of {', '.join(_is(*pair) for pair in pairs)}"
    assert isinstance(node, CategoricalHead | NumericalHead)
    asked = f"{rule.node} at {_is(node.query, rule.key[0])}"
    if len(rule.key) == 1:
        return asked
    return f"{asked}, {_is(node.key, rule.key[1])}"


def rule_name(rule: Rule) -> str:
    """A rule by its name: `score of num_attn_0_0` where the row has no value."""
    return str(rule).removesuffix("[]")


def content(program: Program, to: Alteration) -> str:
    """What a rule does: "looks for token "3"", "gives 2"."""
    match to:
        case Keys(rule, keys):
            key, known = _key(program, rule)
            if not keys:
                return "looks for nothing"
            if len(keys) == len(known):
                return f"looks for any {key.removesuffix(' =')}"
            return f"looks for {key} {_some(keys)}"
        case Groups(rule, groups):
            key, _ = _key(program, rule)
            listed = ", then ".join(_some(group) for group in groups[:MOST_NAMED])
            more = ", ..." if len(groups) > MOST_NAMED else ""
            return f"prefers {key} {listed}{more}"
        case Output(_, output):
            return f"gives {show_value(output)}"
        case Scores(_, scores):
            return f"adds {_scores(program, scores)}"


def change(program: Program, now: Alteration, to: Alteration) -> str:
    """What a rule should do and does not: only what differs of a score row."""
    if isinstance(now, Scores) and isinstance(to, Scores):
        scale = program.classifier.scale
        classes = map(show_value, program.classifier.classes)
        named = zip(classes, now.scores, to.scores, strict=True)
        parts = [
            f"{points(new, scale)} instead of {points(old, scale)} to {label}"
            for label, old, new in named
            if old != new
        ]
        return f"adds {' and '.join(parts)}"
    return content(program, to)


def alteration_data(alteration: Alteration) -> dict[str, Any]:
    """What a rule is or could be, without the rule."""
    data = asdict(alteration)
    del data["rule"]
    return data


def _key(program: Program, rule: Rule) -> tuple[str, Sequence[Value]]:
    """What keys are called, and which there are."""
    node = program.writers[rule.node]
    assert isinstance(node, CategoricalHead | NumericalHead)
    known = program.variables[node.key].values
    return SINGULAR.get(node.key, f"{node.key} ="), known


def _scores(program: Program, scores: Sequence[int]) -> str:
    scale = program.classifier.scale
    named = zip(program.classifier.classes, scores, strict=True)
    parts = [f"{points(s, scale)} to {show_value(label)}" for label, s in named if s]
    more = len(parts) - MOST_NAMED
    shown = ", ".join(parts[:MOST_NAMED]) or "nothing"
    return f"{shown} and so on" if more > 0 else shown


def _is(name: str, value: Value) -> str:
    shown = show_value(value)
    return f"{SINGULAR[name]} {shown}" if name in SINGULAR else f"{name} = {shown}"


def _some(values: Sequence[Value]) -> str:
    shown = " or ".join(show_value(value) for value in values[:MOST_NAMED])
    more = len(values) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
