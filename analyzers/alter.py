"""Altering one rule of a program: what it is, what it could be, and the result.

An alternative is small and plausible: another output of a table entry, another key
looked for, one more or one less. Scores have no list of alternatives: which change of
a score is best is computed (`analyzers.margins`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tpdebug.findings import Alteration, Groups, Keys, Output, Scores
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Head,
    Key,
    LookupTable,
    Node,
    NumericalHead,
    Predicate,
    Preference,
    Rule,
    ScoreRow,
    Value,
    order,
    order_key,
)
from tpdebug.program import Program
from tpdebug.restrict import fitted

MOST_SWAPS = 100
"""So many keys, and exchanges of one key for another, are tried at most."""


def current(program: Program, rule: Rule) -> Alteration:
    """What a rule is now.

    >>> from tpdebug.domain import Domain
    >>> scores = {("tokens", "b"): [0, 1]}
    >>> program = Program(Domain(("a", "b"), (1, 1)), (), Classifier.of("xy", scores))
    >>> current(program, Rule("score", "tokens", ("a",))).scores
    (0, 0)
    """
    if rule.kind == "score":
        value = rule.key[0] if rule.key else None
        zeros = (0,) * len(program.classifier.classes)
        rows = program.classifier.rows
        same = (r.scores for r in rows if (r.variable, r.value) == (rule.node, value))
        return Scores(rule, next(same, zeros))
    node = program.writers[rule.node]
    if isinstance(node, LookupTable):
        return Output(rule, _output(node, rule.key))
    assert isinstance(node, CategoricalHead | NumericalHead)
    if isinstance(node.predicate, Preference):
        keys = program.variables[node.key].values
        return Groups(rule, node.predicate.groups(rule.key[0], keys))
    return Keys(rule, node.predicate.keys_for(rule.key[0]))


def _output(table: LookupTable, key: Key) -> Value:
    """What a table gives; its entries are sorted, and may be very many."""
    place = bisect_left(table.entries, order_key(key), key=lambda e: order_key(e[0]))
    found = table.entries[place : place + 1]
    return found[0][1] if found and found[0][0] == key else table.default


def alter(program: Program, alteration: Alteration) -> Program:
    """The program with one rule altered.

    Values that are written no longer are left out of what is behind them.

    Raises:
        ProgramError: the rule does not fit into the program.
    """
    if isinstance(alteration, Scores):
        classifier = _with_scores(program.classifier, alteration)
        return fitted(program, program.domain, classifier=classifier)
    target = program.writers[alteration.rule.node]
    nodes = [
        _altered(node, alteration) if node is target else node for node in program.nodes
    ]
    return fitted(program, program.domain, nodes)


def _altered(node: Node, alteration: Alteration) -> Node:
    if isinstance(alteration, Output):
        assert isinstance(node, LookupTable)
        entries = dict(node.entries) | {alteration.rule.key: alteration.output}
        return LookupTable.of(node.name, node.inputs, entries, node.default)
    assert isinstance(node, CategoricalHead | NumericalHead)
    return altered_head(node, alteration)


def altered_head(head: Head, alteration: Alteration) -> Head:
    """A head with one case altered."""
    asked = alteration.rule.key[0]
    if isinstance(alteration, Keys):
        assert isinstance(head.predicate, Predicate)
        cases = dict(head.predicate.cases) | {asked: alteration.keys}
        return replace(head, predicate=Predicate.of(cases))
    assert isinstance(alteration, Groups)
    assert isinstance(head, CategoricalHead)
    assert isinstance(head.predicate, Preference)
    wants = dict(head.predicate.cases) | {asked: alteration.groups}
    return replace(head, predicate=Preference.of(wants))


def _with_scores(classifier: Classifier, alteration: Scores) -> Classifier:
    rule = alteration.rule
    value = rule.key[0] if rule.key else None
    row = ScoreRow(rule.node, value, alteration.scores)
    others = (r for r in classifier.rows if (r.variable, r.value) != (rule.node, value))
    return replace(classifier, rows=(*others, row))


def alternatives(
    program: Program,
    now: Alteration,
    keys: Iterable[Value] | None = None,
) -> Iterator[Alteration]:
    """What a rule could be instead, each once, the nearest first.

    A case of a predicate: one key more or less, one exchanged for another, the keys of
    another case, a single key, none, all, all others. A case of a preference: the key
    in any other group, or alone between two. A table entry: each other output. Of a
    score row none.

    Args:
        program: the program.
        now: what the rule is, or was altered to.
        keys: the key values that matter: each set of keys differs in one of them;
            default: all that the key can have.
    """
    match now:
        case Keys():
            head = program.writers[now.rule.node]
            assert isinstance(head, CategoricalHead | NumericalHead)
            known = program.variables[head.key].values
            wanted = known if keys is None else tuple(keys)
            found: Iterator[Alteration] = (
                Keys(now.rule, tuple(sorted(some, key=order)))
                for some in _key_sets(head, set(now.keys), known, wanted)
            )
        case Groups():
            found = (Groups(now.rule, groups) for groups in _moves(now))
        case Output():
            values = program.variables[now.rule.node].values
            found = (Output(now.rule, value) for value in values)
        case Scores():
            found = iter(())
    yield from (a for a in dict.fromkeys(found) if a != now)


def _key_sets(
    head: Head, have: set[Value], known: Sequence[Value], wanted: Iterable[Value]
) -> Iterator[set[Value]]:
    """Sets of keys that are near to one, or that someone could have meant.

    Each of them differs from it in one of the keys that are wanted.
    """
    matters = set(wanted)
    for some in _near_sets(head, have, known, matters):
        if matters & (some ^ have):
            yield some


def _near_sets(
    head: Head, have: set[Value], known: Sequence[Value], wanted: set[Value]
) -> Iterator[set[Value]]:
    assert isinstance(head.predicate, Predicate)
    few = known if len(known) <= MOST_SWAPS else [k for k in known if k in wanted]
    for key in few:
        yield have ^ {key}
    inside, outside = sorted(have, key=order), [k for k in few if k not in have]
    if len(inside) * len(outside) <= MOST_SWAPS:
        yield from ((have - {a}) | {b} for a in inside for b in outside)
    yield from (set(keys) for _, keys in head.predicate.cases)
    yield from ({key} for key in few)
    yield set()
    yield set(known)
    yield set(known) - have


def _moves(now: Groups) -> Iterator[tuple[Key, ...]]:
    """The key of a rule in each other place among the groups."""
    key = now.rule.key[1]
    rest = [tuple(k for k in group if k != key) for group in now.groups]
    rest = [group for group in rest if group]
    for i, group in enumerate(rest):
        joined = tuple(sorted((*group, key), key=order))
        yield (*rest[:i], joined, *rest[i + 1 :])
    for i in range(len(rest) + 1):
        yield (*rest[:i], (key,), *rest[i:])
