"""Doing edits for good: what is fixed or copied is no longer computed.

A constant is worked into whatever reads it; a copy is read where it was copied from;
scores of both move to other rows. The result answers as `analyzers.rewrites` says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from analyzers.rewrites import without_rows
from tpdebug.findings import Copied, Edit, Fixed, Replaced, Unscored
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Embedding,
    Head,
    Key,
    LookupTable,
    Node,
    Predicate,
    Preference,
    ScoreRow,
    Value,
    inputs_of,
    outputs_of,
)
from tpdebug.normal import input_variables
from tpdebug.program import Program
from tpdebug.restrict import fitted


@dataclass(frozen=True, slots=True)
class Stands:
    """What stands in place of a variable.

    Attributes:
        name: another variable; None: one value.
        value: that value.
        codes: the value of the variable for each value of the other one; a value that
            is missing is as it is.
    """

    name: str | None
    value: Value | None
    codes: Mapping[Value, Value]

    def of(self, value: Value) -> Value:
        """The variable, where the other one has a value."""
        if self.name is None:
            assert self.value is not None
            return self.value
        return self.codes.get(value, value)


def fold(program: Program, edits: Iterable[Edit]) -> Program:
    """The program with these edits done, without what no answer needs then.

    Args:
        program: the program.
        edits: of whole nodes, variables and scores, all at once: a value that is fixed
            is so even if no node writes it any more. A numerical variable can be fixed
            to 0 or 1.
    """
    classifier = program.classifier
    given: dict[str, Fixed | Copied] = {}
    replaced: dict[str, Head | LookupTable] = {}
    for edit in edits:
        if isinstance(edit, Unscored):
            classifier = without_rows(classifier, edit)
        elif isinstance(edit, Fixed | Copied):
            given[edit.variable] = edit
        elif isinstance(edit, Replaced):
            replaced[edit.node.name] = edit.node
    folding = _Folding(program, given, replaced)
    nodes = folding.nodes()
    return assembled(program, nodes, folding.classifier(classifier, nodes))


def assembled(
    program: Program, nodes: Iterable[Node], classifier: Classifier
) -> Program:
    """A program with other nodes, without what no answer needs."""
    wanted = {row.variable for row in classifier.rows if any(row.scores)}
    kept: list[Node] = []
    for node in reversed(list(nodes)):
        if wanted.intersection(outputs_of(node)):
            kept.append(_with_names(node, wanted))
            wanted.update(inputs_of(node))
    names = {v.name for v in input_variables(program.domain)}
    names.update(name for node in kept for name in outputs_of(node))
    rows = tuple(row for row in classifier.rows if row.variable in names)
    scores = replace(classifier, rows=rows)
    return fitted(program, program.domain, kept[::-1], scores)


def _with_names(node: Node, wanted: Collection[str]) -> Node:
    """A node that writes only what is wanted of it: some codes of an embedding."""
    if not isinstance(node, Embedding):
        return node
    places = [place for place, name in enumerate(node.names) if name in wanted]
    codes = tuple(tuple(word[place] for place in places) for word in node.codes)
    return Embedding(tuple(node.names[place] for place in places), codes)


class _Folding:
    """Goes through the nodes in order and remembers what stands for what."""

    def __init__(
        self,
        program: Program,
        given: Mapping[str, Fixed | Copied],
        replaced: Mapping[str, Head | LookupTable],
    ) -> None:
        self.program = program
        self.given = given
        self.replaced = replaced
        self.stands: dict[str, Stands] = {}
        self.changed: dict[str, Sequence[Value]] = {}

    def nodes(self) -> list[Node]:
        """The nodes that are left."""
        found: list[Node] = []
        for node in self.program.nodes:
            if isinstance(node, Embedding):
                found.append(node)
            elif node.name in self.given:
                self.stands[node.name] = self._stands(self.given[node.name])
            else:
                folded = self._folded(self.replaced.get(node.name, node))
                found += () if folded is None else (folded,)
        return found

    def values(self, name: str) -> Sequence[Value]:
        """What a variable can be now."""
        return self.changed.get(name) or self.program.variables[name].values

    def at(self, name: str) -> Stands:
        """What stands for a variable; maybe itself."""
        return self.stands.get(name) or Stands(name, None, {})

    def classifier(self, classifier: Classifier, nodes: Iterable[Node]) -> Classifier:
        """The scores, moved to where they are read from now."""
        width = len(classifier.classes)
        rows: dict[tuple[str, Value | None], list[int]] = {}
        bias = [0] * width

        def add(name: str, value: Value | None, scores: Iterable[int]) -> None:
            row = rows.setdefault((name, value), [0] * width)
            row[:] = [a + b for a, b in zip(row, scores, strict=True)]

        by_value: dict[str, dict[Value | None, tuple[int, ...]]] = {}
        for row in classifier.rows:
            by_value.setdefault(row.variable, {})[row.value] = row.scores
        for name, found in by_value.items():
            stands = self.at(name)
            numerical = self.program.variables[name].numerical
            if stands.name is None:
                assert stands.value is not None
                times = int(stands.value) if numerical else 1
                scores = found.get(None if numerical else stands.value, (0,) * width)
                bias = [b + times * s for b, s in zip(bias, scores, strict=True)]
            elif numerical:
                add(stands.name, None, found[None])
            else:
                for value in self.values(stands.name):
                    if stands.of(value) in found:
                        add(stands.name, value, found[stands.of(value)])
        if len(set(bias)) > 1:
            name = self._smallest({name for name, _ in rows})
            numerical = self.program.variables[name].numerical
            places: Sequence[Value | None] = [None] if numerical else self.values(name)
            for place in places:
                add(name, place, bias)
        made = (ScoreRow(n, v, tuple(scores)) for (n, v), scores in rows.items())
        return replace(classifier, rows=tuple(made))

    def _smallest(self, names: set[str]) -> str:
        """To which a constant is added: the scored variable with the fewest values."""
        known = self.program.variables
        fitting = [n for n in known if n in names and not known[n].numerical]
        return min(fitting or ["ones"], key=lambda n: len(known[n].values))

    def _stands(self, edit: Fixed | Copied) -> Stands:
        if isinstance(edit, Fixed):
            return Stands(None, edit.value, {})
        variable = self.program.variables[edit.variable]
        source = self.at(edit.source)
        if variable.numerical:
            return source
        known, first = set(variable.values), variable.values[0]
        if source.name is None:
            assert source.value is not None
            return Stands(None, source.value if source.value in known else first, {})
        values = self.values(source.name)
        read = {value: source.of(value) for value in values}
        codes = {v: r if r in known else first for v, r in read.items()}
        return Stands(source.name, None, codes)

    def _folded(self, node: Head | LookupTable) -> Node | None:
        """A node that reads what there is; None if its value stands for it now."""
        if not self.stands.keys() & set(inputs_of(node)):
            return node
        if isinstance(node, LookupTable):
            return self._table(node)
        return self._head(node)

    def _table(self, node: LookupTable) -> LookupTable | None:
        read = [self.at(name) for name in node.inputs]
        names = tuple(dict.fromkeys(r.name for r in read if r.name is not None))
        outputs, entries = dict(node.entries), dict[Key, Value]()
        values = [self.values(name) for name in names]
        for key in product(*values):
            place = dict(zip(names, key, strict=True))
            old = tuple(
                r.of(place[r.name]) if r.name is not None else r.of(0) for r in read
            )
            entries[key] = outputs.get(old, node.default)
        if not names:
            self.stands[node.name] = Stands(None, entries[()], {})
            return None
        default = next(iter(entries.values()))
        return LookupTable.of(node.name, names, entries, default)

    def _head(self, node: Head) -> Node | None:
        query, key, value = (self.at(name) for name in inputs_of(node))
        if value.name is None:
            if isinstance(node, CategoricalHead) or value.value == 0:
                self.stands[node.name] = Stands(None, value.value, {})
                return None
            value = Stands("ones", None, {})
        asked = query.name or key.name or "positions"
        sought = key.name or asked
        read = value.name or "ones"
        wants = self._predicate(node, (asked, query), (sought, key))
        reads = {"query": asked, "key": sought, "value": read}
        node = replace(node, **reads, predicate=wants)  # type: ignore[arg-type]
        if isinstance(node, CategoricalHead):
            self.changed[node.name] = self.values(read)
            if any(code != v for v, code in value.codes.items()):
                self.stands[node.name] = Stands(node.name, None, value.codes)
        return node

    def _predicate(
        self, node: Head, query: tuple[str, Stands], key: tuple[str, Stands]
    ) -> Predicate | Preference:
        """The same relation between what is read now."""
        queries = self.values(query[0])
        keys = self.values(key[0])
        if isinstance(node.predicate, Preference):
            old = self.program.variables[inputs_of(node)[1]].values
            levels = {
                q: {
                    k: level
                    for level, group in enumerate(node.predicate.groups(q, old))
                    for k in group
                }
                for q in {query[1].of(value) for value in queries}
            }
            return Preference.by(
                queries, keys, lambda q, k: -levels[query[1].of(q)][key[1].of(k)]
            )
        wanted = {q: set(found) for q, found in node.predicate.cases}
        return Predicate.where(
            queries, keys, lambda q, k: key[1].of(k) in wanted.get(query[1].of(q), ())
        )
