"""Checks and normal forms of the parts of a program; standard library only.

A part is admitted against the variables before it. What does not fit raises a
`ProgramError` that names the part and the value; what fits comes back in normal form,
so that parts that mean the same are equal.
"""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, product
from math import prod
from typing import get_args

from tpdebug.domain import Domain, shorten
from tpdebug.errors import ProgramError
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Embedding,
    Key,
    LookupTable,
    Node,
    NumericalHead,
    Predicate,
    Preference,
    ScoreRow,
    Tie,
    Value,
    Variable,
    inputs_of,
    order,
    require,
)

OPERATIONS = (
    *("delimit", "embed", "load_embedding", "select_closest", "select_best", "select"),
    *("aggregate", "aggregate_sum", "score", "answer", "answer_pooled"),
)
NEEDS = {"answer": "score", "answer_pooled": "score"}
RESERVED = frozenset({*OPERATIONS, *("run", "answers", "list", "len", "map", "range")})
SCORE_LIMIT = 2**62
MAX_CELLS = 4_000_000
COUNT_LIMIT = 2**31


def input_variables(domain: Domain) -> tuple[Variable, ...]:
    """The variables that every program starts from: tokens, positions, ones."""
    return (
        Variable("tokens", domain.vocabulary),
        Variable("positions", tuple(range(domain.positions))),
        Variable("ones", range(1, 2), numerical=True),
    )


def _check_name(name: str, taken: Mapping[str, Variable]) -> None:
    usable = re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name)
    says = "use at most 40 lower-case letters, digits, _"
    require(usable and not keyword.iskeyword(name), f"{name!r} is no variable: {says}")
    require(name not in RESERVED, f"{name!r} is the name of an operation")
    require(name not in taken, f"variable {name!r} is written twice")


def _variable(name: str, node: Node, variables: Mapping[str, Variable]) -> Variable:
    label = "/".join(node.names) if isinstance(node, Embedding) else node.name
    if name not in variables:
        raise ProgramError(
            f"{label} reads {name!r}, which is not known there; "
            f"known: {shorten(list(variables))}"
        )
    return variables[name]


def admit(
    node: Node, variables: Mapping[str, Variable], domain: Domain
) -> tuple[Node, tuple[Variable, ...]]:
    """Check a node against the variables before it, and bring it into normal form.

    Returns:
        The node in normal form, and the variables that it writes.

    Raises:
        ProgramError: the node does not fit; the message says why.
    """
    read = [_variable(name, node, variables) for name in inputs_of(node)]
    match node:
        case CategoricalHead() | NumericalHead():
            _check_head(node, *read)
            if isinstance(node, CategoricalHead):
                node = _normal_preference(node, *read[:2])
        case LookupTable():
            node = _normal_table(node, read)
        case Embedding():
            _check_embedding(node, domain)
    written = _written(node, variables)
    for variable in written:
        _check_name(variable.name, variables)
    return node, written


def _written(node: Node, variables: Mapping[str, Variable]) -> tuple[Variable, ...]:
    """The variables that a node in normal form writes, with their values."""
    match node:
        case CategoricalHead():
            return (Variable(node.name, variables[node.value].values),)
        case NumericalHead():
            largest = int(variables[node.value].values[-1])
            most = len(variables["positions"].values) * largest
            require(most <= COUNT_LIMIT, f"{node.name} can count too far: to {most:,}")
            return (Variable(node.name, range(most + 1), numerical=True),)
        case LookupTable():
            outputs = {node.default, *(value for _, value in node.entries)}
            return (Variable(node.name, tuple(sorted(outputs, key=order))),)
        case Embedding():
            columns = zip(node.names, zip(*node.codes, strict=True), strict=True)
            return tuple(Variable(n, tuple(sorted(set(c)))) for n, c in columns)


def _check_head(
    head: CategoricalHead | NumericalHead,
    query: Variable,
    key: Variable,
    value: Variable,
) -> None:
    kind = "numerical" if isinstance(head, NumericalHead) else "categorical"
    for role, variable, wanted in (
        ("query", query, False),
        ("key", key, False),
        ("value", value, isinstance(head, NumericalHead)),
    ):
        if variable.numerical != wanted:
            found = "numerical" if variable.numerical else "categorical"
            raise ProgramError(
                f"{head.name}: the {role} of a {kind} head is "
                f"{'numerical' if wanted else 'categorical'}, "
                f"but {variable.name!r} is {found}"
            )
    if isinstance(head, CategoricalHead) and head.tie not in get_args(Tie):
        known = " or ".join(get_args(Tie))
        raise ProgramError(f"{head.name}: the tie policy is {known}, not {head.tie!r}")
    queries, keys = set(query.values), set(key.values)
    wants: Predicate | Preference = head.predicate
    for asked, _ in wants.cases:
        _check_value(head.name, "query", asked, queries, query)
    for named in _named(wants):
        _check_value(head.name, "key", named, keys, key)
    if isinstance(wants, Predicate):
        says = f"{head.name}: make its predicate with Predicate.of(...)"
        require(wants == Predicate.of(dict(wants.cases)), says)
        return
    says = f"{head.name}: a head that sums has a predicate, no preference"
    require(isinstance(head, CategoricalHead), says)
    says = f"{head.name}: make its preference with Preference.of(...)"
    require(wants == Preference.of(dict(wants.cases)), says)


def _named(wants: Predicate | Preference) -> Iterator[Value]:
    """The key values that a predicate or a preference names."""
    if isinstance(wants, Predicate):
        groups: Iterable[Key] = (keys for _, keys in wants.cases)
    else:
        groups = chain.from_iterable(groups for _, groups in wants.cases)
    return chain.from_iterable(groups)


def _normal_preference(
    head: CategoricalHead, query: Variable, key: Variable
) -> CategoricalHead:
    """A preference that does not name the worst keys.

    One that finds all keys equally good is the predicate that wants all of them.
    """
    if not isinstance(head.predicate, Preference):
        return head
    says = f'{head.name}: with a preference the tie policy is "last"'
    require(head.tie == "last", says)
    wants = head.predicate
    cases = {q: wants.groups(q, key.values)[:-1] for q, _ in wants.cases}
    preference = Preference.of(cases)
    if preference.cases:
        return replace(head, predicate=preference)
    every = Predicate.of(dict.fromkeys(query.values, key.values))
    return replace(head, predicate=every)


def _check_value(
    node: str, role: str, value: Value | None, known: set[Value], variable: Variable
) -> None:
    if value not in known or isinstance(value, bool):
        raise ProgramError(
            f"{node}: {value!r} is not a {role} value; "
            f"{variable.name!r} takes {shorten(list(variable.values))}"
        )


def _normal_table(table: LookupTable, read: list[Variable]) -> LookupTable:
    """Check a table and make its most frequent output the default."""
    names = [variable.name for variable in read]
    require(names, f"{table.name}: a table reads at least one variable")
    require(len(set(names)) == len(names), f"{table.name} reads a variable twice")
    size = prod(len(variable.values) for variable in read)
    require(
        size <= MAX_CELLS, f"{table.name}: a table of {size:,} entries is too large"
    )
    known = [set(variable.values) for variable in read]
    for key, _ in table.entries:
        require(
            len(key) == len(names), f"{table.name}: {key!r} needs {len(names)} values"
        )
        for value, values, variable in zip(key, known, read, strict=True):
            _check_value(table.name, "input", value, values, variable)
    for output in (table.default, *(output for _, output in table.entries)):
        good = type(output) in (int, str)
        require(good, f"{table.name}: an output is int or str, not {output!r}")
    entries: dict[Key, Value] = dict(table.entries)
    require(len(entries) == len(table.entries), f"{table.name} has an entry twice")
    counts = Counter(entries.values())
    counts[table.default] += size - len(entries)
    default = min(
        (v for v in counts if counts[v]), key=lambda v: (-counts[v], order(v))
    )
    if default != table.default:
        cells = product(*(variable.values for variable in read))
        entries = {key: entries.get(key, table.default) for key in cells}
    return LookupTable.of(table.name, table.inputs, entries, default)


def _check_embedding(node: Embedding, domain: Domain) -> None:
    label = "/".join(node.names)
    require(node.names, "an embedding writes at least one variable")
    tokens = len(domain.vocabulary)
    if len(node.codes) != tokens:
        raise ProgramError(f"{label}: {len(node.codes)} rows for {tokens} tokens")
    for token, row in zip(domain.vocabulary, node.codes, strict=True):
        if len(row) != len(node.names) or any(type(code) is not int for code in row):
            wanted = f"{len(node.names)} integer codes, not {row!r}"
            raise ProgramError(f"{label}: token {token!r} needs {wanted}")


def admit_classifier(
    classifier: Classifier, variables: Mapping[str, Variable]
) -> Classifier:
    """Check the scores, drop rows of zeros, and sort the rows."""
    width = len(classifier.classes)
    require(width, "a classifier needs at least one class")
    for name in classifier.classes:
        require(type(name) is str, f"a class is a string, not {name!r}")
    require(len(set(classifier.classes)) == width, "a class is given twice")
    scale = classifier.scale
    positive = type(scale) is int and scale >= 1
    require(positive, f"the scale of the scores is a positive integer, not {scale!r}")
    place = {
        (name, value): (i, j)
        for i, (name, variable) in enumerate(variables.items())
        for j, value in enumerate([None] if variable.numerical else variable.values)
    }
    known = {row.variable: set[Value]() for row in classifier.rows}
    for name in known.keys() & variables.keys():
        known[name].update(variables[name].values)
    kept: dict[tuple[str, Value | None], ScoreRow] = {}
    for row in classifier.rows:
        name, value = row.variable, row.value
        require(
            name in variables, f"there are scores for {name!r}, which nothing writes"
        )
        if variables[name].numerical:
            require(value is None, f"{name!r} is numerical: one score row, no value")
        else:
            says = f"scores of {name}[None]: it is categorical, one row a value"
            require(value is not None, says)
            _check_value("scores", name, value, known[name], variables[name])
        if len(row.scores) != width or any(type(s) is not int for s in row.scores):
            raise ProgramError(
                f"scores of {name}[{value!r}]: an integer for each of {width} classes, "
                f"not {row.scores!r}"
            )
        require((name, value) not in kept, f"scores of {name}[{value!r}] given twice")
        kept[name, value] = row
    rows = sorted(
        (row for row in kept.values() if any(row.scores)),
        key=lambda row: place[row.variable, row.value],
    )
    return replace(classifier, rows=tuple(rows))


def check_bound(
    classifier: Classifier, variables: Mapping[str, Variable], domain: Domain
) -> None:
    """Make sure that no sum of scores can leave 64 bits."""
    largest: Counter[str] = Counter()
    for row in classifier.rows:
        size = max(abs(score) for score in row.scores)
        variable = variables[row.variable]
        times = int(variable.values[-1]) if variable.numerical else 1
        largest[row.variable] = max(largest[row.variable], size * times)
    total = sum(largest.values()) * (domain.positions if classifier.pooled else 1)
    require(
        total < SCORE_LIMIT,
        "the scores are too large, or too fine, for 64-bit integers",
    )
