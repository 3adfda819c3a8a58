"""Applying edits: to a program, and to an evaluator, where that is quicker.

Both give the same answers (a test says so). What is left is still a whole program: a
variable that is fixed is written by a table with one output.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from tpdebug.columns import Column
from tpdebug.errors import ProgramError
from tpdebug.evaluate import Evaluator
from tpdebug.evaluate.codes import index_of, size_of
from tpdebug.findings import Copied, Edit, Fixed, Gives, Looks, Replaced, Unscored
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
    Value,
    inputs_of,
    outputs_of,
)
from tpdebug.program import Program
from tpdebug.restrict import fitted


def rewritten(program: Program, edits: Iterable[Edit]) -> Program:
    """The program with some edits, the last of which count where they contradict.

    Raises:
        ProgramError: a numerical variable cannot be fixed to this value.
    """
    nodes = {node: node for node in program.nodes}
    classifier = program.classifier
    for edit in edits:
        if isinstance(edit, Unscored):
            classifier = without_rows(classifier, edit)
        else:
            old = program.writers[target(edit)]
            nodes[old] = _edited(program, nodes[old], edit)
    return fitted(program, program.domain, list(nodes.values()), classifier)


def edited(evaluator: Evaluator, edits: Iterable[Edit]) -> Evaluator:
    """The same program as an evaluator, without making it anew.

    Args:
        evaluator: the program.
        edits: of whole nodes, variables and scores; other ones need a new program.
    """
    program, classifier = evaluator.program, evaluator.scorer.classifier
    for edit in edits:
        match edit:
            case Fixed(name, value):
                number = index_of(program.variables[name])[value]
                evaluator = evaluator.with_given(name, None, np.array([number]))
            case Copied(name, source):
                codes = _codes(program, name, source)
                evaluator = evaluator.with_given(name, source, codes)
            case Unscored():
                classifier = without_rows(classifier, edit)
            case Replaced(node):
                if isinstance(node, LookupTable):
                    evaluator = evaluator.with_table(node)
                else:
                    evaluator = evaluator.with_head(node)
            case _:
                raise TypeError(f"{edit} needs a new program")
    if classifier is not evaluator.scorer.classifier:
        evaluator = evaluator.with_scores(classifier)
    return evaluator


def answer_edited(evaluator: Evaluator, columns: Sequence[Column]) -> list[Column]:
    """What an edited evaluator answers; nothing is computed that no answer needs.

    Args:
        evaluator: the program.
        columns: the letters.
    """
    done = evaluator.begin(columns)
    evaluator.compute(done, needed(evaluator))
    return list(evaluator.answered(done))


def needed(evaluator: Evaluator) -> list[Node]:
    """The nodes that are read, directly or not, by what is scored."""
    wanted = {row.variable for row in evaluator.scorer.classifier.rows}
    found = list[Node]()
    for node in reversed(evaluator.program.nodes):
        written = wanted.intersection(outputs_of(node))
        if written:
            found.append(node)
            given = evaluator.given
            wanted |= {given[n][0] or "tokens" for n in written if n in given}
            if any(name not in given for name in written):
                wanted.update(inputs_of(node))
    return found[::-1]


def behind(evaluator: Evaluator, variables: Iterable[str]) -> list[Node]:
    """The nodes that may write something else after edits, if answers need that.

    Args:
        evaluator: the program after them.
        variables: those that are written in another way.

    Returns:
        The nodes in the order of evaluation.
    """
    touched = set(variables)
    given, found = evaluator.given, set[Node]()
    for node in evaluator.program.nodes:
        names = outputs_of(node)
        read = {given[name][0] for name in names if name in given}
        if any(name not in given for name in names):
            read.update(inputs_of(node))
        if touched.intersection(names) or touched & read:
            touched.update(names)
            found.add(node)
    return [node for node in needed(evaluator) if node in found]


def without_rows(classifier: Classifier, edit: Unscored) -> Classifier:
    """A classifier without some rows of a variable."""
    rows = tuple(
        row
        for row in classifier.rows
        if row.variable != edit.variable
        or (edit.values is not None and row.value not in edit.values)
    )
    return replace(classifier, rows=rows)


def target(edit: Edit) -> str:
    """The variable that an edit is about."""
    match edit:
        case Looks(head=name) | Gives(table=name):
            return name
        case Replaced(node):
            return node.name
        case _:
            return edit.variable


def _edited(program: Program, node: Node, edit: Edit) -> Node:
    match edit:
        case Fixed(name, value):
            return _fixed(program, name, value)
        case Copied(name, source):
            return _copy(program, name, source)
        case Replaced(other):
            return other
        case Looks(_, queries, every):
            assert isinstance(node, CategoricalHead | NumericalHead)
            return _looking(program, node, queries, every)
        case Gives(_, keys, output):
            assert isinstance(node, LookupTable)
            entries = dict(node.entries) | dict.fromkeys(keys, output)
            return LookupTable.of(node.name, node.inputs, entries, node.default)
        case Unscored():
            raise TypeError("scores are no part of a node")


def _fixed(program: Program, name: str, value: Value) -> Node:
    """A node that writes one value everywhere."""
    if not program.variables[name].numerical:
        return LookupTable(name, ("positions",), (), value)
    places = program.variables["positions"].values
    if value == 0:
        predicate = Predicate(())
    elif value == 1:
        predicate = Predicate.of({place: [place] for place in places})
    else:  # that many of the first positions
        shortest = program.domain.lengths[0] + len(places) - program.domain.lengths[1]
        if program.domain.causal or int(value) > shortest:
            raise ProgramError(f"no head counts {value} everywhere for {name}")
        predicate = Predicate.of(dict.fromkeys(places, places[: int(value)]))
    return NumericalHead(name, "positions", "positions", "ones", predicate)


def _copy(program: Program, name: str, source: str) -> Node:
    """A node that writes what another variable is."""
    if program.variables[name].numerical:
        places = program.variables["positions"].values
        here = Predicate.of({place: [place] for place in places})
        return NumericalHead(name, "positions", "positions", source, here)
    known = set(program.variables[name].values)
    default = program.variables[name].values[0]
    values = program.variables[source].values
    entries: dict[Key, Value] = {(v,): v for v in values if v in known}
    return LookupTable.of(name, (source,), entries, default)


def _codes(program: Program, name: str, source: str) -> Column:
    """The number of a variable for each number of another one."""
    variable, other = program.variables[name], program.variables[source]
    if variable.numerical:
        return np.minimum(np.arange(size_of(other)), size_of(variable) - 1)
    place = index_of(variable)
    return np.array([place.get(value, 0) for value in other.values])


def _looking(
    program: Program, head: Head, queries: Sequence[Value], every: bool
) -> Head:
    """A head that looks for everything or nothing at some query values."""
    keys = program.variables[head.key].values if every else ()
    if isinstance(head.predicate, Preference):
        assert isinstance(head, CategoricalHead)
        kept = {q: g for q, g in head.predicate.cases if q not in queries}
        return replace(head, predicate=Preference.of(kept))
    cases = dict(head.predicate.cases) | dict.fromkeys(queries, keys)
    return replace(head, predicate=Predicate.of(cases))
