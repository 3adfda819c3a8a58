"""From a trained network to the program that it is (paper, section 3.4).

What the network holds as codes becomes variables, predicates and tables; its read-out
becomes integer scores that change no prediction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from tpdebug.columns import numbered
from tpdebug.domain import Domain
from tpdebug.evaluate import Evaluator
from tpdebug.inputs import Letters
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
    Value,
)
from tpdebug.program import Program
from trainers.discrete import INPUTS, Copy, Count, Discrete, Prefer, Table
from trainers.discrete import Node as Made
from trainers.fixed_point import FixedPoint, Floats, fixed_point, integers
from trainers.readout import Variable

Codes = Mapping[int, Value]


def lift(
    network: Discrete,
    domain: Domain,
    classes: tuple[str, ...],
    task: str,
    inputs: Iterable[Letters],
) -> Program:
    """Write a discrete network down as a program.

    Args:
        network: what training settled on.
        domain: the inputs; a token's code is its place in the vocabulary.
        classes: the name of each class.
        task: the name of the task.
        inputs: blocks on which rounding the scores must change no prediction. If they
            are only a sample of the domain, scores are rounded ten times finer.
    """
    lifted = _Lifted(domain)
    for node in network.nodes:
        lifted.add(node)
    silent = Classifier(classes, (), pooled=network.pooled)
    bare = Program(domain, tuple(lifted.nodes), silent, task)
    return _scored(bare, lifted, network, inputs)


def lift_like(
    program: Program, network: Discrete, inputs: Iterable[Letters]
) -> Program:
    """Write a network down as a program with the names of another.

    What is lowered comes back as it was: `lift_like(p, lower(p), []) == p`.

    Args:
        program: a program that the network has the wiring of: that it was lowered from.
            What it is called and what is known of it is kept.
        network: its network, maybe with other rules and scores.
        inputs: blocks on which rounding the scores must change no prediction. If all
            scores are integers they are kept, and nothing is looked at.
    """
    names = list(program.variables)[INPUTS:]
    lifted = _Lifted(program.domain)
    for name, node in zip(names, network.nodes, strict=True):
        lifted.add(node, name)
    known = program.classifier
    bare = replace(
        program,
        nodes=_with_embedding(program, lifted.nodes),
        classifier=Classifier(known.classes, (), pooled=network.pooled),
    )
    found = _scored(bare, lifted, network, inputs)
    same = found.classifier.rows == known.rows
    return replace(found, classifier=known) if same else found


def _with_embedding(program: Program, nodes: Sequence[Node]) -> tuple[Node, ...]:
    """The tables of tokens that are an embedding in a program as that again."""
    made = {node.name: node for node in nodes if not isinstance(node, Embedding)}
    found: list[Node] = []
    for node in program.nodes:
        if isinstance(node, Embedding):
            tables = [made[name] for name in node.names]
            codes = tuple(
                tuple(_code(table, token) for table in tables)
                for token in program.domain.vocabulary
            )
            found.append(Embedding(node.names, codes))
        else:
            found.append(made[node.name])
    return tuple(found)


def _code(table: Node, token: str) -> int:
    assert isinstance(table, LookupTable)
    return int(table.output((token,)))


def _scored(
    bare: Program, lifted: _Lifted, network: Discrete, inputs: Iterable[Letters]
) -> Program:
    """A program with the scores of its network, rounded if they have to be."""
    rows = {
        name: _rows(bare, name, codes, scores)
        for (name, codes), scores in zip(
            lifted.codes.items(), network.scores, strict=True
        )
        if scores is not None
    }
    kept = integers(rows)
    if kept is not None:
        return _with_scores(bare, kept)
    inputs = list(inputs)
    sampled = sum(map(len, inputs)) < bare.domain.count
    scores = fixed_point(rows, _seen(bare, list(rows), inputs), 10 if sampled else 1)
    return _with_scores(bare, scores)


@dataclass
class _Lifted:
    """The nodes so far.

    Attributes:
        domain: the inputs.
        codes: what the codes of each variable mean; a number means itself.
        numerical: the numerical variables.
    """

    domain: Domain
    nodes: list[Node] = field(default_factory=list)
    codes: dict[str, Codes] = field(default_factory=dict)
    numerical: set[str] = field(default_factory=lambda: {"ones"})

    def __post_init__(self) -> None:
        self.codes["tokens"] = dict(enumerate(self.domain.vocabulary))
        self.codes["positions"] = {i: i for i in range(self.domain.positions)}
        self.codes["ones"] = {1: 1}

    def add(self, node: Made, name: str | None = None) -> None:
        """Add a node; if it has no name, by its kind, its layer and its place there."""
        names = list(self.codes)
        name = name or self._name(node, names)
        if isinstance(node, Table):
            self._add_table(name, node, names)
        else:
            self._add_head(name, node, names)

    def _name(self, node: Made, names: list[str]) -> str:
        match node:
            case Copy() | Prefer():
                prefix = "attn"
            case Count():
                prefix = "num_attn"
            case Table():
                counts = any(names[v] in self.numerical for v in node.inputs)
                prefix = "num_mlp" if counts else "mlp"
        start = f"{prefix}_{node.layer}_"
        return f"{start}{sum(known.startswith(start) for known in names)}"

    def _add_head(
        self, name: str, head: Copy | Prefer | Count, names: list[str]
    ) -> None:
        query, key, value = names[head.query], names[head.key], names[head.value]
        if isinstance(head, Prefer):
            best = self._preference(head, self.codes[query], self.codes[key])
            self.nodes.append(CategoricalHead(name, query, key, value, best))
            self.codes[name] = self.codes[value]
            return
        keys = self.codes[key].items()
        wanted = {
            meaning: [v for c, v in keys if head.predicate[code, c]]
            for code, meaning in self.codes[query].items()
        }
        predicate = Predicate.of(wanted)
        if isinstance(head, Count):
            self.nodes.append(NumericalHead(name, query, key, value, predicate))
            most = max(self.codes[value]) * self.domain.positions
            self.codes[name] = {i: i for i in range(most + 1)}
            self.numerical.add(name)
        else:
            copies = CategoricalHead(name, query, key, value, predicate, head.tie)
            self.nodes.append(copies)
            self.codes[name] = self.codes[value]

    @staticmethod
    def _preference(head: Prefer, queries: Codes, keys: Codes) -> Preference:
        """The order of the scores, over the values that there are."""
        query, key = ({v: c for c, v in codes.items()} for codes in (queries, keys))
        return Preference.by(
            list(query), list(key), lambda q, k: int(head.scores[query[q], key[k]])
        )

    def _add_table(self, name: str, table: Table, names: list[str]) -> None:
        """A table over the values that its inputs can take."""
        inputs = [names[v] for v in table.inputs]
        meanings = [self.codes[v] for v in inputs]
        cells = [
            np.minimum(list(codes), size - 1)  # the last stands for all larger numbers
            for codes, size in zip(meanings, table.output.shape, strict=True)
        ]
        if len(inputs) == 2 and inputs[0] == inputs[1]:
            inputs, meanings = inputs[:1], meanings[:1]
            outputs = table.output[cells[0], cells[0]]
        else:
            outputs = table.output[np.ix_(*cells)].reshape(-1)
        used = sorted(set(outputs.tolist()))
        means: Codes | tuple[Value, ...] = table.means
        if table.letters:
            means = self.codes["tokens"]
        self.codes[name] = {c: means[c] if means else c for c in used}
        keys = product(*(m.values() for m in meanings))
        written = [self.codes[name][code] for code in outputs.tolist()]
        entries: dict[Key, Value] = dict(zip(keys, written, strict=True))
        self.nodes.append(LookupTable.of(name, inputs, entries, written[0]))


def _rows(program: Program, name: str, codes: Codes, scores: Floats) -> Floats:
    """The weights of a variable, in the order of its values in the program."""
    if program.variables[name].numerical:
        return scores
    code = {value: c for c, value in codes.items()}
    return scores[[code[value] for value in program.variables[name].values]]


def _with_scores(bare: Program, fixed: FixedPoint) -> Program:
    scores: dict[tuple[str, Value | None], list[int]] = {}
    for name, table in fixed.scores.items():
        variable = bare.variables[name]
        values = [None] if variable.numerical else variable.values
        for value, row in zip(values, table.tolist(), strict=True):
            scores[name, value] = row
    silent = bare.classifier
    classifier = Classifier.of(silent.classes, scores, fixed.scale, silent.pooled)
    return replace(bare, classifier=classifier)


def _seen(
    program: Program, names: list[str], inputs: Iterable[Letters]
) -> dict[str, Variable]:
    """What the read-out sees of some variables: at each letter, or pooled.

    Each combination of values is there once. A categorical variable is given by the
    index of its value, a numerical one as it is.
    """
    evaluator, domain = Evaluator(program), program.domain
    found = []
    for block in inputs:
        values = evaluator.trace(block).variables
        stacked = np.stack([values[name] for name in names], 1).astype(np.int32)
        if program.classifier.pooled:  # the order of places makes no difference
            after = domain.positions - stacked.shape[2]
            each = np.pad(
                np.sort(stacked, 2), [(0, 0)] * 2 + [(0, after)], constant_values=-1
            )
        else:
            each = stacked[:, :, domain.letters].transpose(0, 2, 1)
            each = each.reshape(-1, len(names), 1)
        found.append(each[numbered(each)[0]])
    cases = np.concatenate(found)
    cases = cases[numbered(cases)[0]]
    seen = {}
    for number, name in enumerate(names):
        variable = program.variables[name]
        size = None if variable.numerical else len(variable.values)
        seen[name] = Variable(cases[:, number], size)
    return seen
